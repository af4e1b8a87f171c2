"""How agents spend their time, by interval: what occupancy and utilisation are made of. Seconds.

A state counts by load: an agent with one of three chats is one third busy, and idle for the rest where more
could come. Reads the engine beside the events, so that it says what the floor says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ...core import events as e
from ...core.engine import Engine


@dataclass(slots=True)
class Hours:
    """Of all agents, or of one group."""

    signed_in: float = 0.0
    busy: float = 0.0
    """Connected, on hold or in wrap-up."""
    ringing: float = 0.0
    """Offered or being connected."""
    idle: float = 0.0
    """Could be offered something."""
    away: dict[str, float] = field(default_factory=dict)
    """Neither: by reason of not ready, or `not_responding`, `unreachable`, `draining`."""

    def add(self, other: Hours) -> None:
        self.signed_in += other.signed_in
        self.busy += other.busy
        self.ringing += other.ringing
        self.idle += other.idle
        for reason, seconds in other.away.items():
            self.away[reason] = self.away.get(reason, 0.0) + seconds


def together(several: Iterable[Hours]) -> Hours:
    total = Hours()
    for hours in several:
        total.add(hours)
    return total


@dataclass(slots=True)
class _Now:
    """What an agent does, since when; shares of their time."""

    since: float
    busy: float = 0.0
    ringing: float = 0.0
    idle: float = 0.0
    away: str = ""
    signed_in: bool = False


BUSY = ("active", "held", "joined", "wrap_up")


class AgentHours:
    def __init__(self, engine: Engine, interval_s: float) -> None:
        self.interval_s = interval_s
        self.rows: dict[int, Hours] = {}
        """By interval of the day, all days together."""
        self.agents: dict[str, Hours] = {}
        self._engine = engine
        self._now: dict[str, _Now] = {}
        self._agent_of: dict[str, str] = {}
        """Open assignments."""
        self._midnight = self._from = 0.0

    def begin_day(self, midnight: float, counted_from: float) -> None:
        """What agents do already counts as well, from `counted_from` on."""
        self._midnight, self._from = midnight, counted_from
        state = self._engine.state
        self._agent_of = {a.id: a.agent for a in state.assignments.values()}
        for id in state.agents:
            self._look(id, midnight)

    def end_day(self, until: float) -> None:
        """Bring everyone up to this instant."""
        for id in self._now:
            self._look(id, until)

    def watch(self) -> dict[type, Callable[[Any], None]]:
        of_agents = (e.PresenceChanged, e.PresenceRequested, e.ReachabilityChanged, e.AgentSetAside, e.AgentReturned)
        over = (e.AssignmentDone, e.AssignmentDeclined, e.AssignmentTimedOut, e.AssignmentWithdrawn)
        return {
            e.AssignmentOffered: self._offered,
            e.AssignmentConnected: self._moved,
            e.WrapUpStarted: self._moved,
            **dict.fromkeys(over, self._over),
            **dict.fromkeys(of_agents, self._changed),
        }

    def _offered(self, x: e.AssignmentOffered) -> None:
        self._agent_of[x.assignment] = x.agent
        self._look(x.agent, x.at)

    def _moved(self, x: Any) -> None:
        self._look(self._agent_of.get(x.assignment, ""), x.at)

    def _over(self, x: Any) -> None:
        self._look(self._agent_of.pop(x.assignment, ""), x.at)

    def _changed(self, x: Any) -> None:
        self._look(x.agent, x.at)

    def _look(self, id: str, at: float) -> None:
        if not id:
            return
        now = self._now.get(id)
        if now is None:
            now = self._now[id] = _Now(at)
        elif now.signed_in and at > now.since:
            own = self.agents.get(id)
            if own is None:
                own = self.agents[id] = Hours()
            self._book(own, now, now.since, at)
        now.since = at
        state = self._engine.state
        agent = state.agents.get(id)
        now.busy = now.ringing = now.idle = 0.0
        if agent is None or agent.presence == "offline":
            now.signed_in = False
            return
        now.signed_in = True
        for open_one in agent.assignments:
            assignment = state.assignments[open_one]
            share = 1.0 / (agent.most.get(assignment.medium) or 1)
            if assignment.state in BUSY:
                now.busy += share
            else:
                now.ringing += share
        taken = now.busy + now.ringing
        if taken > 1.0:
            now.busy, now.ringing = now.busy / taken, now.ringing / taken
        left = max(0.0, 1.0 - taken)
        now.away = ""
        if agent.free:
            now.idle = left
        elif left:
            now.away = agent.reason if agent.presence == "not_ready" else self._engine.routability(id)

    def _book(self, own: Hours, now: _Now, since: float, until: float) -> None:
        since = max(since, self._from)
        while since < until:
            interval = int((since - self._midnight) / self.interval_s)
            to = min(until, self._midnight + (interval + 1) * self.interval_s)
            row = self.rows.get(interval)
            if row is None:
                row = self.rows[interval] = Hours()
            seconds = to - since
            for hours in (row, own):
                hours.signed_in += seconds
                if now.busy:
                    hours.busy += seconds * now.busy
                if now.ringing:
                    hours.ringing += seconds * now.ringing
                if now.idle:
                    hours.idle += seconds * now.idle
                if now.away:
                    rest = seconds * (1.0 - now.busy - now.ringing - now.idle)
                    hours.away[now.away] = hours.away.get(now.away, 0.0) + rest
            since = to
