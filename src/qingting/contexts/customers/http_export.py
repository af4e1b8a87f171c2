"""All that is known of one person, for that person, as one document."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends

from qingting.access import Identity, require

from . import relations
from . import tables as t
from .doors import Doors
from .http_timeline import item
from .timeline import Asked, Moment, timeline

MOMENTS_MOST = 10_000
_PAGE = 500

Exporter = Annotated[Identity, Depends(require("customers.view", "numbers.view"))]


def add(router: APIRouter, doors: Doors) -> None:
    @router.get("/customers/{id}/export")
    async def export(id: str, who: Exporter) -> dict[str, Any]:
        """The record, its contact book, every consent that was ever said, what self-service
        remembers, and the timeline within the lines of who
        asks, the newest `MOMENTS_MOST` of it (`complete` tells whether that was all)."""
        async with doors.records.write() as connection:
            it = await doors.known(connection, who, id)
            await doors.audit(connection, who, "customer.exported", it.one["id"], {})
            told = await doors.shown(connection, who, it)
            book = await relations.book(connection, who.tenant, it.ids)
            c = t.consent.c
            rows = await connection.execute(
                sa.select(c.purpose, c.medium, c.given, c.at, c.how, c.contact)
                .where(c.tenant == who.tenant, c.customer.in_(it.ids))
                .order_by(c.at)
            )
            dialogues = await doors.remembered(connection, who, it.numbers)
            consents = [dict(row) for row in rows.mappings()]
        moments: list[Moment] = []
        asked = Asked(who.tenant, it.ids, it.numbers, who.lines or None, None, _PAGE)
        more = True
        while more and len(moments) < MOMENTS_MOST:
            async with doors.records.read() as connection:
                some = await timeline(connection, doors.sources, asked)
            more = len(some) > _PAGE
            moments += some[:_PAGE]
            asked = asked._replace(before=(moments[-1].at, moments[-1].id)) if moments else asked
        items = [await item(doors, who, moment) for moment in moments]
        return {
            **told,
            "book": book,
            "consents": consents,
            "timeline": items,
            "complete": not more,
            "dialogues": dialogues,
        }
