"""Customers as a file, as many as fit the filter: checked, counted and on record here, written by a process beside.

Numbers are masked without the permission to see them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Literal

import structlog
from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from qingting.access import Audit, Identity, require
from qingting.errors import Refused, TooMany, Unavailable
from qingting.records import Records

from .. import listing
from ..apart import Died, told_apart
from ..asking import Wanted, by, understood
from ..segments import keeping as segments
from . import sheet, worker, xlsx

log = structlog.get_logger(__name__)

Exporter = Annotated[Identity, Depends(require("customers.view", "customers.export"))]
Format = Literal["csv", "xlsx"]

AT_ONCE = 2
"""Files that are being written; each takes a processor's leavings and some 100 MB."""
RETRY_S = 30
ROWS_MOST: dict[Format, int] = {"csv": 1_000_000, "xlsx": xlsx.ROWS_MOST}
TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Exported(Wanted):
    head: sheet.Language = "zh"
    format: Format = "csv"
    id: Annotated[tuple[Annotated[str, Field(max_length=40)], ...], Field(max_length=200)] = ()
    """These at most."""


def routes(records: Records, audit: Audit, zone_of: Callable[[str], str]) -> APIRouter:
    """`zone_of`: tenant → its time zone."""
    router = APIRouter(tags=["customers"])
    places = asyncio.Semaphore(AT_ONCE)

    @router.get("/customer-export", response_class=Response)
    async def take_out(who: Exporter, asked: Annotated[Exported, Query()]) -> Response:
        """`TooMany("export.busy")` while others take theirs, `Unavailable("export.broken")`."""
        _room(places)
        zone, most = zone_of(who.tenant), ROWS_MOST[asked.format]
        wanted = understood(who, asked, "name")._replace(ids=asked.id)
        async with records.read() as connection:
            applied = await segments.applied(connection, who.tenant, zone, wanted)
            count = await listing.count(connection, who.tenant, applied, most + 1)
        if count > most:
            raise Refused("export.too_many", f"{most} customers at most", most=most)
        async with records.write() as connection:
            detail = {"by": by(wanted), "records": count, "format": asked.format}
            await audit(connection, who, "customers.exported", "", detail)
        headers = {
            "Content-Disposition": f'attachment; filename="customers.{asked.format}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Records": str(count),  # what is to come, for whoever shows how far it is
        }
        told = worker.told(records, who, zone, wanted, {"head": asked.head, "format": asked.format})
        file = _file(told, places)
        first = await anext(file)  # what cannot begin is said in words; later the download breaks off
        return StreamingResponse(_all(first, file), headers=headers, media_type=TYPES[asked.format])

    return router


def _room(places: asyncio.Semaphore) -> None:
    if places.locked():
        raise TooMany("export.busy", "others take files out just now", retry_after_s=RETRY_S)


async def _file(told: dict[str, Any], places: asyncio.Semaphore) -> AsyncIterator[bytes]:
    _room(places)  # somebody may have been quicker while the records were counted
    async with places:
        try:
            async for some in told_apart(worker.__name__, told):
                yield some
        except Died as died:
            log.warning("export.died", status=died.ended.status, error=died.ended.error)
            raise Unavailable("export.broken", "the file could not be written") from died


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for some in rest:
        yield some
