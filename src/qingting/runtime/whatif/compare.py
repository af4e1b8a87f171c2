"""The recorded stretch beside the same under another policy: figures of both, and what was assumed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ...core.engine import Engine
from ...core.model import State
from ...core.reading import members_of
from ...errors import Invalid
from ...journal.port import Journal
from ..fold import ROUTING, fold
from ..simulate import hours, measures
from ..simulate.hours import AgentHours, Hours
from ..simulate.measures import Measures, Row
from ..simulate.results import figures, hours_figures
from .behaviour import Behaviour
from .document import Known, load_policy
from .play import Play, tell
from .policy import Policy
from .recorded import Recorded, Recorder

INTERVAL_S = 1800.0


@dataclass(frozen=True)
class Side:
    """Figures of the recorded stretch, or of the other."""

    queues: dict[str, Row]
    staffed: dict[str, Hours]
    """By queue, the time of its members, whatever queue they worked for."""
    all: Hours

    def total(self) -> Row:
        return measures.together(self.queues.values())

    def json(self) -> dict[str, Any]:
        return {
            "queues": {id: figures(row) | hours_figures(self.staffed[id]) for id, row in sorted(self.queues.items())},
            "total": figures(self.total()) | hours_figures(self.all),
        }


@dataclass(frozen=True)
class Compared:
    tenant: str
    policy: Policy
    first: int
    last: int
    since: float
    until: float
    recorded: Side
    whatif: Side
    patience: dict[str, tuple[float, int]]
    """By queue: seconds waited by all, and how many gave up."""
    left_out: Counter[str]
    """Recorded commands that do not come again, by kind."""
    refused: Counter[str]
    """Commands that the core refused under the other policy, by code."""
    seconds: float
    """How long this took."""

    def json(self) -> dict[str, Any]:
        return {
            "tenant": self.tenant,
            "policy": self.policy.name,
            "entries": [self.first, self.last],
            "from": self.since,
            "to": self.until,
            "recorded": self.recorded.json(),
            "whatif": self.whatif.json(),
            "patience_mean_s": {
                queue: round(waited_s / n, 1) if n else None for queue, (waited_s, n) in sorted(self.patience.items())
            },
            "left_out": dict(self.left_out),
            "refused": dict(self.refused),
        }


class _Measured:
    """One side while it runs."""

    def __init__(self, engine: Engine, since: float, zone: ZoneInfo) -> None:
        midnight = datetime.fromtimestamp(since, zone).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        self._state = engine.state
        self._rows, self._hours = Measures(INTERVAL_S), AgentHours(engine, INTERVAL_S)
        for queue in self._state.queues.values():
            self._rows.expect(queue.id, queue.service_level_s, queue.short_abandon_s)
        for agent in self._state.agents.values():
            self._rows.sits(agent.id, agent.site)
        self._rows.begin_day(midnight, since)
        self._hours.begin_day(midnight, since)
        self.watches = (self._rows.watch(), self._hours.watch())

    def end(self, at: float) -> Side:
        self._rows.end(at)
        self._hours.end_day(at)
        staffed = {id: hours.together(self._of_members(id)) for id in self._rows.days[-1]}
        return Side(self._rows.days[-1], staffed, hours.together(self._hours.agents.values()))

    def _of_members(self, queue: str) -> Iterable[Hours]:
        found = self._state.queues.get(queue)
        for agent in members_of(self._state, found) if found is not None else ():
            if agent.id in self._hours.agents:
                yield self._hours.agents[agent.id]


async def compare(
    journal: Journal,
    tenant: str,
    first: int,
    last: int,
    path: Path,
    zone: ZoneInfo,
    since: float | None = None,
    until: float | None = None,
) -> Compared:
    """Entries `first` to `last`, which are those of `since` to `until` where these are given.

    Raises `Invalid("whatif.nothing" | "whatif.nobody_talked" | "policy.…")`, and what the journal raises.
    """
    began = time.perf_counter()
    engine = (await fold(journal, tenant, until=first - 1)).engine
    other = Engine.load(engine.dump())
    names = _known(engine.state)
    recorder = Recorder(engine)
    measured: _Measured | None = None
    at = 0.0
    async for entry in journal.read(tenant, ROUTING, first - 1, last):
        at = entry.events[-1].at
        if measured is None:
            since = at if since is None else since
            measured = _Measured(engine, since, zone)
        recorder.take(entry)
        engine.fold(entry.events)
        tell(measured.watches, entry.events)
    if measured is None or since is None:
        raise Invalid("whatif.nothing", "the journal holds nothing of this stretch")
    until = at if until is None else min(until, max(at, since))
    recorded = measured.end(until)
    policy = load_policy(path, _known(engine.state, names))
    past = recorder.end(until)
    behaviour = Behaviour(past)
    whatif, refused = _play(other, past, behaviour, policy, since, until, zone)
    return Compared(
        tenant,
        policy,
        first,
        last,
        since,
        until,
        recorded,
        whatif,
        {queue: known for queue, known in behaviour.hazard.items() if queue},
        past.left_out,
        refused,
        time.perf_counter() - began,
    )


def _play(
    engine: Engine,
    recorded: Recorded,
    behaviour: Behaviour,
    policy: Policy,
    since: float,
    until: float,
    zone: ZoneInfo,
) -> tuple[Side, Counter[str]]:
    measured = _Measured(engine, since, zone)
    play = Play(engine, recorded, behaviour, policy, since, zone, measured.watches)
    play.run(until)
    return measured.end(until), play.refused


def _known(state: State, before: Known | None = None) -> Known:
    known = before or Known(set(), set(), set(), set(), set())
    there: tuple[Iterable[str], ...] = (state.queues, state.agents, state.skills, state.sites, state.rules)
    for names, ids in zip(known, there, strict=True):
        names.update(ids)
    return known
