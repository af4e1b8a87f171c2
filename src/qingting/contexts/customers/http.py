"""Customers over HTTP: found, opened, made, changed; every look at one is in the audit log."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from qingting import numbers
from qingting.access import Audit, Identity
from qingting.errors import Invalid
from qingting.paging import Cursor, Limit, cursor, page, position
from qingting.records import Records

from . import actions, fields, http_export, http_merges, http_parts, http_setup, http_timeline, listing, shown
from .doors import Doors, Editor, StepWords, Viewer
from .model import PHONE, Known, Record, normalised
from .record import Whole
from .schemas import ChangedCustomer, IdentityKind, NewCustomer
from .timeline import SOURCES, Source

Word = Annotated[str, Query(max_length=120)]
Amount = Annotated[float | None, Query(ge=-1e12, le=1e12, allow_inf_nan=False)]
_TOLD = ("kind", "language", "born", "since")


def routes(
    records: Records,
    audit: Audit,
    zone_of: Callable[[str], str],
    step_words: StepWords,
    sources: Sequence[Source] = SOURCES,
) -> APIRouter:
    """`zone_of`: tenant → its time zone, by which "today" is counted; `step_words` as contacts have it; `sources`: of
    what timelines tell."""
    doors = Doors(records, audit, zone_of, step_words, sources)
    router = APIRouter(tags=["customers"])

    @router.get("/customers")
    async def find(
        who: Viewer,
        number: Annotated[str, Query(max_length=40)] = "",
        identity: Annotated[str, Query(max_length=254)] = "",
        medium: IdentityKind = "phone",
        q: Word = "",
        kind: Literal["", "person", "organisation"] = "",
        language: Word = "",
        layer: Literal["", "identity", "value", "business", "preference"] = "",
        tag: Word = "",
        field: Word = "",
        value: Annotated[str | None, Query(max_length=500)] = None,
        least: Amount = None,
        most: Amount = None,
        sort: Literal["changed", "name"] = "changed",
        limit: Limit = 50,
        after: Annotated[Cursor, Query(alias="cursor")] = "",
    ) -> dict[str, Any]:
        sort = "name" if q.strip() else sort
        wanted = listing.Filter(
            q=q.strip(),
            kind=kind,
            language=language,
            layer=layer,
            tag=tag,
            field=field,
            value=value,
            least=least,
            most=most,
            order=sort,
            after=position(after, str if sort == "name" else float, str) if after else None,
            limit=limit,
        )
        if number:
            wanted = _by_number(who, wanted, number)
        elif identity:
            wanted = wanted._replace(identity=(medium, normalised(medium, identity) or identity))
        by = [name for name in wanted._fields[:-3] if getattr(wanted, name) not in ("", ("", ""), None)]
        async with records.write() as connection:
            found = await listing.search(connection, who.tenant, wanted)
            await audit(connection, who, "customers.listed", "", {"count": len(found.items), "by": by})
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
    http_timeline.add(router, doors)
    http_setup.add(router, doors)
    http_export.add(router, doors)
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


def _by_number(who: Identity, wanted: listing.Filter, number: str) -> listing.Filter:
    """A whole number fits exactly; its last digits, four at least, do as well for those who may see numbers."""
    if (whole := numbers.to_e164(number)) is not None:
        return wanted._replace(identity=(PHONE, whole))
    digits = re.sub(r"\D", "", number)
    if len(digits) < 4 or not who.may(shown.SEES):
        raise Invalid("request.invalid", fields={"number": "number.bad"})
    return wanted._replace(tail=digits)


def _without_empty(attributes: dict[str, float | str]) -> dict[str, str | float]:
    return {name: value for name, value in attributes.items() if value != ""}
