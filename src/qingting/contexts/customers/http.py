"""Customers over HTTP: who calls, found by number; every look at one is in the audit log."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting import numbers
from qingting.access import Identity, require
from qingting.contexts.contacts.api import counts
from qingting.errors import Invalid, NotFound
from qingting.records import Records

from . import actions, queries
from .queries import Customer

Viewer = Annotated[Identity, Depends(require("customers.view"))]
Editor = Annotated[Identity, Depends(require("customers.edit"))]
Audit = Callable[[AsyncConnection, Identity, str, str, dict[str, Any]], Awaitable[None]]


Number = Annotated[str, Field(max_length=40)]


def _day(value: str) -> str:
    try:
        day = dt.date.fromisoformat(value) if value else None
    except ValueError:
        day = dt.date.max
    if day is not None and not 1900 <= day.year < 2200:
        raise PydanticCustomError("customer.bad_day", "a day is written 2021-05-01")
    return day.isoformat() if day else ""


Day = Annotated[str, Field(max_length=10), AfterValidator(_day)]
Attributes = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")],
        Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)] | Annotated[str, Field(max_length=64)],
    ],
    Field(max_length=16),
]
"""For rules of routing: codes and numbers; an empty code is none."""


class Described(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(max_length=80)] = ""
    note: Annotated[str, Field(max_length=4000)] = ""


class NewCustomer(Described):
    numbers: Annotated[list[Number], Field(max_length=20)] = []
    since: Day = ""
    attributes: Attributes = {}


class ChangedCustomer(Described):
    """`numbers`, `since`, `attributes` left out keep theirs."""

    version: Annotated[int, Field(ge=0, le=2_000_000_000)]
    numbers: Annotated[list[Number] | None, Field(max_length=20)] = None
    since: Day | None = None
    attributes: Attributes | None = None


def routes(records: Records, audit: Audit, zone_of: Callable[[str], str]) -> APIRouter:
    """`zone_of`: tenant → its time zone, by which "today" is counted."""
    router = APIRouter(tags=["customers"])

    @router.get("/customers")
    async def find(who: Viewer, number: Annotated[str, Query(max_length=40)]) -> dict[str, Any]:
        wanted = _e164([number])
        async with records.write() as connection:
            found = (await queries.by_numbers(connection, who.tenant, wanted)).get(wanted[0])
            items = [await seen(connection, who, found)] if found else []
        return {"items": items, "next": None, "total": len(items)}

    @router.post("/customers", status_code=201)
    async def create(new: NewCustomer, who: Editor) -> dict[str, Any]:
        async with records.write() as connection:
            made = await actions.create(
                connection,
                who.tenant,
                new.name,
                _e164(new.numbers),
                new.note,
                new.since,
                _without_empty(new.attributes),
            )
            await audit(connection, who, "customer.create", made.id, {})
            return await shown(connection, who, made)

    @router.get("/customers/{id}")
    async def one(id: str, who: Viewer) -> dict[str, Any]:
        async with records.write() as connection:
            return await seen(connection, who, await known(connection, who, id))

    @router.put("/customers/{id}")
    async def change(id: str, new: ChangedCustomer, who: Editor) -> dict[str, Any]:
        async with records.write() as connection:
            old = await known(connection, who, id)
            if new.numbers is None:
                kept = list(old.numbers)
            else:
                # A masked number that comes back unchanged means the number behind it.
                behind = {numbers.masked(n): n for n in old.numbers}
                kept = _e164([behind.get(n, n) for n in new.numbers])
            since = old.since if new.since is None else new.since
            attributes = old.attributes if new.attributes is None else _without_empty(new.attributes)
            made = await actions.replace(
                connection, who.tenant, id, new.version, new.name, kept, new.note, since, attributes
            )
            await audit(connection, who, "customer.change", id, {"fields": _changed(old, made)})
            return await shown(connection, who, made)

    async def known(connection: AsyncConnection, who: Identity, id: str) -> Customer:
        found = await queries.by_id(connection, who.tenant, id)
        if found is None:
            raise NotFound("customer.unknown", id=id)
        return found

    async def seen(connection: AsyncConnection, who: Identity, customer: Customer) -> dict[str, Any]:
        await audit(connection, who, "customer.viewed", customer.id, {})
        return await shown(connection, who, customer)

    async def shown(connection: AsyncConnection, who: Identity, customer: Customer) -> dict[str, Any]:
        called = await counts(connection, who.tenant, customer.numbers, time.time(), zone_of(who.tenant))
        full = who.may("numbers.view")
        return {
            "id": customer.id,
            "version": customer.version,
            "name": customer.name,
            "numbers": [n if full else numbers.masked(n) for n in customer.numbers],
            "note": customer.note,
            "since": customer.since,
            "attributes": customer.attributes,
            "calls_today": called.today,
            "calls_year": called.year,
            "last_contact_at": called.last_at,
        }

    return router


def _e164(given: list[str]) -> list[str]:
    found = [numbers.to_e164(n) for n in given]
    bad = {f"numbers.{i}": "number.bad" for i, n in enumerate(found) if n is None}
    if bad:
        raise Invalid("request.invalid", fields=bad)
    return [n for n in found if n is not None]


def _without_empty(attributes: dict[str, float | str]) -> dict[str, str | float]:
    return {name: value for name, value in attributes.items() if value != ""}


def _changed(old: Customer, new: Customer) -> list[str]:
    """Which fields, not their values: the audit log outlives the customer's data."""
    return [
        name
        for name in ("name", "numbers", "note", "since", "attributes")
        if getattr(old, name) != getattr(new, name)
    ]
