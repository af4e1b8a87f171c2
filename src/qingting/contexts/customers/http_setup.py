"""What a tenant decides about its customers, over HTTP: fields of its own, types of relations, purposes of
consents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from qingting.access import Identity, require
from qingting.errors import Invalid

from . import fields, listing, parts, purposes, relations, uses
from .doors import Doors, Editor, Viewer
from .model import Tagged
from .schemas import FieldBody, FieldOrder, PurposeBody, RelationTypeBody, TagMany

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
        names, choices = _said(new.names), tuple(dict.fromkeys(filter(None, new.choices)))
        if (new.type == "choice") != bool(choices) or not names:
            raise Invalid("request.invalid", fields={"choices" if names else "names": "missing"})
        told = new.model_dump() | {"choices": choices, "names": names}
        async with records.write() as connection:
            made = await fields.keep(connection, who.tenant, fields.Field(**told))
            await audit(connection, who, "customer_field.change", new.id, {"version": made.version})
        return made._asdict()

    @router.put("/customer-field-order")
    async def order(new: FieldOrder, who: Setter) -> dict[str, Any]:
        """All of them, retired ones among them, as they are to be shown."""
        async with records.write() as connection:
            await fields.put_in_order(connection, who.tenant, new.ids)
            await audit(connection, who, "customer_field.order", "", {})
            return {"items": [it._asdict() for it in (await fields.of_tenant(connection, who.tenant)).values()]}

    @router.get("/customer-fields/{id}/use")
    async def field_use(id: str, who: Setter) -> dict[str, Any]:
        async with records.read() as connection:
            return (await uses.of_field(connection, who.tenant, id))._asdict()

    @router.delete("/customer-fields/{id}", status_code=204)
    async def remove_field(id: str, who: Setter) -> Response:
        async with records.write() as connection:
            await uses.remove_field(connection, who.tenant, id)
            await audit(connection, who, "customer_field.remove", id, {})
        return Response(status_code=204)

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
        if not (names := _said(new.names)):
            raise Invalid("request.invalid", fields={"names": "missing"})
        told = new.model_dump() | {"names": names, "back": _said(new.back)}
        async with records.write() as connection:
            made = await relations.keep_type(connection, who.tenant, relations.Type(**told))
            await audit(connection, who, "customer_relation_type.change", new.id, {"version": made.version})
        return made._asdict()

    @router.get("/customer-relation-types/{id}/use")
    async def type_use(id: str, who: Setter) -> dict[str, Any]:
        async with records.read() as connection:
            return (await uses.of_type(connection, who.tenant, id))._asdict()

    @router.delete("/customer-relation-types/{id}", status_code=204)
    async def remove_type(id: str, who: Setter) -> Response:
        async with records.write() as connection:
            await uses.remove_type(connection, who.tenant, id)
            await audit(connection, who, "customer_relation_type.remove", id, {})
        return Response(status_code=204)

    @router.get("/customer-purposes")
    async def all_purposes(who: Viewer) -> dict[str, Any]:
        async with records.read() as connection:
            found = (await purposes.of_tenant(connection, who.tenant)).values()
        return {"items": [it._asdict() | {"usual": it.id in purposes.USUAL} for it in found]}

    @router.put("/customer-purposes")
    async def keep_purpose(new: PurposeBody, who: Setter) -> dict[str, Any]:
        """One: made with `version` 0, else changed."""
        if not (names := _said(new.names)):
            raise Invalid("request.invalid", fields={"names": "missing"})
        async with records.write() as connection:
            told = purposes.Purpose(**new.model_dump() | {"names": names})
            made = await purposes.keep(connection, who.tenant, told)
            await audit(connection, who, "customer_purpose.change", new.id, {"version": made.version})
        return made._asdict()

    @router.get("/customer-purposes/{id}/use")
    async def purpose_use(id: str, who: Setter) -> dict[str, Any]:
        async with records.read() as connection:
            return (await uses.of_purpose(connection, who.tenant, id))._asdict()

    @router.delete("/customer-purposes/{id}", status_code=204)
    async def remove_purpose(id: str, who: Setter) -> Response:
        async with records.write() as connection:
            await uses.remove_purpose(connection, who.tenant, id)
            await audit(connection, who, "customer_purpose.remove", id, {})
        return Response(status_code=204)


def _said(words: Mapping[Any, str]) -> dict[str, str]:
    """A language that nothing is said in is left out."""
    return {str(language): text for language, text in words.items() if text}
