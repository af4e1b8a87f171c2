"""What the doors of customers share: who is meant, that it is on record, and what is told of them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Audit, Identity, require
from qingting.contexts.contacts.api import counts
from qingting.contexts.people.api import people_names
from qingting.errors import NotFound
from qingting.records import Records

from . import record, relations, shown
from .record import Whole
from .timeline import Source
from .vip import is_vip

Viewer = Annotated[Identity, Depends(require("customers.view"))]
Editor = Annotated[Identity, Depends(require("customers.edit"))]
StepWords = Callable[[str, str, int, str, str, str], Awaitable[dict[str, str]]]

Remembered = Callable[[AsyncConnection, Identity, Sequence[str]], Awaitable[list[dict[str, Any]]]]
"""(connection, who asks, numbers) → `{contact, at, values: {name: text}}`, newest first."""


def listed(ids: Iterable[str], by: Sequence[str]) -> dict[str, Any]:
    """For the audit log: whom a list showed, a page at most, and by what was searched; not for what."""
    shown = list(dict.fromkeys(ids))
    return {"count": len(shown), "by": list(by), "customers": shown}


@dataclass(frozen=True)
class Doors:
    records: Records
    audit: Audit
    zone_of: Callable[[str], str]
    """Tenant → its time zone, by which "today" is counted."""
    step_words: StepWords
    """(tenant, flow, version, node, via, the node before) → what the key that led there is called, or empty."""
    sources: Sequence[Source]
    """Of what a timeline tells."""
    team_of: Callable[[Identity], str]
    """Id of the team that somebody is in, or empty."""
    vip_tags: Callable[[str], frozenset[str]]
    """Tenant → tags that make a VIP."""

    remembered: Remembered
    """What self-service remembers of them."""

    async def known(self, connection: AsyncConnection, who: Identity, id: str) -> Whole:
        """Raises `NotFound("customer.unknown")`."""
        found = await record.whole(connection, who.tenant, id)
        if found is None:
            raise NotFound("customer.unknown", id=id)
        return found

    async def seen(self, connection: AsyncConnection, who: Identity, it: Whole) -> dict[str, Any]:
        """Told to somebody, which is on record."""
        await self.audit(connection, who, "customer.viewed", it.one["id"], {})
        return await self.shown(connection, who, it)

    async def shown(self, connection: AsyncConnection, who: Identity, it: Whole) -> dict[str, Any]:
        """With the names of those who wrote notes, took consents down and merged."""
        merges = await record.merges(connection, who.tenant, it.ids)
        told = shown.record(who, it) | {"merges": merges}
        by = {row["user_id"] for part in ("notes", "consents", "merges") for row in told[part]}
        names = {one.id: one.display_name or one.name for one in await people_names(connection, who.tenant, by)}
        for part in ("notes", "consents", "merges"):
            told[part] = [row | {"user_name": names.get(row["user_id"], "")} for row in told[part]]
        called = await counts(connection, who.tenant, it.numbers, time.time(), self.zone_of(who.tenant))
        return {
            **told,
            "vip": is_vip(it.one["attributes"], (row["tag"] for row in it.tags), self.vip_tags(who.tenant)),
            "relations": await relations.related(connection, who.tenant, it.ids),
            "calls_today": called.today,
            "calls_year": called.year,
            "last_contact_at": called.last_at,
        }
