"""The floor of a tenant, live: queues, agents, totals. Items are computed when somebody looks.

An entry only marks what it touches; with 10,000 agents and nobody watching that is all it costs.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ...core import events as e
from ...core.engine import Engine
from ...core.model import Agent, Assignment
from ...core.reading import SHOWN
from ...journal.port import Entry
from .board import Board, Item
from .today import Counts, Target, Today

CHANGES_BREAKS = (
    e.BreakLimitPut | e.BreakReserved | e.BreakBegan | e.BreakEnded | e.PresenceChanged | e.PresenceRequested
    | e.ProfilePut | e.AgentPut | e.AgentRemoved | e.QueueRemoved
)  # fmt: skip
MOST_NAMES = 50

STAFF = {
    "idle": ("idle",),
    "ringing": ("ringing",),
    "talking": ("talking", "held"),
    "wrap_up": ("wrap_up",),
    "not_ready": ("not_ready", "not_responding", "unreachable"),
}
"""How a queue's row sums up the states of its agents."""


class Named(NamedTuple):
    """What configuration knows and the core does not."""

    name: str
    number: str = ""


class Floor(Board):
    def __init__(
        self,
        engine: Callable[[], Engine],
        named: Callable[[str, str], Named],
        zone: ZoneInfo,
        totals: Callable[[], dict[str, Any]],
    ) -> None:
        super().__init__()
        self._engine = engine
        self._named = named
        self._totals = totals
        self.today = Today(zone, self._target)
        self._agents: set[str] = set()
        self._queues: set[str] = set()
        self._breaks_changed = True
        self._queue_of: dict[str, str] = {}
        """Open visits."""
        self._agent_of: dict[str, str] = {}
        """Open assignments."""
        self.reload()

    def reload(self) -> None:
        """Everything again: after a start, or when names changed."""
        state = self._engine().state
        self._queue_of = {visit.id: visit.queue for visit in state.visits.values()}
        self._agent_of = {it.id: it.agent for it in state.assignments.values()}
        self._agents.update(state.agents)
        self._queues.update(state.queues)
        self._breaks_changed = True
        self.wake()

    def begin_today(self, now: float, queues: dict[str, Counts], answered_by: dict[str, int]) -> None:
        """Counts of the day up to the state as it is now."""
        state = self._engine().state
        visits = [visit for visit in state.visits.values() if visit.queue and not visit.by]
        before = ("waiting", "offered", "connecting")
        unanswered = {it.id: (it.queue, it.entered) for it in visits if it.state in before}
        talking = {it.id: (it.queue, it.entered) for it in visits if it.state == "answered"}
        assignments = {it.id: (it.agent, it.visit) for it in state.assignments.values()}
        self.today.begin(now, queues, answered_by, unanswered, talking, assignments)
        self.reload()

    def name_of(self, kind: str, id: str) -> str:
        return self._named(kind, id).name

    # --- what entries touch

    def on_entry(self, entry: Entry) -> None:
        for event in entry.events:
            self.today.fold(event)
            self._mark(event)
        if self.readers:
            self.wake()

    def _mark(self, event: e.Event) -> None:
        if isinstance(event, CHANGES_BREAKS):
            self._breaks_changed = True
        match event:
            case e.VisitStarted():
                self._queue_of[event.visit] = event.queue
                self._queues.add(event.queue)
            case e.VisitEnded() | e.VisitRequeued() | e.VisitAnswered():
                self._queues.add(self._queue_of.get(event.visit, ""))
                if isinstance(event, e.VisitEnded):
                    self._queue_of.pop(event.visit, None)
            case e.AssignmentOffered():
                self._agent_of[event.assignment] = event.agent
                self._touch_agent(event.agent)
            case e.QueuePut() | e.QueueRemoved() | e.HoursSet():
                self._queues.add(event.queue)
            case e.AgentPut() | e.AgentRemoved():
                self._agents.add(event.agent)
                self._queues.update(self._engine().state.queues)  # those they belonged to until now as well
            case _:
                if (agent := getattr(event, "agent", None)) is not None:
                    self._touch_agent(agent)
                elif (assignment := getattr(event, "assignment", None)) is not None:
                    self._touch_agent(self._agent_of.get(assignment, ""))
                    if isinstance(
                        event,
                        e.AssignmentDone | e.AssignmentDeclined | e.AssignmentTimedOut | e.AssignmentWithdrawn,
                    ):
                        self._agent_of.pop(assignment, None)

    def _touch_agent(self, agent: str) -> None:
        self._agents.add(agent)
        if (known := self._engine().state.agents.get(agent)) is not None:
            self._queues.update(known.queues)

    # --- what readers see

    def refresh(self) -> None:
        now = time.time()
        engine = self._engine()
        if self.today.turn(now):
            self._agents.update(engine.state.agents)
            self._queues.update(engine.state.queues)
        # a queue's level and head move with time while somebody waits in it
        self._queues.update(queue.id for queue in engine.state.queues.values() if queue.waiting)
        agents, self._agents = self._agents, set()
        queues, self._queues = self._queues, set()
        for agent in agents:
            known = engine.state.agents.get(agent)
            if known is None:
                self.remove("agents", agent)
            else:
                self.put("agents", agent, self._agent_item(engine, known))
        staffing = engine.staffing() if queues else {}
        across = _across(engine) if queues else {}
        for queue in queues:
            if queue not in engine.state.queues:
                self.remove("queues", queue)
            else:
                self.put("queues", queue, self._queue_item(engine, queue, staffing[queue], across.get(queue, 0), now))
        if self._breaks_changed:
            self._breaks_changed = False
            self._put_breaks(engine)
        self.put("totals", "now", self._totals())

    def _put_breaks(self, engine: Engine) -> None:
        """Each limit of breaks, with who is away under it now."""
        state = engine.state
        shown = {f"{scope} {id}" for scope, id in state.limits}
        for collection, key in list(self):
            if collection == "breaks" and key not in shown:
                self.remove(collection, key)
        for limit in state.limits.values():
            away = engine.on_break(limit)
            self.put(
                "breaks",
                f"{limit.scope} {limit.id}",
                {
                    "scope": limit.scope,
                    "id": limit.id,
                    "name": self._named(f"{limit.scope}s", limit.id).name,
                    "reasons": list(limit.reasons),
                    "most": limit.most,
                    "away": len(away),
                    "names": [self._named("agents", agent).name for agent in away[:MOST_NAMES]],
                },
            )

    def _agent_item(self, engine: Engine, agent: Agent) -> Item:
        named = self._named("agents", agent.id)
        word = engine.agent_state(agent.id)
        held = _held(engine, agent, word)
        since = held.since if held else max(agent.since, agent.idle_since if word == "idle" else 0.0)
        home = _home(engine, held)
        return {
            "id": agent.id,
            "number": named.number,
            "name": named.name,
            "site": agent.site,
            "state": word,
            "reason": agent.reason or agent.set_aside,
            "since": since,
            "pending": agent.pending.presence if agent.pending else None,
            "queue": held.queue if held else "",
            "contact": held.contact if held else "",
            "from_site": home if agent.site and home != agent.site else "",
            "queues": list(agent.queues),
            "answered_today": self.today.answered_by.get(agent.id, 0),
        }

    def _queue_item(self, engine: Engine, queue: str, staff: dict[str, int], across: int, now: float) -> Item:
        state = engine.state
        known = state.queues[queue]
        counts = self.today.queues.get(queue, Counts())
        waiting = [state.visits[it] for it in engine.waiting(queue)]
        late = sum(1 for visit in waiting if now - visit.entered > known.service_level_s)
        decided = counts.answered + counts.abandoned + late
        on = {word: sum(staff[it] for it in of) for word, of in STAFF.items()}
        return {
            "id": queue,
            "name": self._named("queues", queue).name,
            "line": known.line,
            "waiting": len(waiting),
            "longest_since": min((visit.since for visit in waiting), default=None),
            "offered": counts.offered,
            "answered": counts.answered,
            "answered_in_target": counts.answered_in_target,
            "abandoned": counts.abandoned,
            "short_abandoned": counts.short_abandoned,
            "flow_out": counts.flow_out,
            "escalated": counts.escalated,
            "service_level": counts.answered_in_target / decided if decided else None,
            "service_level_s": known.service_level_s,
            "service_level_target": known.service_level_target,
            "agents": on,
            "closed": known.closed,
            "out_of_hours": not known.open,
            "across": across,
            **self._warning(engine, queue, bool(waiting), any(on.values())),
        }

    def _warning(self, engine: Engine, queue: str, waiting: bool, staffed: bool) -> Item:
        """`nobody`: some wait for what no agent of the queue has, on duty or not; `missing` says which skills."""
        missing = engine.unserved(queue) if waiting else []
        skills = sorted({skill for skills in missing for skill in skills})
        return {
            "warning": "nobody" if missing else "no_agents" if waiting and not staffed else "",
            "missing": [self._named("skills", skill).name for skill in skills],
        }

    def _target(self, queue: str) -> Target | None:
        known = self._engine().state.queues.get(queue)
        return Target(known.service_level_s, known.short_abandon_s) if known else None


def _held(engine: Engine, agent: Agent, word: str) -> Assignment | None:
    """The assignment behind the word that is shown for an agent."""
    for it in engine.open_assignments(agent.id):
        if SHOWN[it.state] == word:
            return it
    return None


def _home(engine: Engine, held: Assignment | None) -> str:
    """Site of the contact; empty when it has none, or there is none."""
    contact = engine.state.contacts.get(held.contact) if held else None
    return contact.site if contact else ""


def _across(engine: Engine) -> Counter[str]:
    """By queue, how many contacts are with an agent of another site now."""
    agents = engine.state.agents
    return Counter(
        it.queue
        for it in engine.state.assignments.values()
        if (site := agents[it.agent].site)
        and SHOWN[it.state] in ("talking", "held")
        and _home(engine, it) not in ("", site)
    )
