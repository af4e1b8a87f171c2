"""The real application with configuration, customers and contacts in it, and people signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter

from qingting.access import Identity
from qingting.config import Config, Mail
from qingting.contexts.configuration import api as configuration_api
from qingting.contexts.configuration import http as configuration_http
from qingting.contexts.contacts import api as contacts
from qingting.contexts.contacts import http as contacts_http
from qingting.contexts.contacts.api import Neighbours, Projection
from qingting.contexts.customers import api as customers
from qingting.contexts.customers import http as customers_http
from qingting.contexts.customers.experience.api import Experience
from qingting.contexts.customers.exporting import http as export_http
from qingting.contexts.customers.importing import http as imports_http
from qingting.contexts.customers.importing.api import Imports
from qingting.contexts.customers.importing.api import retained as imports_retained
from qingting.contexts.customers.segments import http as segments_http
from qingting.contexts.customers.segments.api import Renewals
from qingting.contexts.people import api as people_api
from qingting.contexts.people.http import router as people_router
from qingting.contexts.proofs import http as proofs_http
from qingting.contexts.proofs.api import Proofs
from qingting.contexts.recordings import api as recordings
from qingting.contexts.retention import http as retention_http
from qingting.contexts.retention.api import Retention
from qingting.contexts.selfservice import api as selfservice
from qingting.contexts.selfservice import http as selfservice_http
from qingting.contexts.webhooks import api as webhooks_api
from qingting.contexts.webhooks import http as webhooks_http
from qingting.contexts.webhooks.api import Allowed, Webhooks
from qingting.errors import NotFound
from qingting.flow.document import Document, words
from qingting.journal.memory import MemoryJournal
from qingting.mail.outgoing import Outgoing
from qingting.records import Records
from qingting.runtime.erasure import covered
from qingting.runtime.flow_tools import compared, publishable, read_flow, tried
from qingting.runtime.remembering import remembered
from qingting.vault import Vault
from qingting.web.app import create_app

from .known import as_known

PASSWORD = "correct horse 7"

FLOW = """\
languages: [zh, en]
person: service
nodes:
  main:
    menu:
      say: {zh: 销售请按1。, en: For sales press 1.}
      keys:
        1: {to: sales, words: {zh: 销售, en: Sales}}
  sales:
    queue: {to: sales}
"""


@dataclass
class House:
    records: Records
    people: people_api.People
    configuration: configuration_api.Configuration
    journal: MemoryJournal
    projection: Projection
    imports: Imports
    renewals: Renewals
    experience: Experience
    webhooks: Webhooks
    retention: Retention
    proofs: Proofs
    app: Any
    tenant: str
    other: str

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=("198.51.100.7", 40000), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1")

    async def user(self, name: str, *roles: str, tenant: str = "", lines: Iterable[str] = ()) -> httpx.AsyncClient:
        """Somebody new, signed in."""
        code = "cicada" if tenant == self.other else "dragonfly"
        await people_api.create_user(
            self.people,
            people_api.system(tenant or self.tenant),
            people_api.NewUser(
                name=name, display_name=name.title(), mail=f"{name}@example.com", roles=list(roles), lines=list(lines)
            ),
            password=PASSWORD,
            must_change=False,
        )
        client = self.client()
        answer = await client.post("/session", json={"name": f"{code}/{name}", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    async def audited(self, action: str) -> list[dict[str, Any]]:
        async with self.records.read() as connection:
            from qingting.contexts.people.audit import list_audit

            return await list_audit(connection, self.tenant, action=action)


_routers: list[APIRouter] = []


@asynccontextmanager
async def make_house(records: Records, folder: Path) -> AsyncIterator[House]:
    config = Config(data=folder, ui=folder / "no-ui", mail=Mail())
    records, vault = as_known(records), as_known(Vault(folder / "secrets"))
    people = people_api.People(
        records=records,
        vault=vault,
        outgoing=Outgoing(records, vault, config.mail),
        passwords=people_api.Passwords(time_cost=1, memory_kib=256),
        base_url=config.base_url,
    )
    people = as_known(people)
    configuration = as_known(
        configuration_api.Configuration(
            records,
            vault,
            check_flow=configuration_api.checker(read_flow),
            try_flow=tried,
            compare_flows=compared,
            audit=people_api.record_audit,
        )
    )
    journal = as_known(MemoryJournal())

    def zone_of(tenant: str) -> str:
        return configuration.of(tenant).settings.body.timezone

    document = partial(_document, configuration)

    async def kinds(tenant: str, flow: str, version: int) -> Mapping[str, selfservice.Kind]:
        try:
            return selfservice.kinds_of(await document(tenant, flow, version))
        except NotFound:
            return {}

    neighbours = _neighbours(configuration, journal)
    renewals = as_known(Renewals(records, zone_of, lambda tenant: ("complaint",)))
    experience = as_known(Experience(records, journal, lambda tenant: meanings(configuration, tenant)))
    imports = as_known(Imports(records, folder, people_api.record_audit))
    allowed = Allowed(http=True, private=True)
    webhooks = as_known(Webhooks(records, journal, vault, people_api.record_audit, allowed))
    retention = as_known(
        Retention(
            records,
            [
                *contacts.retained(records, journal),
                *customers.retained(records),
                *imports_retained(imports),
                *webhooks_api.retained(records),
                *people_api.retained(records),
                *selfservice.retained(records, zone_of),
            ],
            lambda tenant, setting: int(getattr(configuration.of(tenant).settings.body.retention, setting)),
            lambda: configuration.views,
            covered,
            people_api.record_audit,
            people_api.system,
        )
    )
    proofs = as_known(Proofs(records, vault.digest, people_api.record_audit))
    if not _routers:
        _routers[:] = [
            people_router(people),
            configuration_http.routes(
                configuration,
                configuration_http.Registrar("192.0.2.1", 5060, "udp"),
                lambda tenant, trunk: ("ready", f"{trunk} of {tenant}"),
            ),
            customers_http.routes(
                records,
                people_api.record_audit,
                zone_of,
                neighbours.step_words,
                experience,
                team_of=lambda who: who.agent,  # an agent a team
                vip_tags=lambda tenant: frozenset(configuration.of(tenant).settings.body.vip_tags),
            ),
            contacts_http.routes(records, configuration, neighbours),
            selfservice_http.routes(records, configuration, document),
            imports_http.routes(imports),
            segments_http.routes(renewals, people_api.record_audit, zone_of),
            export_http.routes(records, people_api.record_audit, zone_of),
            webhooks_http.routes(webhooks),
            retention_http.routes(retention, people_api.record_audit),
            proofs_http.routes(proofs),
        ]
    app = create_app(config=config, people=people, routers=_routers)
    tenant = await people_api.create_tenant(people, code="dragonfly", name="蜻蜓电信")
    other = await people_api.create_tenant(people, code="cicada", name="Cicada Ltd")
    projection = Projection(journal, records, selfservice.Counting(kinds))
    yield House(
        records,
        people,
        configuration,
        journal,
        projection,
        imports,
        renewals,
        experience,
        webhooks,
        retention,
        proofs,
        app,
        tenant,
        other,
    )
    people.passwords.close()


def meanings(configuration: configuration_api.Configuration, tenant: str) -> dict[str, str]:
    return {id: it.body.meaning for id, it in configuration.of(tenant).dispositions.items()}


async def _document(configuration: configuration_api.Configuration, tenant: str, flow: str, version: int) -> Document:
    return publishable(await configuration.flow_text(tenant, flow, version))


def _neighbours(configuration: configuration_api.Configuration, journal: MemoryJournal) -> Neighbours:
    async def customers_by_numbers(
        connection: Any, tenant: str, numbers: Iterable[str]
    ) -> Mapping[str, tuple[str, str]]:
        found = await customers.by_numbers(connection, tenant, numbers)
        return {number: (customer.id, customer.name) for number, customer in found.items()}

    async def numbers_of_customer(connection: Any, tenant: str, customer: str) -> tuple[str, ...]:
        found = await customers.by_id(connection, tenant, customer)
        return found.numbers if found else ()

    async def step_words(tenant: str, flow: str, version: int, node: str, via: str, before: str) -> dict[str, str]:
        document, _ = read_flow(await configuration.flow_text(tenant, flow, version))
        return words(document, node, via, before) if document else {}

    async def trajectory(who: Identity, contact: Mapping[str, Any], told: Any) -> dict[str, Any] | None:
        begun = next((it for it in told if it.node), None)
        found = await _document(configuration, who.tenant, begun.flow, begun.version) if begun else None
        known = (await remembered(journal, who.tenant, [contact["id"]])).get(contact["id"], ())
        return selfservice.trajectory(found, told, contact, known, numbers_too=who.may("numbers.view"))

    return Neighbours(
        audit=people_api.record_audit,
        customers_by_numbers=customers_by_numbers,
        numbers_of_customer=numbers_of_customer,
        recording_states=recordings.states,
        recordings_of=recordings.of_contact,
        step_words=step_words,
        trajectory=trajectory,
    )


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"] if answer.content else ""


def fields_of(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    fields: dict[str, str] = answer.json()["error"]["detail"]["fields"]
    return fields
