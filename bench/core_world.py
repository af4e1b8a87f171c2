"""A centre, and contacts that play through it: one decision after the other, timed by the thread's CPU time.

What contacts will ask for is drawn before a stretch is timed (`World.draw`), so that what counts is deciding,
applying, asking for the next deadline, and handing offers over to who takes them.
"""

from __future__ import annotations

import random
import time
from collections import deque
from itertools import chain
from typing import Any

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.engine import Engine
from qingting.core.events import AssignmentOffered

from .core_centre import SITES, configuration, configuration_in_full

Talk = tuple[c.ContactEnds, c.FinishWrapUp]
"""What is still to come of a conversation."""


class World:
    """Contacts are calls that ask for a queue and skills at most."""

    configuration = staticmethod(configuration)

    def __init__(self, agents: int, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.engine = Engine()
        self.now = 1_700_000_000.0
        self.timing: list[int] | None = None
        self.offers: deque[AssignmentOffered] = deque()
        self.drawn: deque[tuple[c.Command, ...]] = deque()
        self.contacts = 0
        self.events = 0
        setup, self.wishes = self.configuration(agents, seed)
        for command in setup:
            self.now += 0.01
            self.ask(command)

    def ask(self, command: c.Command) -> list[e.Event]:
        if self.timing is None:
            engine = self.engine
            events = engine.decide(command, self.now)
            engine.fold(events)
            engine.next_deadline()
        else:
            events = self._timed(command, self.timing)
        for event in events:
            if type(event) is AssignmentOffered:
                self.offers.append(event)
        return events

    def _timed(self, command: c.Command, timing: list[int]) -> list[e.Event]:
        engine = self.engine
        started = time.thread_time_ns()
        events = engine.decide(command, self.now)
        engine.fold(events)
        engine.next_deadline()
        timing.append(time.thread_time_ns() - started)
        self.events += len(events)
        return events

    def passes(self, seconds: float) -> None:
        self.now += seconds

    def draw(self, contacts: int) -> None:
        """What the next contacts ask for."""
        for _ in range(contacts):
            self.contacts += 1
            self.drawn.append(self.wished(self.contacts))

    def wished(self, n: int) -> tuple[c.Command, ...]:
        queue, requires = self.random.choice(self.wishes)
        return c.ContactArrives(f"c{n}", f"j{n}", entry="95598"), c.EnterQueue(f"c{n}", f"v{n}", queue, requires)

    def arrive(self) -> None:
        if not self.drawn:
            self.draw(1)
        for command in self.drawn.popleft():
            self.ask(command)

    def talk(self) -> Talk:
        """The oldest offer is taken, and joined."""
        offer = self.offers.popleft()
        self.ask(c.Accept(offer.assignment))
        self.ask(c.Connected(offer.assignment))
        return c.ContactEnds(offer.contact, "customer"), c.FinishWrapUp(offer.assignment)

    def end(self, talk: Talk) -> None:
        ends, finishes = talk
        self.ask(ends)
        if finishes.assignment in self.engine.state.assignments:
            self.ask(finishes)

    def settle(self, talking: deque[Talk]) -> None:
        while self.offers:
            talking.append(self.talk())


class FullWorld(World):
    """Five sites, three media that share their agents, customers whom rules know, waits that relax; deadlines of
    waiting visits are kept, as a shell would."""

    configuration = staticmethod(configuration_in_full)
    relaxed = 0
    """Visits that went on a step."""

    def passes(self, seconds: float) -> None:
        self.now += seconds
        self.tick()

    def tick(self) -> None:
        while (due := self.engine.state.relaxing.first()) is not None and due[0] <= self.now:
            for event in self.ask(c.Tick()):
                if type(event) is e.VisitsRelaxed:
                    self.relaxed += len(event.visits)

    def wished(self, n: int, exclude: tuple[str, ...] = ()) -> tuple[c.Command, ...]:
        draw = self.random
        medium = ("chat", "mail")[n // 10 % 2] if n % 5 == 0 else "voice"
        arrives = c.ContactArrives(f"c{n}", f"j{n}", medium, site=draw.choice(SITES), entry="95598")
        years = draw.choice([1.0, 4.0, 9.0])
        known = (c.SetAttributes(f"c{n}", (("human_calls", 0.0), ("years", years))),) if n % 20 == 0 else ()
        queue, requires = draw.choice(self.wishes)
        return arrives, *known, c.EnterQueue(f"c{n}", f"v{n}", queue, requires, wants=c.Requirements(exclude=exclude))


class Steady:
    """A world in a steady state: one contact arrives and one ends, each after two minutes."""

    def __init__(self, agents: int, busy: int, waiting: int, world: type[World] = World) -> None:
        self.world = world(agents)
        self.talking: deque[Talk] = deque()
        while len(self.talking) < busy:
            self.world.arrive()
            self.world.settle(self.talking)
            self.world.passes(0.01)
        while sum(q.waiting for q in self.world.engine.state.queues.values()) < waiting:
            for _ in range(1000):
                self.world.arrive()
                self.world.settle(self.talking)
                self.world.passes(0.001)
        self.pace = 120.0 / busy
        self.cpu: list[float] = []
        self.wall: list[float] = []

    def play(self, contacts: int) -> None:
        self.world.draw(contacts)
        cpu, wall = time.thread_time(), time.perf_counter()
        play(self.world, self.talking, contacts, self.pace)
        self.cpu.append((time.thread_time() - cpu) / contacts)
        self.wall.append((time.perf_counter() - wall) / contacts)

    def figures(self, contacts: int, rounds: int) -> dict[str, Any]:
        world = self.world
        timings: list[list[int]] = []
        world.events = 0
        for _ in range(rounds):
            world.timing = []
            world.draw(contacts)
            play(world, self.talking, contacts, self.pace)
            timings.append(sorted(world.timing))
        world.timing = None
        state = world.engine.state
        return {
            "lifecycles_per_s": round(1 / min(self.cpu)),
            "wall": round(1 / min(self.wall)),
            "us_per_contact": round(min(self.cpu) * 1e6, 1),
            "decision_p50_ms": min(percentile(timing, 50) for timing in timings),
            "decision_p99_ms": min(percentile(timing, 99) for timing in timings),
            "decision_p99_ms_all_rounds": percentile(sorted(chain(*timings)), 99),
            "decision_max_ms": max(percentile(timing, 100) for timing in timings),
            "events_per_lifecycle": round(world.events / contacts / rounds, 1),
            "agents_free": state.idle["voice"].all.bit_count(),
            "waiting": sum(q.waiting for q in state.queues.values()),
        }


STORM = 20_000
"""Visits whose first step of relaxation comes within one second."""


class Storm:
    """All agents are busy. The first step of so many visits, which drops the skills that they ask for beside the
    queue's, comes within the first of two seconds, in which `STORM` lifecycles go on: 10,000 a second. Every tenth
    excludes an agent, so that it has a lane of its own; of the others it is the heads of lanes that relax.
    """

    def __init__(self, agents: int) -> None:
        self.world, self.talking = FullWorld(agents), deque[Talk]()
        while len(self.talking) < agents:
            self.world.arrive()
            self.world.settle(self.talking)
            self.world.passes(0.01)
        for n in range(STORM):
            number = self.world.contacts = self.world.contacts + 1
            exclude = () if n % 10 else (f"a{n % agents}",)
            self.world.drawn.append(self.world.wished(number, exclude))
            self.world.arrive()
            self.world.settle(self.talking)
            self.world.now += 1.0 / STORM
        self.world.passes(18.5)
        self.world.draw(STORM)
        self._before = self.world.engine.dump(), self.world.now, tuple(self.world.drawn), tuple(self.talking)

    def play(self, timing: list[int] | None = None) -> tuple[float, float]:
        """Seconds by CPU and wall, for a contact; each time from the same beginning."""
        world = self.world
        state, world.now, drawn, talking = self._before
        world.engine, world.drawn, world.relaxed = Engine.load(state), deque(drawn), 0
        world.timing, self.talking = timing, deque(talking)
        cpu, wall = time.thread_time(), time.perf_counter()
        play(world, self.talking, STORM, 2.0 / STORM)
        return (time.thread_time() - cpu) / STORM, (time.perf_counter() - wall) / STORM


def storm(agents: int, rounds: int) -> dict[str, Any]:
    """The best of some rounds, and of as many in which each decision is timed."""
    it = Storm(agents)
    world, timings = it.world, list[list[int]]()
    cpu, wall = map(min, zip(*[it.play() for _ in range(rounds)], strict=True))
    for _ in range(rounds):
        timing: list[int] = []
        it.play(timing)
        timings.append(sorted(timing))
    return {
        "lifecycles_per_s": round(1 / cpu),
        "wall": round(1 / wall),
        "us_per_contact": round(cpu * 1e6, 1),
        "relaxed": world.relaxed,
        "decision_p50_ms": min(percentile(timing, 50) for timing in timings),
        "decision_p99_ms": min(percentile(timing, 99) for timing in timings),
        "decision_p99_ms_all_rounds": percentile(sorted(chain(*timings)), 99),
        "decision_max_ms": max(percentile(timing, 100) for timing in timings),
        "waiting": sum(q.waiting for q in world.engine.state.queues.values()),
    }


def percentile(timing: list[int], percent: int) -> float:
    """Of nanoseconds in order, in milliseconds."""
    return round(timing[min(len(timing) * percent // 100, len(timing) - 1)] / 1e6, 4)


def play(world: World, talking: deque[Talk], contacts: int, pace: float) -> None:
    for _ in range(contacts):
        world.passes(pace)
        world.arrive()
        if talking:
            world.end(talking.popleft())
        world.settle(talking)
