"""What hangs on a customer, over HTTP: tags, consents, notes, relations, the customer's own contact book."""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter

from qingting.errors import Invalid

from . import parts, purposes, relations, shown
from . import tables as t
from .doors import Doors, Editor, Viewer
from .model import Consented, Tagged, normalised, why_not
from .schemas import BookEntry, ConsentBody, NoteBody, Pinned, RelationBody, Tags


def add(router: APIRouter, doors: Doors) -> None:
    records, audit = doors.records, doors.audit

    @router.put("/customers/{id}/tags")
    async def tag(id: str, new: Tags, who: Editor) -> dict[str, Any]:
        """All by hand from now on; others stay."""
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            wanted = [Tagged(one.layer, one.tag) for one in new.tags]
            if await parts.set_tags(connection, who.tenant, it.ids, wanted, who.user):
                await audit(connection, who, "customer.change", it.one["id"], {"fields": ["tags"]})
            return {"items": (await doors.known(connection, who, id)).tags}

    @router.get("/customers/{id}/consents")
    async def said(id: str, who: Viewer) -> dict[str, Any]:
        """All that was ever said, the latest first; what holds is the first of its purpose and medium."""
        c = t.consent.c
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            await audit(connection, who, "customer.viewed", it.one["id"], {})
            what = sa.select(c.purpose, c.medium, c.given, c.at, c.how, c.user_id, c.contact)
            rows = await connection.execute(
                what.where(c.tenant == who.tenant, c.customer.in_(it.ids)).order_by(c.at.desc()).limit(500)
            )
            return {"items": [dict(row) for row in rows.mappings()]}

    @router.post("/customers/{id}/consents", status_code=201)
    async def consent(id: str, new: ConsentBody, who: Editor) -> dict[str, Any]:
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            await purposes.asked(connection, who.tenant, new.purpose, new.given)
            told = Consented(new.purpose, new.medium, new.given, time.time(), new.how)
            await parts.consent(connection, who.tenant, it.one["id"], told, who.user, new.contact)
            detail = {"purpose": new.purpose, "medium": new.medium, "given": new.given}
            await audit(connection, who, "customer.consent", it.one["id"], detail)
            return {"items": (await doors.known(connection, who, id)).consents}

    @router.post("/customers/{id}/notes", status_code=201)
    async def note(id: str, new: NoteBody, who: Editor) -> dict[str, Any]:
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            made = await parts.add_note(
                connection, who.tenant, it.one["id"], new.text, who.user, new.pinned, new.contact
            )
            await audit(connection, who, "customer.change", it.one["id"], {"fields": ["notes"]})
            return {"id": made}

    @router.put("/customers/{id}/notes/{note}")
    async def pin(id: str, note: str, new: Pinned, who: Editor) -> dict[str, Any]:
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            await parts.pin_note(connection, who.tenant, it.ids, note, new.pinned)
            return {"id": note, "pinned": new.pinned}

    @router.delete("/customers/{id}/notes/{note}", status_code=204)
    async def remove_note(id: str, note: str, who: Editor) -> None:
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            await parts.remove_note(connection, who.tenant, it.ids, note)
            await audit(connection, who, "customer.change", it.one["id"], {"fields": ["notes"]})

    @router.post("/customers/{id}/relations", status_code=201)
    async def relate(id: str, new: RelationBody, who: Editor) -> dict[str, Any]:
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            made = await relations.relate(
                connection, who.tenant, it.one["id"], new.type, new.other, new.thing, new.detail
            )
            await audit(connection, who, "customer.change", it.one["id"], {"fields": ["relations"]})
            return {"id": made}

    @router.delete("/customers/{id}/relations/{relation}", status_code=204)
    async def unrelate(id: str, relation: str, who: Editor) -> None:
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            await relations.unrelate(connection, who.tenant, it.ids, relation)
            await audit(connection, who, "customer.change", it.one["id"], {"fields": ["relations"]})

    @router.get("/customers/{id}/book")
    async def book(id: str, who: Viewer) -> dict[str, Any]:
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            await audit(connection, who, "customer.viewed", it.one["id"], {"fields": ["book"]})
            entries = await relations.book(connection, who.tenant, it.ids)
        return {"items": [entry | {"value": shown.value(who, entry["kind"], entry["value"])} for entry in entries]}

    @router.post("/customers/{id}/book", status_code=201)
    async def enter(id: str, new: BookEntry, who: Editor) -> dict[str, Any]:
        value = normalised(new.kind, new.value)
        if value is None:
            raise Invalid("request.invalid", fields={"value": why_not(new.kind, new.value)})
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            made = await relations.add_to_book(
                connection, who.tenant, it.one["id"], new.name, new.kind, value, new.note
            )
            await audit(connection, who, "customer.change", it.one["id"], {"fields": ["book"]})
            return {"id": made}

    @router.delete("/customers/{id}/book/{entry}", status_code=204)
    async def strike(id: str, entry: str, who: Editor) -> None:
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            await relations.remove_from_book(connection, who.tenant, it.ids, entry)
            await audit(connection, who, "customer.change", it.one["id"], {"fields": ["book"]})
