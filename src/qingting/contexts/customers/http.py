"""Customers over HTTP: found, opened, made, changed; every look at one is in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Audit, Identity
from qingting.paging import cursor, page
from qingting.records import Records

from . import actions, fields, http_export, http_merges, http_parts, http_setup, http_timeline, listing, shown
from .asking import Listed, by, understood
from .doors import Doors, Editor, Remembered, StepWords, Viewer, listed
from .duplicates import http as duplicates_http
from .experience import http as experience_http
from .experience import told
from .experience.keeping import Experience
from .model import PHONE, Known, Record
from .record import Whole
from .schemas import ChangedCustomer, NewCustomer
from .segments import keeping as segments
from .timeline import SOURCES, Source
from .views import http as views_http

_TOLD = ("kind", "language", "born", "since")


async def _nothing_remembered(connection: AsyncConnection, who: Identity, numbers: Sequence[str]) -> list[Any]:
    return []


def routes(
    records: Records,
    audit: Audit,
    zone_of: Callable[[str], str],
    step_words: StepWords,
    experience: Experience,
    sources: Sequence[Source] = (*SOURCES, told.moments),
    team_of: Callable[[Identity], str] = lambda who: "",
    vip_tags: Callable[[str], frozenset[str]] = lambda tenant: frozenset(),
    remembered: Remembered = _nothing_remembered,
) -> APIRouter:
    """`zone_of`: tenant → its time zone, by which "today" is counted; `step_words` as contacts have it; `sources`: of
    what timelines tell; `team_of`: in which team somebody is; `vip_tags`: tenant → who has one is a VIP;
    `remembered`: what self-service knows of them."""
    doors = Doors(records, audit, zone_of, step_words, sources, team_of, vip_tags, remembered)
    router = APIRouter(tags=["customers"])

    @router.get("/customers")
    async def find(who: Viewer, asked: Annotated[Listed, Query()]) -> dict[str, Any]:
        wanted = understood(who, asked, asked.sort, asked.cursor, asked.limit)
        async with records.read() as connection:
            wanted = await segments.applied(connection, who.tenant, zone_of(who.tenant), wanted)
            found = await listing.search(connection, who.tenant, wanted)
        async with records.write() as connection:
            await audit(connection, who, "customers.listed", "", listed((it["id"] for it in found.items), by(wanted)))
        items = [shown.item(who, one) for one in found.items]
        return page(items, cursor(*found.next) if found.next else None)

    @router.post("/customers", status_code=201)
    async def create(new: NewCustomer, who: Editor) -> dict[str, Any]:
        told = shown.read_numbers(new.numbers) + shown.read(new.identities)
        async with records.write() as connection:
            custom = fields.read_all(await fields.of_tenant(connection, who.tenant), new.fields)
            made = Record(
                external_id=new.external_id,
                name=new.name,
                note=new.note,
                identities=list(dict.fromkeys(told)),
                fields=custom,
                attributes=_without_empty(new.attributes),
                addresses=new.addresses,
                **{name: getattr(new, name) for name in _TOLD},
            )
            id = await actions.create(connection, who.tenant, made, who.user, new.shared)
            await audit(connection, who, "customer.create", id, {})
            return await doors.shown(connection, who, await doors.known(connection, who, id))

    @router.get("/customers/{id}")
    async def one(id: str, who: Viewer) -> dict[str, Any]:
        async with records.write() as connection:
            return await doors.seen(connection, who, await doors.known(connection, who, id))

    @router.put("/customers/{id}")
    async def change(id: str, new: ChangedCustomer, who: Editor) -> dict[str, Any]:
        async with records.write() as connection:
            old = await doors.known(connection, who, id)
            told: dict[str, Any] = {"name": new.name, "note": new.note}
            told |= {name: given for name in _TOLD if (given := getattr(new, name)) is not None}
            if new.attributes is not None:
                told["attributes"] = _without_empty(new.attributes)
            if new.fields is not None:
                custom = fields.read_all(await fields.of_tenant(connection, who.tenant), new.fields)
                told["fields"] = {k: v for k, v in (old.one["fields"] | custom).items() if v is not None}
            changed = await actions.change(
                connection,
                who.tenant,
                id,
                new.version,
                told,
                _identities(old, new),
                new.addresses,
                new.shared,
            )
            if changed:  # which fields, not their values: the audit log outlives the customer's data
                await audit(connection, who, "customer.change", old.one["id"], {"fields": changed})
            return await doors.shown(connection, who, await doors.known(connection, who, id))

    http_parts.add(router, doors)
    http_merges.add(router, doors)
    duplicates_http.add(router, doors)
    http_timeline.add(router, doors)
    http_setup.add(router, doors)
    http_export.add(router, doors)
    views_http.add(router, doors)
    experience_http.add(router, doors, experience)
    return router


def _identities(old: Whole, new: ChangedCustomer) -> list[Known] | None:
    if new.identities is not None:
        return shown.read(new.identities, ((it["kind"], it["value"]) for it in old.identities))
    if new.numbers is None:
        return None
    levels = {it["value"]: it["level"] for it in old.identities if it["kind"] == PHONE}
    phones = shown.read_numbers(new.numbers, old.numbers)
    others = [Known(it["kind"], it["value"], it["level"]) for it in old.identities if it["kind"] != PHONE]
    return others + [it._replace(level=levels.get(it.value, it.level)) for it in phones]


def _without_empty(attributes: dict[str, float | str]) -> dict[str, str | float]:
    return {name: value for name, value in attributes.items() if value != ""}
