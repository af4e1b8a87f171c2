"""The only wiring: which part is given to which. `serve` runs a whole centre in this process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import sqlalchemy as sa
import structlog
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from . import observability
from .access import Identity
from .config import Config
from .contexts.configuration import api as configuration
from .contexts.configuration import http as configuration_http
from .contexts.contacts import api as contacts
from .contexts.contacts import http as contacts_http
from .contexts.customers import api as customers
from .contexts.customers import http as customers_http
from .contexts.people import api as people
from .contexts.people import http as people_http
from .contexts.recordings import api as recordings
from .contexts.recordings import http as recordings_http
from .errors import QingtingError, Unavailable
from .journal.outbox import Relay
from .journal.sqlite import SqliteJournal
from .mail.outgoing import Outgoing
from .records import Records
from .runtime import names
from .runtime.centre import Centre, Room
from .runtime.dialing import Dialing
from .runtime.dialogue import Dialogues
from .runtime.directory import Directory
from .runtime.flow_tools import read_flow
from .runtime.flows import Flows
from .runtime.live import Live
from .runtime.lives import Lives
from .runtime.phone_doors import PhoneDoors
from .runtime.phones import AgentPhones
from .runtime.pops import Pops
from .runtime.snapshots import SnapshotKeeper
from .runtime.tapes import Tapes
from .runtime.trunks import ENGINE_AWAY, Trunks
from .runtime.views.customer import CustomerCalls
from .runtime.views.today import Counts
from .runtime.voice import Voice
from .speech.espeak import Espeak
from .speech.port import SpeechFailed
from .speech.prompts import PromptStore
from .telephony.asterisk.engine import Engine
from .telephony.credentials import Holder, WebCredentials, entry_of
from .telephony.ice import Ice
from .telephony.port import EngineUnavailable
from .tls.certificates import Certificates
from .vault import Vault
from .web import app as web_app
from .web import calls as calls_http
from .web import desk as desk_http
from .web import live as live_http
from .web import sip_edge, trust
from .web.operations import Part

log = structlog.get_logger(__name__)

REALM = "asterisk"
CATCH_UP_S = 30.0
STAFF_S, WEB_S = 7 * 86_400.0, 3600.0
"""How long a browser may ask the TURN server for a new way: a desk stays open for days, a customer calls now."""
LANGUAGES = ("zh", "en")
A_MOMENT_S = 0.5


class House:
    """All parts of a centre in this process, made in the order in which they need each other."""

    def __init__(
        self,
        config: Config,
        journal: SqliteJournal,
        *,
        engine: Engine | None,
        progress: Callable[[str], None] = lambda line: None,
    ) -> None:
        """`progress` is told what takes a while, one line each."""
        self.config = config
        self.progress = progress
        self.journal = journal
        self.engine = engine
        self.vault = Vault(config.data / "secrets")
        self.records = Records(config.effective_records_url)
        self.outgoing = Outgoing(
            self.records, self.vault, config.mail, secret=config.data / "secrets" / "mail-password"
        )
        self.people = people.People(self.records, self.vault, self.outgoing, people.Passwords(), config.base_url)
        self.configuration = configuration.Configuration(
            self.records,
            self.vault,
            check_flow=configuration.checker(read_flow),
            audit=people.record_audit,
            before_removal=lambda tenant, command: self.centre.before_removal(tenant, command),
        )
        self.recordings = recordings.Recordings(
            self.records, self.vault, config.data, running=self._records_now, retention=self._retention
        )
        self.tapes = Tapes(self.recordings)
        self.certificates = Certificates(config) if config.tls else None
        if self.certificates is not None and engine is not None:
            self.certificates.renewed = engine.certificate_renewed
        self.ice = Ice(config)
        self.directory = Directory(self.configuration, entry_of)
        self.flows = Flows(self.configuration, self.directory)
        self.speech = Espeak()
        self.prompts = PromptStore(self.speech, config.data / "prompts", config.data / "recorded")
        self.projection = contacts.Projection(journal, self.records)
        self.relay = Relay(self.records, journal)
        self.snapshots = SnapshotKeeper(config.journal_path)
        self.voice: Voice | None = None
        self.phones: AgentPhones | None = None
        self.trunks: Trunks | None = None
        self.phone_doors: PhoneDoors | None = None
        self.credentials: WebCredentials | None = None
        self.centre = Centre(
            self.configuration,
            make_pops=self._pops,
            make_customers=self._customers,
            recording=self.tapes.state,
            engine_up=lambda: self.voice is not None and self.voice.up,
            refused=self._refused,
        )
        self.prompts_made = asyncio.Event()
        """Set once all that callers usually hear is there; calls are taken before, and wait for a voice."""
        self._preparing: set[asyncio.Task[list[str]]] = set()
        self.tapes.changed = self.centre.contact_changed
        if engine is not None:
            self._wire_voice(engine)

    def _wire_voice(self, engine: Engine) -> None:
        telephony = engine.telephony
        self.phones = AgentPhones(telephony, self.configuration, engine.layout.secret("phones").encode())
        self.phone_doors = PhoneDoors(self.people, self.phones)
        credentials = self.credentials = WebCredentials(
            telephony, key=engine.layout.secret("web-calls").encode(), counts=self.config.data / "web-calls"
        )
        self.trunks = Trunks(telephony, self.configuration)
        self.phones.on_restore += [credentials.restore, self.trunks.restore]
        lives = Lives(self.centre)
        self.dialogues = Dialogues(
            telephony, lives.submit, self.prompts, self.flows, time.time, queue_state=lives.place
        )
        self.voice = Voice(telephony, lives, self.directory, self.phones, self.dialogues, self.tapes)
        self.configuration.listeners.append(self._prepare_published)
        self.voice.on_engine = self.centre.engine_changed
        self.phones.on_removed = self.voice.say_reachable
        self.configuration.listeners += [self.phones.configured, self.trunks.configured]

    # --- life --------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Running, from here to the end of the block. Calls go on in the engine after it."""
        await self.configuration.refresh()
        self.configuration.listeners.append(self.centre.changed)
        async with self.records.read() as connection:
            tenants = await people.list_tenants(connection)
        jobs: list[asyncio.Task[None]] = []

        def job(work: Coroutine[Any, Any, None], name: str) -> None:
            jobs.append(asyncio.create_task(work, name=name))

        try:
            for tenant in tenants:
                await self.open_tenant(tenant.id)
            job(self.projection.run(), "contacts")
            job(self.relay.run(), "relay")
            job(self.snapshots.run(), "snapshots")
            job(people.work(self.people), "people")
            job(observability.watch_loop(), "loop")
            job(contacts.keep_to_retention(self.records, self.journal, self.configuration), "retention")
            if self.certificates is not None:
                job(self.certificates.keep_fresh(), "certificates")
            await self.recordings.start()
            for room in self.centre.rooms.values():
                await self._count_today(room)
                job(self._recall_paths(room), "paths")
            if self.engine and self.voice and self.credentials and self.trunks:
                with self._told("speaking the first words for callers"):
                    await self._prepare_fallback(self.engine)
                job(self._prepare_prompts(), "prompts")
                try:
                    with self._told("starting Asterisk"):
                        await self.engine.start()
                except Unavailable as error:
                    # Everything else works, and says that calls cannot come; should it come up, it is taken over.
                    log.error("voice.engine_failed", code=error.code, why=error.message)
                await self.voice.start()
                self.credentials.start()
                self.trunks.start()
            yield
        finally:
            if self.voice and self.credentials and self.trunks:
                await self.trunks.stop()
                await self.credentials.stop()
                await self.voice.stop()
                await self.dialogues.close()
            if self.engine is not None:
                await self.engine.leave()
            await self.centre.close()
            for task in jobs:
                task.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            await self.recordings.stop()
            await self.speech.close()
            await self.records.close()
            await self.journal.close()

    async def close(self) -> None:
        """Of a house that was never opened."""
        await self.speech.close()
        await self.records.close()
        await self.journal.close()

    async def open_tenant(self, tenant: str) -> Room:
        live = Live(tenant, self.journal)
        room = await self.centre.open(live)
        self.snapshots.watch(live)
        return room

    @contextmanager
    def _told(self, doing: str, done: str = "") -> Iterator[None]:
        """What takes longer than a moment is told when it begins to; a second start says nothing."""
        began = time.monotonic()
        told = asyncio.get_running_loop().call_later(A_MOMENT_S, self.progress, doing)
        try:
            yield
        finally:
            told.cancel()
            if done and (seconds := time.monotonic() - began) > A_MOMENT_S:
                self.progress(f"{done} ({seconds:.0f} s)")

    async def _prepare_fallback(self, engine: Engine) -> None:
        """What callers hear while we are away: it must be there before we are."""
        try:
            await self.prompts.one_file("please_stay", LANGUAGES, engine.layout.sounds / "fallback.wav")
        except SpeechFailed as error:
            log.warning("prompts.not_made", prompt=str(error))

    async def _prepare_published(self, change: configuration.Changed) -> None:
        """A flow's words are spoken when it is published, not when somebody calls."""
        version = self.configuration.of(change.tenant).published.get(change.id, 0)
        if change.kind == "flows" and version and not change.removed:
            document = await self.flows.document(change.tenant, change.id, version)
            task = asyncio.create_task(self.prompts.prepare(document, change.tenant), name="prompts-published")
            self._preparing.add(task)
            task.add_done_callback(self._preparing.discard)

    async def _prepare_prompts(self) -> None:
        """So that no caller waits for a voice; what a call needs meanwhile is made for it."""
        with self._told("speaking callers' prompts; calls are taken meanwhile", done="callers' prompts are ready"):
            failed = await self.prompts.prepare_standard()
            for tenant, view in self.configuration.views.items():
                for flow, version in view.published.items():
                    failed += await self.prompts.prepare(await self.flows.document(tenant, flow, version), tenant)
        for words in failed:
            log.warning("prompts.not_made", prompt=words)
        self.prompts_made.set()

    async def _count_today(self, room: Room) -> None:
        """The day's counts as the read model has them, once it tells of everything that the core knows."""
        now, zone = time.time(), self._zone(room.tenant)
        try:
            await asyncio.wait_for(self.projection.reached(room.tenant, room.live.seq), CATCH_UP_S)
        except TimeoutError:
            log.warning("floor.counts_incomplete", tenant=room.tenant)
        async with self.records.read() as connection:
            queues = await contacts.today(connection, room.tenant, now, zone)
            answered = await contacts.answered_today(connection, room.tenant, now, zone)
        room.floor.begin_today(now, {id: Counts(*it[:6]) for id, it in queues.items()}, answered)

    async def _recall_paths(self, room: Room) -> None:
        """Which keys were pressed before this start, for the desks of those whose call is still open."""
        await contacts.each_path(
            self.records, room.tenant, list(room.live.engine.state.contacts), partial(self._recall, room)
        )

    async def _recall(self, room: Room, steps: dict[str, list[contacts.Step]]) -> None:
        for flow, version in {(step.flow, step.version) for path in steps.values() for step in path}:
            try:
                await self.flows.document(room.tenant, flow, version)
            except QingtingError as error:  # then the way is told without words
                log.warning("pops.no_flow", flow=flow, version=version, code=error.code)
        room.pops.recall(steps)

    # --- what parts ask of each other --------------------------------------------------------------------

    def _records_now(self, recording: str) -> bool:
        return self.voice is not None and recording in self.voice.recordings

    def _refused(self) -> dict[str, int]:
        """Calls turned away since the start, by why."""
        voice = self.voice.refused if self.voice is not None else {}
        web = self.credentials.refused if self.credentials is not None else {}
        return {**voice, **web}

    def _trunk_state(self, tenant: str, trunk: str) -> tuple[str, str]:
        return self.trunks.state(tenant, trunk) if self.trunks is not None else ENGINE_AWAY

    async def _retention(self, tenant: str) -> float | None:
        return float(self.configuration.of(tenant).settings.body.retention.recordings_days)

    def _zone(self, tenant: str) -> str:
        return self.configuration.of(tenant).settings.body.timezone

    def _pops(self, tenant: str, live: Live) -> Pops:
        def words(flow: str, version: int, node: str, via: str) -> dict[str, str]:
            return self.flows.words(tenant, flow, version, node, via)

        return Pops(tenant, self.journal, self.records, words, lambda: self._zone(tenant))

    def _customers(self, tenant: str, live: Live) -> CustomerCalls:
        def is_web(entry: str) -> bool:
            item = self.configuration.of(tenant).entry_points.get(entry)
            return item is not None and item.body.kind == "web"

        return CustomerCalls(
            tenant,
            lambda: live.engine,
            self.journal,
            is_web=is_web,
            treatment=lambda queue: self.directory.queue(tenant, queue),
            document=lambda flow, version: self.flows.document(tenant, flow, version),
        )

    async def _customer_call(self, holder: Holder) -> dict[str, Any] | None:
        entry = configuration.resolve_entry(self.configuration, holder.entry, kind="web")
        room = self.centre.rooms.get(entry.tenant) if entry is not None else None
        return await room.customers.of(holder.id) if room is not None else None

    async def audit(self, who: Identity, action: str, target: str, detail: dict[str, Any]) -> None:
        async with self.records.write() as connection:
            await people.record_audit(connection, who, action, target, detail)

    async def note(self, who: Identity, assignment: str, text: str) -> None:
        async with self.records.write() as connection:
            await contacts.note(connection, who, names.contact_of(assignment), text, assignment)

    async def phone(self, who: Identity) -> dict[str, Any]:
        if self.phone_doors is None:
            raise Unavailable("voice.off", "this centre runs without voice")
        try:
            endpoint = await self.phone_doors.issue(who)
        except EngineUnavailable as error:
            raise Unavailable("voice.engine_down", "the telephone engine is not reachable now") from error
        return {
            "endpoint": endpoint.name,
            "secret": endpoint.secret,
            "ws": "/sip",
            "expires_at": None,
            **self._connection(STAFF_S),
        }

    def _connection(self, lifetime_s: float) -> dict[str, Any]:
        return {"realm": REALM, "ice_servers": self.ice.servers(lifetime_s)}

    # --- the edge ----------------------------------------------------------------------------------------

    def app(self) -> FastAPI:
        centre, audit = self.centre, people.record_audit
        voice = self.config.voice
        registrar = configuration_http.Registrar(voice.sip_host, voice.sip_port, "udp")
        api = [
            people_http.router(self.people),
            configuration_http.routes(self.configuration, registrar, self._trunk_state),
            customers_http.routes(self.records, audit, self._zone),
            contacts_http.routes(self.records, self.configuration, self._neighbours()),
            live_http.routes(
                lambda who: centre.room(who.tenant).desks.of(who.agent),
                lambda who: centre.room(who.tenant).floor,
                lambda who: people.until_ended(self.people, who),
            ),
            calls_http.routes(
                self.configuration, self.credentials, lambda: self._connection(WEB_S), self._customer_call
            ),
            desk_http.routes(
                centre,
                phone=self.phone,
                call=Dialing(centre, self.directory),
                note=self.note,
                audit=self.audit,
            ),
        ]
        root = [
            recordings_http.router(self.recordings, audit),
            trust.router(self.certificates),
            trust.root_router(self.certificates),
        ]
        if self.engine is not None and self.credentials is not None:
            door = calls_http.SipDoor(self.people, self.credentials, self._customer_call)
            root.append(sip_edge.routes(self.engine.sip_url, door.authorize, door.ended))
        return web_app.create_app(
            config=self.config,
            people=self.people,
            routers=api,
            root_routers=root,
            health={
                "journal": self._journal_health,
                "records": self._records_health,
                "voice": self._voice_health,
                "contacts": self._contacts_health,
                "mail": self._mail_health,
            },
            registry=observability.registry,
        )

    def _neighbours(self) -> contacts_http.Neighbours:
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
            step_words=self.flows.step_words,
        )

    def _journal_health(self) -> Part:
        failed = {room.tenant: room.live.failed for room in self.centre.rooms.values() if room.live.failed}
        return Part("down", "; ".join(f"{t}: {why}" for t, why in failed.items())) if failed else Part("ok")

    def _voice_health(self) -> Part:
        if self.voice is None:
            return Part("degraded", "this centre runs without voice")
        return Part("ok") if self.voice.up else Part("degraded", "the telephone engine is not reachable")

    async def _records_health(self) -> Part:
        try:
            async with self.records.read() as connection:
                await connection.scalar(sa.select(1))
        except (SQLAlchemyError, OSError) as error:
            return Part("down", type(error).__name__)
        return Part("ok")

    def _mail_health(self) -> Part:
        error = self.outgoing.last_error
        return Part("degraded", error) if error else Part("ok")

    def _contacts_health(self) -> Part:
        failing = self.projection.failing
        return Part("degraded", f"contacts not up to date: {failing}") if failing else Part("ok")
