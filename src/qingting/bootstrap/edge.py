"""The doors of a house: its parts behind HTTP and WebSockets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection

from .. import observability
from ..access import Identity
from ..contexts.configuration import api as configuration
from ..contexts.configuration import http as configuration_http
from ..contexts.contacts import api as contacts
from ..contexts.contacts import http as contacts_http
from ..contexts.customers import api as customers
from ..contexts.customers import http as customers_http
from ..contexts.customers.exporting import http as export_http
from ..contexts.customers.importing import http as imports_http
from ..contexts.customers.segments import http as segments_http
from ..contexts.people import api as people
from ..contexts.people import http as people_http
from ..contexts.prompts import http as prompts_http
from ..contexts.proofs import http as proofs_http
from ..contexts.recordings import api as recordings
from ..contexts.recordings import http as recordings_http
from ..contexts.retention import http as retention_http
from ..contexts.selfservice import api as selfservice
from ..contexts.selfservice import http as selfservice_http
from ..contexts.webhooks import http as webhooks_http
from ..errors import Invalid, NotFound, Unavailable
from ..flow.values import written
from ..runtime import names
from ..runtime.dialing import Dialing
from ..runtime.handing_on import HandingOn
from ..runtime.remembering import remembered
from ..runtime.trunks import ENGINE_AWAY
from ..telephony.credentials import Holder
from ..telephony.port import EngineUnavailable
from ..web import app as web_app
from ..web import breaks as breaks_http
from ..web import calls as calls_http
from ..web import desk as desk_http
from ..web import desk_transfer, public_later, sip_edge, trust
from ..web import erasure as erasure_http
from ..web import later as later_http
from ..web import live as live_http
from ..web import services as services_http
from . import health
from .house import House

REALM = "asterisk"
REMEMBERED_MOST = 500
"""Dialogues of one customer, the newest, that are given to them."""
STAFF_S, WEB_S = 7 * 86_400.0, 3600.0
"""How long a browser may ask the TURN server for a new way: a desk stays open for days, a customer calls now."""


def app(house: House) -> FastAPI:
    """All that the centre tells and takes over HTTP and WebSockets."""
    centre, audit = house.centre, people.record_audit
    voice = house.config.voice
    dialing = Dialing(centre, house.directory)
    registrar = configuration_http.Registrar(voice.sip_host, voice.sip_port, "udp")
    api = [
        people_http.router(house.people),
        configuration_http.routes(house.configuration, registrar, partial(_trunk_state, house)),
        customers_http.routes(
            house.records,
            audit,
            house.zone,
            house.flows.step_words,
            house.experience,
            team_of=partial(_team_of, house),
            remembered=partial(_remembered, house),
            vip_tags=house.vip_tags,
        ),
        imports_http.routes(house.imports),
        segments_http.routes(house.renewals, audit, house.zone),
        export_http.routes(house.records, audit, house.zone),
        webhooks_http.routes(house.webhooks),
        proofs_http.routes(house.proofs),
        services_http.routes(house.configuration, house.reach.requests, partial(_audit, house)),
        retention_http.routes(house.retention, audit),
        prompts_http.routes(house.recorded, house.prompts.sound),
        contacts_http.routes(house.records, house.configuration, _neighbours(house)),
        selfservice_http.routes(house.records, house.configuration, house.flows.document),
        live_http.routes(
            lambda who: centre.room(who.tenant).desks.of(who.agent),
            lambda who: centre.room(who.tenant).floor,
            lambda who: people.until_ended(house.people, who),
        ),
        calls_http.routes(
            house.configuration, house.credentials, lambda: _connection(house, WEB_S), partial(_customer_call, house)
        ),
        desk_transfer.routes(centre, HandingOn(dialing)),
        later_http.routes(centre, house.later, house.backlog, house.claims, partial(_audit, house)),
        erasure_http.routes(house.erasure),
        public_later.routes(house.page_later),
        breaks_http.routes(centre),
        desk_http.routes(
            centre,
            phone=partial(_phone, house),
            call=dialing,
            note=partial(_note, house),
            audit=partial(_audit, house),
        ),
    ]
    root = [
        recordings_http.router(house.recordings, audit),
        trust.router(house.certificates),
        trust.root_router(house.certificates),
    ]
    if house.engine is not None and house.credentials is not None:
        door = calls_http.SipDoor(house.people, house.credentials, partial(_customer_call, house))
        root.append(sip_edge.routes(house.engine.sip_url, door.authorize, door.ended))
    return web_app.create_app(
        config=house.config,
        people=house.people,
        routers=api,
        root_routers=root,
        health=health.parts(house),
        registry=observability.registry,
    )


def _neighbours(house: House) -> contacts_http.Neighbours:
    async def by_numbers(
        connection: AsyncConnection, tenant: str, numbers: Iterable[str]
    ) -> dict[str, tuple[str, str]]:
        found = await customers.by_numbers(connection, tenant, numbers)
        return {number: (it.id, it.name) for number, it in found.items()}

    async def numbers_of(connection: AsyncConnection, tenant: str, customer: str) -> Sequence[str]:
        found = await customers.by_id(connection, tenant, customer)
        return found.numbers if found is not None else ()

    return contacts_http.Neighbours(
        audit=people.record_audit,
        customers_by_numbers=by_numbers,
        numbers_of_customer=numbers_of,
        recording_states=recordings.states,
        recordings_of=recordings.of_contact,
        step_words=house.flows.step_words,
        trajectory=partial(_trajectory, house),
    )


async def _trajectory(
    house: House, who: Identity, contact: Mapping[str, Any], passed: Sequence[contacts.Passed]
) -> dict[str, Any] | None:
    begun = next((it for it in passed if it.node), None)
    if begun is None:
        return None
    try:
        document = await house.flows.document(who.tenant, begun.flow, begun.version)
    except (NotFound, Invalid):  # then the way is told without words
        document = None
    known = await remembered(house.journal, who.tenant, [contact["id"]])
    return selfservice.trajectory(
        document, passed, contact, known.get(contact["id"], ()), numbers_too=who.may("numbers.view")
    )


async def _customer_call(house: House, holder: Holder) -> dict[str, Any] | None:
    entry = configuration.resolve_entry(house.configuration, holder.entry, kind="web")
    room = house.centre.rooms.get(entry.tenant) if entry is not None else None
    return await room.customers.of(holder.id) if room is not None else None


def _team_of(house: House, who: Identity) -> str:
    agent = house.configuration.of(who.tenant).agents.get(who.agent)
    return agent.body.team if agent is not None else ""


async def _remembered(
    house: House, connection: AsyncConnection, who: Identity, numbers: Sequence[str]
) -> list[dict[str, Any]]:
    found = await contacts.dialogues_of(connection, who.tenant, numbers, who.lines or None, REMEMBERED_MOST)
    kept = await remembered(house.journal, who.tenant, [row["contact"] for row in found])
    return [
        {
            "contact": row["contact"],
            "at": row["at"],
            "values": {name: written(value) for name, value in kept[row["contact"]]},
        }
        for row in found
        if row["contact"] in kept
    ]


async def _audit(house: House, who: Identity, action: str, target: str, detail: dict[str, Any]) -> None:
    async with house.records.write() as connection:
        await people.record_audit(connection, who, action, target, detail)


async def _note(house: House, who: Identity, assignment: str, text: str) -> None:
    async with house.records.write() as connection:
        await contacts.note(connection, who, names.contact_of(assignment), text, assignment)


async def _phone(house: House, who: Identity) -> dict[str, Any]:
    if house.phone_doors is None:
        raise Unavailable("voice.off", "this centre runs without voice")
    try:
        endpoint = await house.phone_doors.issue(who)
    except EngineUnavailable as error:
        raise Unavailable("voice.engine_down", "the telephone engine is not reachable now") from error
    return {
        "endpoint": endpoint.name,
        "secret": endpoint.secret,
        "ws": "/sip",
        "expires_at": None,
        **_connection(house, STAFF_S),
    }


def _connection(house: House, lifetime_s: float) -> dict[str, Any]:
    return {"realm": REALM, "ice_servers": house.ice.servers(lifetime_s)}


def _trunk_state(house: House, tenant: str, trunk: str) -> tuple[str, str]:
    return house.trunks.state(tenant, trunk) if house.trunks is not None else ENGINE_AWAY
