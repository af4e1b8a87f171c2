"""What a tenant decides about its customers, over HTTP: fields of its own, types of relations."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from qingting.access import Identity, require
from qingting.errors import Invalid

from . import fields, listing, parts, relations
from .doors import Doors, Editor, Viewer
from .model import Tagged
from .schemas import FieldBody, RelationTypeBody, TagMany

Setter = Annotated[Identity, Depends(require("configuration.edit"))]


def add(router: APIRouter, doors: Doors) -> None:
    records, audit = doors.records, doors.audit

    @router.get("/customer-fields")
    async def all_fields(who: Viewer) -> dict[str, Any]:
        async with records.read() as connection:
            return {"items": [it._asdict() for it in (await fields.of_tenant(connection, who.tenant)).values()]}

    @router.put("/customer-fields")
    async def keep_field(new: FieldBody, who: Setter) -> dict[str, Any]:
        """One: made with `version` 0, else changed."""
        if (new.type == "choice") != bool(new.choices) or not new.names:
            raise Invalid("request.invalid", fields={"choices" if new.names else "names": "missing"})
        told = new.model_dump() | {"choices": tuple(new.choices), "names": dict(new.names)}
        async with records.write() as connection:
            made = await fields.keep(connection, who.tenant, fields.Field(**told))
            await audit(connection, who, "customer_field.change", new.id, {"version": made.version})
        return made._asdict()

    @router.get("/customer-tags")
    async def tags_in_use(who: Viewer, q: Annotated[str, Query(max_length=60)] = "") -> dict[str, Any]:
        """Those with `q` in them, by name, the first 50."""
        async with records.read() as connection:
            return {"items": await listing.tags(connection, who.tenant, q)}

    @router.post("/customer-tags")
    async def tag_many(new: TagMany, who: Editor) -> dict[str, Any]:
        """Each is given it by hand; how many there were of them."""
        given = Tagged(new.layer, new.tag)
        async with records.write() as connection:
            found = await parts.tag_many(connection, who.tenant, new.customers, given, who.user)
            for id in found:
                await audit(connection, who, "customer.change", id, {"fields": ["tags"]})
        return {"count": len(found)}

    @router.get("/customer-relation-types")
    async def all_types(who: Viewer) -> dict[str, Any]:
        async with records.read() as connection:
            return {"items": [it._asdict() for it in (await relations.types(connection, who.tenant)).values()]}

    @router.put("/customer-relation-types")
    async def keep_type(new: RelationTypeBody, who: Setter) -> dict[str, Any]:
        """One: made with `version` 0, else changed."""
        told = new.model_dump() | {"names": dict(new.names), "back": dict(new.back)}
        async with records.write() as connection:
            made = await relations.keep_type(connection, who.tenant, relations.Type(**told))
            await audit(connection, who, "customer_relation_type.change", new.id, {"version": made.version})
        return made._asdict()
