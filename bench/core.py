"""The decision core alone, and through the live shell with a durable journal.

    python -m bench.core --json             # one JSON object as the last line
    python -m bench.core --json --promise   # longer runs

A lifecycle is ContactArrives, EnterQueue, Accept, Connected, ContactEnds, FinishWrapUp; each command is decided,
its events applied, and the next deadline asked for. Two regimes: `free` (3,000 of 10,000 agents idle) and
`saturated` (100,000 visits waiting). `growth` is the cost of a contact at 10,000 agents over that at 1,000 with
the same queues, skills and backlog. Times are CPU time of this thread; `wall` is lifecycles/s by the wall clock.
Of alternating rounds the best counts: what is slower was slowed by others on the machine.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import resource
import sys
import time
from collections import deque
from itertools import chain
from typing import Any

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.engine import Engine

from .core_centre import configuration
from .core_journaled import journaled


class World:
    """A centre, and contacts that play through it."""

    def __init__(self, agents: int, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.engine = Engine()
        self.now = 1_700_000_000.0
        self.timing: list[int] | None = None
        self.offers: deque[str] = deque()
        self.contacts = 0
        self.events = 0
        setup, self.wishes = configuration(agents, seed)
        for command in setup:
            self.now += 0.01
            self.ask(command)

    def ask(self, command: c.Command) -> list[e.Event]:
        engine, timing = self.engine, self.timing
        if timing is None:
            events = engine.decide(command, self.now)
            engine.fold(events)
            engine.next_deadline()
        else:
            started = time.thread_time_ns()
            events = engine.decide(command, self.now)
            engine.fold(events)
            engine.next_deadline()
            timing.append(time.thread_time_ns() - started)
            self.events += len(events)
        last = events[-1]
        if type(last) is e.AssignmentOffered:
            self.offers.append(last.assignment)
        return events

    def arrive(self) -> None:
        self.contacts += 1
        contact = f"c{self.contacts}"
        self.ask(c.ContactArrives(contact, f"j{self.contacts}", entry="95598"))
        queue, requires = self.random.choice(self.wishes)
        self.ask(c.EnterQueue(contact, f"v{self.contacts}", queue, requires))

    def talk(self) -> str:
        """The oldest offer is taken, and joined."""
        assignment = self.offers.popleft()
        self.ask(c.Accept(assignment))
        self.ask(c.Connected(assignment))
        return assignment

    def end(self, assignment: str) -> None:
        self.ask(c.ContactEnds(assignment.partition("/")[0].replace("v", "c"), "customer"))
        self.ask(c.FinishWrapUp(assignment))

    def settle(self, talking: deque[str]) -> None:
        while self.offers:
            talking.append(self.talk())


class Steady:
    """A world in a steady state: one contact arrives and one ends, each after two minutes."""

    def __init__(self, agents: int, busy: int, waiting: int) -> None:
        self.world = world = World(agents)
        self.talking: deque[str] = deque()
        while len(self.talking) < busy:
            world.arrive()
            world.settle(self.talking)
            world.now += 0.01
        while sum(q.waiting for q in world.engine.state.queues.values()) < waiting:
            for _ in range(1000):
                world.arrive()
                world.settle(self.talking)
                world.now += 0.001
        self.pace = 120.0 / busy
        self.cpu: list[float] = []
        self.wall: list[float] = []

    def play(self, contacts: int) -> None:
        cpu, wall = time.thread_time(), time.perf_counter()
        _play(self.world, self.talking, contacts, self.pace)
        self.cpu.append((time.thread_time() - cpu) / contacts)
        self.wall.append((time.perf_counter() - wall) / contacts)

    def figures(self, contacts: int, rounds: int) -> dict[str, Any]:
        world = self.world
        timings: list[list[int]] = []
        world.events = 0
        for _ in range(rounds):
            world.timing = []
            _play(world, self.talking, contacts, self.pace)
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


def percentile(timing: list[int], percent: int) -> float:
    """Of nanoseconds in order, in milliseconds."""
    return round(timing[min(len(timing) * percent // 100, len(timing) - 1)] / 1e6, 4)


def regime(agents: int, share_busy: float, waiting: int, contacts: int, rounds: int) -> dict[str, Any]:
    """Figures at `agents`, beside them the cost at a tenth; their rounds alternate, since the machine is not ours.

    The best round counts: what is slower was slowed by others.
    """
    few, many = [Steady(n, int(n * share_busy), waiting) for n in (agents // 10, agents)]
    for _ in range(rounds):
        few.play(contacts)
        many.play(contacts)
    figures = many.figures(contacts, rounds)
    tenth = round(min(few.cpu) * 1e6, 1)
    return {**figures, "us_per_contact_at_a_tenth": tenth, "growth": round(figures["us_per_contact"] / tenth, 2)}


def _play(world: World, talking: deque[str], contacts: int, pace: float) -> None:
    for _ in range(contacts):
        world.now += pace
        world.arrive()
        if talking:
            world.end(talking.popleft())
        world.settle(talking)


def folded_per_s(contacts: int) -> int:
    world = World(1000)
    folded: list[e.Event] = []
    talking: deque[str] = deque()
    start = world.engine.dump()
    ask = world.ask

    def keep(command: c.Command) -> list[e.Event]:
        events = ask(command)
        folded.extend(events)
        return events

    world.ask = keep  # type: ignore[method-assign]
    for _ in range(500):
        world.arrive()
        world.settle(talking)
    _play(world, talking, contacts, 0.2)
    engine = Engine.load(start)
    cpu = time.thread_time()
    engine.fold(folded)
    return round(len(folded) / (time.thread_time() - cpu))


def memory_mib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="only the result, as one line")
    parser.add_argument("--promise", action="store_true", help="longer runs")
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--waiting", type=int, default=100_000)
    args = parser.parse_args(argv)
    gc.set_threshold(50_000, 50, 100)
    contacts, rounds = (4_000, 16) if args.promise else (1_000, 10)
    result: dict[str, Any] = {"agents": args.agents, "waiting": args.waiting}
    regimes = {"free": (0.7, 0), "saturated": (1.0, args.waiting)}
    for name, (busy, waiting) in regimes.items():
        result[name] = regime(args.agents, busy, waiting, contacts, rounds)
        if not args.json:
            print(name, result[name], file=sys.stderr)
    result["lifecycles_per_s"] = min(result[name]["lifecycles_per_s"] for name in regimes)
    result["wall"] = min(result[name]["wall"] for name in regimes)
    result["decision_p99_ms"] = max(result[name]["decision_p99_ms"] for name in regimes)
    result["growth"] = max(result[name]["growth"] for name in regimes)
    result["memory_mib"] = memory_mib()
    result["folded_per_s"] = folded_per_s(10_000)
    result["journaled"] = journaled(args.agents, 30.0 if args.promise else 5.0)
    result["journaled_per_s"] = result["journaled"]["lifecycles_per_s"]
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
