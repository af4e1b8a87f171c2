"""A contact's offers, one by one: the journal is folded up to each, the state looked at, what came of it noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...core import events as e
from ...core.engine import Engine
from ...errors import NotFound
from ...journal.port import Entry, Journal
from ..fold import AT_A_STRETCH, ROUTING, fold
from .situation import Situation, situation


@dataclass(frozen=True)
class Happened:
    """What came of an offer. `kind` is the event's; `why` its own detail, where it has one."""

    kind: str
    after_s: float
    """Since the offer."""
    why: str


@dataclass
class Worth:
    """Where a visit's priority came from, in seconds, as it stood when it began or became worth more."""

    queue_s: float
    rules: dict[str, float]
    otherwise_s: float
    """By the flow or the desk that sent it."""


@dataclass
class Offer:
    seq: int
    """Of the journal's entry."""
    command: str
    """What brought it about."""
    at: float
    assignment: str
    agent: str
    queue: str
    """Empty for an agent's own call."""
    why: str
    """As the offer keeps it."""
    worth: Worth
    situation: Situation | None
    """None for an agent's own call."""
    then: list[Happened] = field(default_factory=list)


@dataclass
class Explained:
    tenant: str
    contact: str
    medium: str = ""
    direction: str = ""
    entry: str = ""
    arrived: float = 0.0
    outcome: str = ""
    """Of the last visit; empty while it is open, or when there was none."""
    waited_s: float = 0.0
    """Until it was answered or left; 0 while it waits."""
    offers: list[Offer] = field(default_factory=list)
    folded: int = 0
    """Entries that were folded for this."""
    from_snapshot: int = 0
    """The entry up to which a snapshot spared folding."""


async def explain(journal: Journal, tenant: str, contact: str, arrived: int | None = None) -> Explained:
    """`arrived`: the entry with which the contact began, where it is known: older ones need not be folded if there
    is a snapshot. Raises `NotFound("tenant.unknown" | "contact.unknown")`, and what the journal raises."""
    if not await journal.last_seq(tenant, ROUTING):
        raise NotFound("tenant.unknown", f"the journal knows no tenant {tenant}", tenant=tenant)
    told = await _told(journal, tenant, contact, arrived - 1) if arrived else None
    told = told or await _told(journal, tenant, contact, 0)
    if told is None:
        raise NotFound("contact.unknown", f"the journal of {tenant} knows no contact {contact}", contact=contact)
    return told


async def _told(journal: Journal, tenant: str, contact: str, until: int) -> Explained | None:
    """None when the contact does not begin after `until`."""
    folded = await fold(journal, tenant, until=until)
    teller = _Teller(folded.engine, tenant, contact)
    seq = folded.seq
    async for entry in journal.read(tenant, ROUTING, seq):
        seq = entry.seq
        teller.take(entry)
        if teller.over or (until and teller.told is None and seq >= until + AT_A_STRETCH):
            break
    if teller.told is not None:
        teller.told.folded, teller.told.from_snapshot = seq - folded.snapshot_seq, folded.snapshot_seq
    return teller.told


class _Teller:
    def __init__(self, engine: Engine, tenant: str, contact: str) -> None:
        self.told: Explained | None = None
        self.over = False
        """Nothing can come any more."""
        self._engine = engine
        self._tenant, self._contact = tenant, contact
        self._since: dict[str, float] = {}
        """Of the contact's visits."""
        self._worth: dict[str, Worth] = {}
        self._offers: dict[str, Offer] = {}

    def take(self, entry: Entry) -> None:
        state = self._engine.state
        for event in entry.events:
            if self._is_ours(event):
                self._look(entry, event)
            self._engine.fold((event,))
        self.over = self.told is not None and self._contact not in state.contacts

    def _is_ours(self, event: Any) -> bool:
        if self.told is None:
            return type(event) is e.ContactArrived and event.contact == self._contact
        names = event._fields
        if "contact" in names:
            return bool(event.contact == self._contact)
        if "assignment" in names:
            return event.assignment in self._offers
        return "visit" in names and event.visit in self._since

    def _look(self, entry: Entry, event: Any) -> None:
        told = self.told
        if type(event) is e.ContactArrived:
            self.told = Explained(
                self._tenant, self._contact, event.medium, event.direction, event.entry, arrived=event.at
            )
            return
        assert told is not None
        if type(event) is e.VisitStarted:
            self._since[event.visit] = event.since
            told.outcome, told.waited_s = "", 0.0
            self._worth[event.visit] = self._worth_of(event.queue, event.priority_s, event.rules)
        elif type(event) is e.VisitRevalued:
            queue = self._engine.state.visits[event.visit].queue
            self._worth[event.visit] = self._worth_of(queue, event.priority_s, event.rules)
        elif type(event) is e.AssignmentOffered:
            self._offered(entry, event, told)
        elif type(event) is e.VisitAnswered:
            told.outcome, told.waited_s = "answered", event.at - self._since[event.visit]
        elif type(event) is e.VisitEnded:
            if event.outcome != "answered":
                told.waited_s = event.at - self._since[event.visit]
            told.outcome = event.outcome
        elif (offer := self._offers.get(getattr(event, "assignment", ""))) is not None:
            why = str(getattr(event, "why", "") or getattr(event, "cause", "") or getattr(event, "how", ""))
            offer.then.append(Happened(type(event).__name__, event.at - offer.at, why))

    def _worth_of(self, queue: str, priority_s: float, rules: tuple[str, ...]) -> Worth:
        state = self._engine.state
        by_queue = state.queues[queue].priority_s if queue else 0.0
        by_rules = {id: state.rules[id].priority_s for id in rules if id in state.rules}
        return Worth(by_queue, by_rules, priority_s - by_queue - sum(by_rules.values()))

    def _offered(self, entry: Entry, event: e.AssignmentOffered, told: Explained) -> None:
        state = self._engine.state
        visit = state.visits[event.visit]
        seen = situation(state, visit, state.agents[event.agent], event.at) if visit.queue else None
        offer = Offer(
            entry.seq,
            entry.kind,
            event.at,
            event.assignment,
            event.agent,
            visit.queue,
            event.why,
            self._worth[event.visit],
            seen,
        )
        self._offers[event.assignment] = offer
        told.offers.append(offer)
