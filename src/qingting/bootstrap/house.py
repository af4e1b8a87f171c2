"""All parts of a centre in this process, given to each other; from opening to closing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import structlog

from .. import numbers, observability
from ..config import Config
from ..contexts.configuration import api as configuration
from ..contexts.contacts import api as contacts
from ..contexts.customers import api as customers
from ..contexts.customers.experience.api import Experience
from ..contexts.customers.importing.api import Imports
from ..contexts.customers.importing.api import retained as imports_retained
from ..contexts.customers.segments.api import Renewals
from ..contexts.people import api as people
from ..contexts.prompts import api as recorded
from ..contexts.proofs.api import Proofs
from ..contexts.recordings import api as recordings
from ..contexts.retention import api as retention
from ..contexts.selfservice import api as selfservice
from ..contexts.webhooks import api as webhooks
from ..errors import QingtingError, Unavailable
from ..issued import Issued
from ..journal.outbox import Relay
from ..journal.sqlite import SqliteJournal
from ..mail.outgoing import Outgoing
from ..records import Records
from ..runtime.backlog import Backlog
from ..runtime.centre import Centre, Room
from ..runtime.claims import Claims
from ..runtime.dialogue import Dialogues
from ..runtime.directory import Directory
from ..runtime.erasure import Erasure, Places, covered
from ..runtime.flow_tools import compared, heard_at_once, read_flow, tried
from ..runtime.flows import Flows
from ..runtime.later import Later
from ..runtime.live import Live
from ..runtime.lives import Lives
from ..runtime.outside import Reach, Surroundings
from ..runtime.page_later import PageLater
from ..runtime.phone_doors import PhoneDoors
from ..runtime.phones import AgentPhones
from ..runtime.pops import Pops
from ..runtime.selfservice import letters
from ..runtime.selfservice.proving import Proving
from ..runtime.selfservice.requests import Requests
from ..runtime.snapshots import SnapshotKeeper
from ..runtime.tapes import Tapes
from ..runtime.tolls import HOUR_S, Tolls
from ..runtime.trunks import Trunks
from ..runtime.views.customer import CustomerCalls
from ..runtime.views.today import Counts
from ..runtime.voice import Voice
from ..runtime.voicemail import Voicemails
from ..speech.engines import prompt_store
from ..telephony.asterisk.engine import Engine
from ..telephony.credentials import WebCredentials, entry_of
from ..telephony.ice import Ice
from ..tls.certificates import Certificates
from ..vault import Vault
from .jobs import Jobs
from .prompts_used import PromptUses
from .speaking import Speaking

log = structlog.get_logger(__name__)

CATCH_UP_S = 30.0


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
        self.jobs = Jobs()
        self.vault = Vault(config.data / "secrets")
        self.records = Records(config.effective_records_url)
        self.outgoing = Outgoing(
            self.records, self.vault, config.mail, secret=config.data / "secrets" / "mail-password"
        )
        passwords = people.Passwords(time_cost=config.passwords.passes, memory_kib=config.passwords.memory_mib * 1024)
        self.people = people.People(self.records, self.vault, self.outgoing, passwords, config.base_url)
        self.configuration = configuration.Configuration(
            self.records,
            self.vault,
            check_flow=configuration.checker(read_flow),
            try_flow=tried,
            compare_flows=compared,
            audit=people.record_audit,
            before_removal=lambda tenant, command: self.centre.before_removal(tenant, command),
            move_waiting=lambda tenant, queue, to: self.centre.move_waiting(tenant, queue, to),
            unservable=lambda tenant: self.centre.unservable(tenant),
            servable=lambda tenant, queue, skills: self.centre.servable(tenant, queue, skills),
            voiced=lambda language: self.speaking.voiced(language),
            heard=lambda tenant, text, others: heard_at_once(self.prompts, tenant, text, others),
        )
        self.recordings = recordings.Recordings(self.records, self.vault, config.data, running=self._records_now)
        self.tapes = Tapes(self.recordings)
        self.certificates = Certificates(config) if config.tls else None
        if self.certificates is not None and engine is not None:
            self.certificates.renewed = engine.certificate_renewed
        self.ice = Ice(config)
        dialled = Issued(HOUR_S, self.vault.digest("dialled", "tolls").encode(), config.data / "dialled")
        self.directory = Directory(self.configuration, entry_of, Tolls(self.configuration, dialled))
        self.flows = Flows(self.configuration, self.directory, self._pops_of)
        self.prompts = prompt_store(config)
        self.recorded = recorded.Prompts(
            self.records, config.data / "recorded", people.record_audit, PromptUses(self.configuration)
        )
        self.prompts.library = self.recorded.text
        counting = selfservice.Counting(self.flows.kinds)
        self.projection = contacts.Projection(journal, self.records, counting)
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
        self.lives = Lives(self.centre)
        self.experience = Experience(self.records, journal, self._meanings)
        self.imports = Imports(self.records, config.data, people.record_audit)
        self.renewals = Renewals(self.records, self.zone, self._complaints)
        allowed = webhooks.Allowed(config.webhooks.allow_http, config.webhooks.allow_private, config.webhooks.trust)
        self.webhooks = webhooks.Webhooks(self.records, journal, self.vault, people.record_audit, allowed)
        self.retention = retention.Retention(
            self.records,
            [
                *recordings.retained(self.recordings),
                *contacts.retained(self.records, journal),
                *customers.retained(self.records),
                *imports_retained(self.imports),
                *webhooks.retained(self.records),
                *people.retained(self.records),
                *selfservice.retained(self.records, self.zone),
            ],
            self._kept_days,
            lambda: self.configuration.views,
            covered,
            people.record_audit,
            people.system,
        )
        self.erasure = Erasure(
            self.records,
            self.centre,
            people.record_audit,
            self.projection.reached,
            Places(self.recordings.remove_of, self.imports.forget),
            self.retention.holds.covered,
            self.recordings.under_way,
        )
        self.claims = Claims(self.people, self.centre.room, self.lives)
        self.backlog = Backlog(self.configuration, self.records, self.centre.room, self.claims.names)
        self.later = Later(self.lives, self.directory, self.vault.digest)
        self.voicemails = Voicemails(self.lives, self.tapes)
        self.page_later = PageLater(self.configuration, self.centre, self.flows, self.directory, self.later)
        self.speaking = Speaking(
            self.prompts, self.flows, self.configuration, config.speech.cache_mib * 2**20, progress
        )
        self.proofs = Proofs(self.records, self.vault.digest, people.record_audit)
        self.reach = self._reach(config)
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
        lives = self.lives
        self.dialogues = Dialogues(
            telephony,
            lives.submit,
            lives.post,
            self.prompts,
            self.flows,
            time.time,
            queue_state=lives.place,
            take_down=self.later.take_down,
            voicemails=self.voicemails,
            outside=Surroundings(lives, self._pops_of, self.reach),
        )
        self.voice = Voice(telephony, lives, self.directory, self.phones, self.dialogues, self.tapes)
        self.configuration.listeners.append(self.speaking.published)
        self.voice.on_engine = self.centre.engine_changed
        self.phones.on_moved = self.voice.say_reachable
        self.trunks.on_site = self.voice.site_changed
        self.configuration.listeners += [self.phones.configured, self.trunks.configured]

    # --- life --------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Running, from here to the end of the block. Calls go on in the engine after it."""
        await self.configuration.refresh()
        self.configuration.listeners.append(self.centre.changed)
        if self.phones is not None:
            self.configuration.listeners.append(self.phones.seated)
        async with self.records.read() as connection:
            tenants = await people.list_tenants(connection)
        job = self.jobs.start
        try:
            for tenant in tenants:
                await self.open_tenant(tenant.id)
            job("contacts", self.projection.run)
            job("relay", self.relay.run)
            job("snapshots", self.snapshots.run)
            job("experience", self.experience.run)
            job("imports", self.imports.run)
            job("webhooks", self.webhooks.run)
            job("customer tags", self.renewals.run)
            job("proofs", self.proofs.run)
            job("people", partial(people.work, self.people))
            job("loop", observability.watch_loop)
            job("flow versions", self.configuration.keep_time)
            job("numbers", partial(asyncio.to_thread, numbers.load))
            job("retention", self.retention.run)
            job("erasures", partial(self.erasure.run, people.system))
            if self.certificates is not None:
                job("certificates", self.certificates.keep_fresh)
            await self.recordings.start()
            await self.recorded.start()
            for room in self.centre.rooms.values():
                await self._count_today(room)
                job(f"paths of {room.tenant}", partial(self._recall_paths, room))
            if self.engine and self.voice and self.credentials and self.trunks:
                with self.speaking.told("speaking the first words for callers"):
                    await self.speaking.fallback(self.engine)
                job("prompts", self.speaking.run)
                try:
                    with self.speaking.told("starting Asterisk"):
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
            await self.jobs.stop()
            await self.recordings.stop()
            await self.prompts.close()
            await self.reach.requests.close()
            await self.records.close()
            await self.journal.close()

    async def close(self) -> None:
        """Of a house that was never opened."""
        await self.prompts.close()
        await self.records.close()
        await self.journal.close()

    async def open_tenant(self, tenant: str) -> Room:
        live = Live(tenant, self.journal)
        room = await self.centre.open(live)
        self.snapshots.watch(live)
        return room

    async def _count_today(self, room: Room) -> None:
        """The day's counts as the read model has them, once it tells of everything that the core knows."""
        now, zone = time.time(), self.zone(room.tenant)
        try:
            async with asyncio.timeout(CATCH_UP_S):
                await self.projection.reached(room.tenant, room.live.seq)
        except TimeoutError:
            log.warning("floor.counts_incomplete", tenant=room.tenant)
        async with self.records.read() as connection:
            queues = await contacts.today(connection, room.tenant, now, zone)
            answered = await contacts.answered_today(connection, room.tenant, now, zone)
        room.floor.begin_today(now, {id: Counts(*it[:7]) for id, it in queues.items()}, answered)

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

    def _reach(self, config: Config) -> Reach:
        def company(tenant: str) -> str:
            named = self.configuration.of(tenant).settings.body.company_name
            return named or config.mail.sender.rpartition("@")[2]

        counts = Issued(
            letters.HOUR_S, self.vault.digest("letters", "self-service").encode(), config.data / "letters"
        )
        mails = letters.Letters(self.records, self.outgoing, self.vault.digest, counts)
        requests = Requests(self.configuration, config.services)
        return Reach(self.records, requests, mails, Proving(self.proofs, requests, mails, company))

    def _records_now(self, recording: str) -> bool:
        return (self.voice is not None and recording in self.voice.recordings) or self.voicemails.runs(recording)

    def _refused(self) -> dict[str, int]:
        """Calls turned away since the start, by why."""
        voice = self.voice.arrivals.refused if self.voice is not None else {}
        web = self.credentials.refused if self.credentials is not None else {}
        return {**voice, **web}

    def _kept_days(self, tenant: str, setting: str) -> int:
        return int(getattr(self.configuration.of(tenant).settings.body.retention, setting))

    def _complaints(self, tenant: str) -> list[str]:
        return [id for id, meaning in self._meanings(tenant).items() if meaning == "complaint"]

    def _meanings(self, tenant: str) -> dict[str, str]:
        """What its dispositions say of a contact."""
        return {id: it.body.meaning for id, it in self.configuration.of(tenant).dispositions.items()}

    def zone(self, tenant: str) -> str:
        return self.configuration.of(tenant).settings.body.timezone

    def vip_tags(self, tenant: str) -> frozenset[str]:
        return frozenset(self.configuration.of(tenant).settings.body.vip_tags)

    def _pops(self, tenant: str, live: Live) -> Pops:
        def words(flow: str, version: int, node: str, via: str, before: str) -> dict[str, str]:
            return self.flows.words(tenant, flow, version, node, via, before)

        def remembers() -> bool:
            return any(queue.body.last_agent_s for queue in self.configuration.of(tenant).queues.values())

        return Pops(
            tenant,
            self.journal,
            self.records,
            words,
            lambda: self.zone(tenant),
            remembers,
            partial(self.vip_tags, tenant),
            partial(self.flows.at_hand, tenant),
        )

    def _pops_of(self, tenant: str) -> Pops | None:
        room = self.centre.rooms.get(tenant)
        return room.pops if room is not None else None

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
