"""Customers as a file, as many as fit the filter: a page at a time, so that neither memory nor a transaction grows,
with rests between, so that calls notice little.

Numbers are masked without the permission to see them; what a spreadsheet would run is made harmless.
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from qingting.access import Audit, Identity, require
from qingting.errors import Refused
from qingting.records import Records

from .. import listing
from ..asking import Wanted, by, understood
from ..importing.formulas import harmless
from ..segments import keeping as segments
from . import sheet, xlsx
from .beside import beside
from .xlsx import Cell

Exporter = Annotated[Identity, Depends(require("customers.view", "customers.export"))]
Format = Literal["csv", "xlsx"]

PAGE = 200
REST_S = 0.005
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

    @router.get("/customer-export", response_class=Response)
    async def take_out(who: Exporter, asked: Annotated[Exported, Query()]) -> Response:
        wanted = understood(who, asked, "name", limit=PAGE)._replace(ids=asked.id)
        most = ROWS_MOST[asked.format]
        async with records.read() as connection:
            wanted = await segments.applied(connection, who.tenant, zone_of(who.tenant), wanted)
            count = await listing.count(connection, who.tenant, wanted, most + 1)
            columns = await sheet.of_tenant(connection, who.tenant, asked.head)
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
        rows = _rows(records, who, wanted, columns)
        told = _csv(columns.heads(), rows) if asked.format == "csv" else _xlsx(columns.heads(), rows)
        return StreamingResponse(told, headers=headers, media_type=TYPES[asked.format])

    return router


async def _rows(
    records: Records, who: Identity, wanted: listing.Filter, columns: sheet.Sheet
) -> AsyncIterator[list[list[Cell]]]:
    """A page at a time; records that stand together may come on several pages, and are one customer."""
    seen: set[str] = set()
    while True:
        async with records.read() as connection:
            page = await listing.search(connection, who.tenant, wanted)
            new = [one for one in page.items if one["id"] not in seen]
            told = await beside(connection, who.tenant, [one["id"] for one in new])
        seen.update(one["id"] for one in new)
        yield [columns.row(who, one, told[one["id"]]) for one in new]
        if page.next is None:
            return
        wanted = wanted._replace(after=page.next)
        await asyncio.sleep(REST_S)


async def _csv(heads: list[Cell], pages: AsyncIterator[list[list[Cell]]]) -> AsyncIterator[bytes]:
    yield ("\ufeff" + _lines([heads])).encode()
    async for rows in pages:
        yield _lines(rows).encode()


async def _xlsx(heads: list[Cell], pages: AsyncIterator[list[list[Cell]]]) -> AsyncIterator[bytes]:
    book = xlsx.Sheet()
    yield book.rows([heads])
    async for rows in pages:
        yield book.rows(rows)
    yield book.end()


def _lines(rows: list[list[Cell]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue()
