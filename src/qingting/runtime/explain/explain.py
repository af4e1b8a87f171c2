"""What happened to a contact, and how things stood at each offer: the journal is folded up to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...contexts.contacts.api import Course, Names, chosen, eased
from ...core import events as e
from ...core.engine import Engine
from ...core.explaining import parse
from ...errors import NotFound
from ...journal.port import Entry, Journal
from ..fold import AT_A_STRETCH, ROUTING, fold
from .situation import Situation, situation


@dataclass(frozen=True)
class Step:
    """One event of the contact."""

    at: float
    kind: str
    zh: str
    en: str
    """Empty where the event beside it says it."""
    offer: int = -1
    """Which of the offers it is, counted from 0."""


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
    """None where nobody was chosen: an agent's own call, a colleague who was named."""


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
    steps: list[Step] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    folded: int = 0
    """Entries that were folded for this."""
    from_snapshot: int = 0
    """The entry up to which a snapshot spared folding."""


async def explain(journal: Journal, tenant: str, contact: str, names: Names, arrived: int | None = None) -> Explained:
    """`arrived`: the entry with which the contact began, where it is known: older ones need not be folded if there
    is a snapshot. Raises `NotFound("tenant.unknown" | "contact.unknown")`, and what the journal raises."""
    if not await journal.last_seq(tenant, ROUTING):
        raise NotFound("tenant.unknown", f"the journal knows no tenant {tenant}", tenant=tenant)
    told = await _told(journal, tenant, contact, names, arrived - 1) if arrived else None
    told = told or await _told(journal, tenant, contact, names, 0)
    if told is None:
        raise NotFound("contact.unknown", f"the journal of {tenant} knows no contact {contact}", contact=contact)
    return told


async def _told(journal: Journal, tenant: str, contact: str, names: Names, until: int) -> Explained | None:
    """None when the contact does not begin after `until`."""
    folded = await fold(journal, tenant, until=until)
    agents = folded.engine.state.agents
    course = Course(contact, names, lambda agent: agents[agent].site if agent in agents else "")
    teller = _Teller(folded.engine, tenant, contact, course)
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
    def __init__(self, engine: Engine, tenant: str, contact: str, course: Course) -> None:
        self.told: Explained | None = None
        self.over = False
        """Nothing can come any more."""
        self._engine, self._course = engine, course
        self._tenant, self._contact = tenant, contact
        self._worth: dict[str, Worth] = {}
        """Of the contact's visits."""
        self._assignments: set[str] = set()

    def take(self, entry: Entry) -> None:
        state = self._engine.state
        for event in entry.events:
            if type(event) is e.VisitsRelaxed:
                self._relaxed(event)
            elif self._is_ours(event):
                self._look(entry, event)
            if type(event) is e.VisitStarted and event.offered:
                event = event._replace(offered=False)  # stands in its line for as long as it takes to look at it
            self._engine.fold((event,))
        self.over = self.told is not None and self._contact not in state.contacts

    def _is_ours(self, event: Any) -> bool:
        if self.told is None:
            return type(event) is e.ContactArrived and event.contact == self._contact
        names = event._fields
        if "contact" in names:
            return bool(event.contact == self._contact)
        if type(event) is e.CallbackRequested:
            return event.of == self._contact
        if "assignment" in names:
            return event.assignment in self._assignments
        return "visit" in names and event.visit in self._worth

    def _look(self, entry: Entry, event: Any) -> None:
        state = self._engine.state
        if type(event) is e.ContactArrived:
            self.told = Explained(
                self._tenant, self._contact, event.medium, event.direction, event.entry, arrived=event.at
            )
        told = self.told
        assert told is not None
        if type(event) is e.VisitStarted:
            told.outcome, told.waited_s = "", 0.0
            self._worth[event.visit] = self._worth_of(event.queue, event.priority_s, event.rules)
        elif type(event) is e.ConsultStarted:
            self._worth[event.visit] = self._worth_of(event.queue, event.priority_s, ())
        elif type(event) is e.VisitRevalued:
            self._worth[event.visit] = self._worth_of(state.visits[event.visit].queue, event.priority_s, event.rules)
        elif type(event) is e.AssignmentOffered:
            self._offered(entry, event, told)
        elif type(event) is e.VisitAnswered:
            told.outcome, told.waited_s = "answered", event.at - state.visits[event.visit].entered
        elif type(event) is e.VisitEnded:
            if event.outcome != "answered":
                told.waited_s = event.at - state.visits[event.visit].entered
            told.outcome = event.outcome
        zh, en = self._course.tell(event.at, type(event).__name__, event._asdict()).words
        of = len(told.offers) - 1 if type(event) is e.AssignmentOffered else -1
        told.steps.append(Step(event.at, type(event).__name__, zh, en, of))

    def _relaxed(self, event: e.VisitsRelaxed) -> None:
        """Of many visits, perhaps of ours."""
        state = self._engine.state
        for visit in [state.visits[id] for id in event.visits if id in self._worth]:
            detail = {"visit": visit.id, **eased(state.queues[visit.queue].relax, event.at - visit.since)}
            zh, en = self._course.tell(event.at, "VisitsRelaxed", detail).words
            if self.told is not None and en:
                self.told.steps.append(Step(event.at, "VisitsRelaxed", zh, en))

    def _worth_of(self, queue: str, priority_s: float, rules: tuple[str, ...]) -> Worth:
        state = self._engine.state
        by_queue = state.queues[queue].priority_s if queue else 0.0
        by_rules = {id: state.rules[id].priority_s for id in rules if id in state.rules}
        return Worth(by_queue, by_rules, priority_s - by_queue - sum(by_rules.values()))

    def _offered(self, entry: Entry, event: e.AssignmentOffered, told: Explained) -> None:
        state = self._engine.state
        visit = state.visits[event.visit]
        agent = state.agents[event.agent]
        looked = "f" in parse(event.why).fields
        seen = situation(state, visit, agent, event.at, looked) if visit.queue and chosen(event.why) else None
        self._assignments.add(event.assignment)
        told.offers.append(
            Offer(
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
        )
