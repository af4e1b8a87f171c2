"""Customers as a CSV, as many as fit the filter: a page at a time, so that neither memory nor a transaction grows.

Numbers are masked without the permission to see them; what a spreadsheet would run is made harmless.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from qingting.access import Audit, Identity, require
from qingting.records import Records

from .. import listing, shown
from ..asking import Wanted, by, understood
from ..importing.formulas import harmless
from ..model import MAIL, PHONE
from ..segments import keeping as segments

Exporter = Annotated[Identity, Depends(require("customers.view", "customers.export"))]

PAGE = 500
ROWS_MOST = 1_000_000
HEADS = {
    "zh": ("客户编号", "姓名", "类型", "电话", "邮箱", "语言", "出生日期", "开户日期", "标签", "备注"),
    "en": ("Customer id", "Name", "Kind", "Phone", "Mail", "Language", "Born", "Since", "Tags", "Note"),
}
"""As importing guesses them."""


class Exported(Wanted):
    head: Literal["zh", "en"] = "zh"


def routes(records: Records, audit: Audit, zone_of: Callable[[str], str]) -> APIRouter:
    """`zone_of`: tenant → its time zone."""
    router = APIRouter(tags=["customers"])

    @router.get("/customer-export", response_class=Response)
    async def take_out(who: Exporter, asked: Annotated[Exported, Query()]) -> Response:
        wanted = understood(who, asked, "name", limit=PAGE)
        async with records.write() as connection:
            wanted = await segments.applied(connection, who.tenant, zone_of(who.tenant), wanted)
            await audit(connection, who, "customers.exported", "", {"by": by(wanted)})
        headers = {
            "Content-Disposition": 'attachment; filename="customers.csv"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(
            pieces(records, who, wanted, HEADS[asked.head]), headers=headers, media_type="text/csv; charset=utf-8"
        )

    return router


async def pieces(
    records: Records, who: Identity, wanted: listing.Filter, heads: tuple[str, ...]
) -> AsyncIterator[bytes]:
    yield ("\ufeff" + _lines([heads])).encode()
    left, seen = ROWS_MOST, set[str]()
    while left > 0:
        async with records.read() as connection:
            page = await listing.search(connection, who.tenant, wanted)
        # Records that stand together may come on several pages; they are one customer.
        new = [one for one in page.items if one["id"] not in seen][:left]
        seen.update(one["id"] for one in new)
        left -= len(new)
        if new:
            yield _lines(_row(who, one) for one in new).encode()
        if page.next is None:
            return
        wanted = wanted._replace(after=page.next)


def _row(who: Identity, one: dict[str, Any]) -> tuple[str, ...]:
    def known(kind: str) -> str:
        return "; ".join(shown.value(who, kind, it["value"]) for it in one["identities"] if it["kind"] == kind)

    tags = "; ".join(it["tag"] for it in one["tags"])
    return (
        one["external_id"] or "", one["name"], one["kind"], known(PHONE), known(MAIL), one["language"], one["born"],
        one["since"], tags, one["note"],
    )  # fmt: skip


def _lines(rows: Any) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()
