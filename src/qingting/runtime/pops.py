"""Who is calling and how often: gathered once per contact, in batches, before any phone rings.

Held in memory while the contact is open; the numbers and names come from the erasable tables each time.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from .. import numbers
from ..contexts.contacts import api as contacts
from ..contexts.customers import api as customers
from ..contexts.selfservice import api as selfservice
from ..core import events as e
from ..core.commands import Notes
from ..flow.document import Document
from ..flow.nodes import sets
from ..journal.port import Entry, Journal
from ..pacing import Pace
from ..records import Records
from .attributes import Known, of_caller
from .remembering import remembered

log = structlog.get_logger(__name__)

MOST_STEPS = 30
MOST_PASSED = 200
EXPECTED_S = 1.0
"""So long somebody is kept from a queue at most, to learn for whom they should wait there."""
AVOID = "avoid"
"""Attribute of a customer: agents' numbers, apart by anything that is no digit."""
REST_S = (0.02, 0.25)
"""Those who arrive meanwhile are asked for together; a menu takes longer than that."""


@dataclass(slots=True)
class Pop:
    number: str = ""
    withheld: bool = True
    locality: dict[str, str] = field(default_factory=dict)
    """By language."""
    customer: dict[str, Any] | None = None
    calls_today: int = 1
    """This one included: 1 is the first call of the day."""
    calls_year: int = 1
    last_contact_at: float | None = None
    last_agent: str = ""
    """With whom they talked last, where some queue asks for that."""
    avoids: tuple[str, ...] = ()
    """Numbers of agents (工号) who are not to have them."""
    note: str = ""
    """Left with a callback."""
    path: list[dict[str, Any]] = field(default_factory=list)
    passed: list[contacts.Passed] = field(default_factory=list)
    """What `self_service` is made of."""
    self_service: dict[str, Any] | None = None
    """Their way up to a person, at a glance (`selfservice.trajectory.at_a_glance`)."""
    ready: bool = False
    party: str = ""
    """The reference to who they say they are; `erased` when nothing is behind it any more."""
    erased: bool = False
    parties: dict[str, str] = field(default_factory=dict)
    """Numbers of those outside who were called into it, by reference."""
    notes: dict[str, str] = field(default_factory=dict)
    """What travelled with it in words, by reference."""


class Pops:
    def __init__(
        self,
        tenant: str,
        journal: Journal,
        records: Records,
        words: Callable[[str, int, str, str, str], dict[str, str]],
        zone: Callable[[], str],
        remembers: Callable[[], bool] = lambda: False,
        vip_tags: Callable[[], frozenset[str]] = frozenset,
        document: Callable[[str, int], Document | None] = lambda flow, version: None,
    ) -> None:
        """`remembers`: whether it matters with whom they talked last; `vip_tags`: who has one is a VIP; `document`: a
        flow that is at hand, by version."""
        self.tenant = tenant
        self.changed: Callable[[str], None] = lambda contact: None
        self.known: Callable[[str, Known], None] = lambda contact, known: None
        """(contact, what rules may ask of them)."""
        self._journal = journal
        self._records = records
        self._words = words
        """(flow, version, node, via, the node before) → what the caller chose, by language; empty when nothing."""
        self._zone = zone
        self._remembers = remembers
        self._vip_tags = vip_tags
        self._document = document
        self._walked: set[str] = set()
        """Contacts whose way to a person is still to be told."""
        self._expected: dict[str, asyncio.Event] = {}
        """Contacts for whose pop somebody waits."""
        self._pops: dict[str, Pop] = {}
        self._parties: dict[str, str] = {}
        """Contacts whose pop is still to be gathered."""
        self._words_of: dict[str, str] = {}
        """Reference of what an agent wrote or dialled -> contact, still to be gathered."""
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, open_contacts: list[tuple[str, str]], refs: Iterable[tuple[str, str]] = ()) -> None:
        """`open_contacts`: (contact, party) of those that were open when the process started; `refs`: (reference,
        contact) of notes that travelled with them and of parties outside."""
        for contact, party in open_contacts:
            self._add(contact, party)
        self._words_of.update((ref, contact) for ref, contact in refs if ref)
        self._task = asyncio.create_task(self._work(), name=f"pops-{self.tenant}")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def of(self, contact: str) -> Pop:
        return self._pops.get(contact) or Pop()

    async def gathered(self, contact: str) -> Pop:
        """When it is, or as it is after a moment."""
        if contact in self._pops and not self._pops[contact].ready:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EXPECTED_S):
                    await self._expected.setdefault(contact, asyncio.Event()).wait()
        return self.of(contact)

    def on_entry(self, entry: Entry) -> None:
        for event in entry.events:
            match event:
                case e.ContactArrived():
                    self._add(event.contact, event.party)
                case e.DialogueMoved():
                    pop = self._pops.get(event.contact)
                    if pop is not None and len(pop.path) < MOST_STEPS:
                        pop.path.append(self._step(event, pop.path[-1]["node"] if pop.path else ""))
                    if pop is not None and len(pop.passed) < MOST_PASSED:
                        pop.passed.append(_passed(event))
                case e.VisitStarted():
                    pop = self._pops.get(event.contact)
                    if pop is not None and pop.passed:  # somebody will want to know
                        pop.passed.append(contacts.Passed(event.at, "", 0, "", "queue"))
                        self._walked.add(event.contact)
                        self._wake.set()
                case e.ContactTransferred() | e.ConsultStarted():
                    self._noted(event.contact, event.notes)
                case e.PartyCalled():
                    self._noted(event.contact, event.notes)
                    self._words_of[event.ref] = event.contact
                    self._wake.set()
                case _:
                    pass

    def gather_again(self, contacts: Iterable[str]) -> None:
        """What is known of them has changed: only where they are open, of course."""
        for contact in contacts:
            if (pop := self._pops.get(contact)) is not None:
                self._add(contact, pop.party)
                new = self._pops[contact]
                new.path, new.passed, new.self_service = pop.path, pop.passed, pop.self_service

    def forget(self, contact: str) -> None:
        """The contact is over for the desk as well."""
        self._pops.pop(contact, None)
        self._parties.pop(contact, None)
        self._walked.discard(contact)
        self._expected.pop(contact, None)

    def recall(self, steps: dict[str, list[contacts.Step]]) -> None:
        """The way up to now of contacts that were open when the process started, as the read model has it."""
        for contact, past in steps.items():
            pop = self._pops.get(contact)
            if pop is not None and past:
                newer = [step for step in pop.path if step["at"] > past[-1].at]
                came = ["", *(step.node for step in past)]
                pop.path[:] = [*map(self._step, past, came), *newer][:MOST_STEPS]
                later = [it for it in pop.passed if it.at > past[-1].at]
                pop.passed[:] = [*map(_passed, past), *later][:MOST_PASSED]
                self._walked.add(contact)
                self._wake.set()
                self.changed(contact)

    def _add(self, contact: str, party: str) -> None:
        self._pops[contact] = Pop(party=party)
        self._parties[contact] = party
        self._wake.set()

    def _noted(self, contact: str, notes: Notes) -> None:
        if notes.note:
            self._words_of[notes.note] = contact
            self._wake.set()

    def _step(self, step: e.DialogueMoved | contacts.Step, before: str) -> dict[str, Any]:
        words = self._words(step.flow, step.version, step.node, step.via, before)
        return {"at": step.at, "node": step.node, "key": step.via if len(step.via) == 1 else "", "words": words}

    async def _work(self) -> None:
        pace = Pace(*REST_S)
        while True:
            await self._wake.wait()
            self._wake.clear()
            parties, self._parties = self._parties, {}
            words, self._words_of = self._words_of, {}
            walked, self._walked = self._walked, set()
            try:
                with pace.work():
                    if walked:
                        await self._tell_ways(walked)
                    if parties:
                        await self._gather(parties)
                    if words:
                        await self._read(words)
            except Exception:
                log.exception("pops.failed", contacts=len(parties), words=len(words))
            await pace.rest()

    async def _tell_ways(self, walked: set[str]) -> None:
        documents = {
            contact: self._document(begun.flow, begun.version)
            for contact in walked
            if (pop := self._pops.get(contact)) and (begun := next((it for it in pop.passed if it.node), None))
        }
        told = {id for id, it in documents.items() if it is not None and _remembers(it, self._pops[id].passed)}
        known = await remembered(self._journal, self.tenant, sorted(told)) if told else {}
        for contact, document in documents.items():
            if (pop := self._pops.get(contact)) is None:
                continue
            row = {"ended_at": None, "outcome": "waiting"}
            found = selfservice.trajectory(document, pop.passed, row, known.get(contact, ()), numbers_too=True)
            pop.self_service = selfservice.at_a_glance(found) if found else None
            self.changed(contact)

    async def _read(self, refs: dict[str, str]) -> None:
        """What agents wrote and dialled."""
        found = await self._journal.personal(self.tenant, list(refs))
        for ref, data in found.items():
            if (pop := self._pops.get(refs[ref])) is None:
                continue
            if data.kind == "text":
                pop.notes[ref] = str(data.value.get("text", ""))
            else:
                pop.parties[ref] = str(data.value.get("number", ""))
            self.changed(refs[ref])

    async def _gather(self, parties: dict[str, str]) -> None:
        personal = await self._journal.personal(self.tenant, [p for p in parties.values() if p])
        told: dict[str, str] = {}
        for contact, party in parties.items():
            if party in personal and (number := str(personal[party].value.get("number", ""))):
                told[contact] = number
        now, zone = time.time(), self._zone()
        today = dt.datetime.fromtimestamp(now, ZoneInfo(zone)).date()
        async with self._records.read() as connection:
            known = await customers.pops(connection, self.tenant, told.values(), now, self._vip_tags())
            counts = await contacts.counts_by_number(connection, self.tenant, told.values(), now, zone, but=told)
            last: dict[str, str] = {}
            if self._remembers():
                last = await contacts.last_agents(connection, self.tenant, told.values(), now)
        for contact in parties:
            pop = self._pops.get(contact)
            if pop is None:
                continue
            pop.erased = bool(parties[contact]) and parties[contact] not in personal
            if parties[contact] in personal:
                pop.note = str(personal[parties[contact]].value.get("note", ""))
            if number := told.get(contact, ""):
                pop.number, pop.withheld = number, False
                pop.locality = {language: numbers.locality(number, language) for language in ("zh", "en")}
                customer = None
                if (popped := known.get(number)) is not None:
                    customer, before_this = popped.customer, popped.desk["contacts"]
                    pop.customer = popped.desk | {"contacts": [it for it in before_this if it["id"] != contact]}
                    pop.avoids = _numbers_in(customer.attributes.get(AVOID, ""))
                pop.last_agent = last.get(number, "")
                before = counts.get(number, contacts.CustomerCounts(0, 0, None))
                pop.calls_today, pop.calls_year = before.today + 1, before.year + 1
                pop.last_contact_at = before.last_at
                self.known(contact, of_caller(customer, before, today))
            pop.ready = True
            if (expected := self._expected.pop(contact, None)) is not None:
                expected.set()
            self.changed(contact)


def _passed(step: e.DialogueMoved | contacts.Step) -> contacts.Passed:
    return contacts.Passed(step.at, step.flow, step.version, step.node, step.via)


def _remembers(document: Document, passed: Iterable[contacts.Passed]) -> bool:
    """Whether anything may have been kept on that way."""
    return any(next(sets(document.nodes[it.node]), None) for it in passed if it.node in document.nodes)


def _numbers_in(said: str | float) -> tuple[str, ...]:
    """One alone may be kept as a number."""
    return tuple(re.findall(r"\d+", said if isinstance(said, str) else str(int(said))))
