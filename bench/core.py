"""The decision core alone, and through the live shell with a durable journal.

    python -m bench.core --json             # one JSON object as the last line
    python -m bench.core --json --promise   # longer runs
    python -m bench.core --json --full      # all that routing knows, without the journal

A lifecycle is ContactArrives, EnterQueue, Accept, Connected, ContactEnds, FinishWrapUp; each command is decided,
its events applied, and the next deadline asked for; what contacts will ask for is drawn beforehand. Two regimes:
`free` (3,000 of 10,000 agents idle) and `saturated` (100,000 visits waiting). `growth` is the cost of a contact at
10,000 agents over that at 1,000 with the same queues, skills and backlog. `--full` is a centre of five sites, with
steps of relaxation, customer rules, five strategies and three media that share their agents, a call parking a mail;
and a third regime, `storm`: the first step of relaxation of 20,000 visits comes within one of two seconds, in which
20,000 lifecycles go on. Times are CPU time of this thread; `wall` is lifecycles/s by the wall clock. Of alternating
rounds the best counts: what is slower was slowed by others on the machine.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import sys
import time
from collections import deque
from typing import Any

from qingting import CORE_IS_COMPILED
from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.engine import Engine

from .core_journaled import journaled
from .core_world import FullWorld, Steady, Talk, World, play, storm


def regime(
    agents: int, share_busy: float, waiting: int, contacts: int, rounds: int, world: type[World] = World
) -> dict[str, Any]:
    """Figures at `agents`, beside them the cost at a tenth; their rounds alternate, since the machine is not ours.

    The best round counts: what is slower was slowed by others. Memory is the process's peak while it holds the
    larger centre and not yet the smaller one.
    """
    many = Steady(agents, int(agents * share_busy), waiting, world)
    many.play(contacts)
    memory = memory_mib()
    few = Steady(agents // 10, int(agents // 10 * share_busy), waiting, world)
    for _ in range(rounds):
        few.play(contacts)
        many.play(contacts)
    figures = many.figures(contacts, rounds)
    tenth = round(min(few.cpu) * 1e6, 1)
    growth = round(figures["us_per_contact"] / tenth, 2)
    return {**figures, "us_per_contact_at_a_tenth": tenth, "growth": growth, "memory_mib": memory}


def folded_per_s(contacts: int) -> int:
    world = World(1000)
    folded: list[e.Event] = []
    talking: deque[Talk] = deque()
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
    play(world, talking, contacts, 0.2)
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
    parser.add_argument("--full", action="store_true", help="all that routing knows, in three regimes")
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--waiting", type=int, default=100_000)
    args = parser.parse_args(argv)
    gc.set_threshold(50_000, 50, 100)
    contacts, rounds = (4_000, 16) if args.promise else (1_000, 10)
    core = "machine code" if CORE_IS_COMPILED else "interpreted"
    result: dict[str, Any] = {"core": core, "agents": args.agents, "waiting": args.waiting}
    regimes = {"free": (0.7, 0), "saturated": (1.0, args.waiting)}
    for name, (busy, waiting) in regimes.items():
        result[name] = regime(args.agents, busy, waiting, contacts, rounds, FullWorld if args.full else World)
        if not args.json:
            print(name, result[name], file=sys.stderr)
    if args.full:
        result["storm"] = storm(args.agents, 6 if args.promise else 2)
        if not args.json:
            print("storm", result["storm"], file=sys.stderr)
    played = [*regimes, "storm"] if args.full else [*regimes]
    result["lifecycles_per_s"] = min(result[name]["lifecycles_per_s"] for name in played)
    result["wall"] = min(result[name]["wall"] for name in played)
    result["decision_p99_ms"] = max(result[name]["decision_p99_ms"] for name in played)
    result["decision_max_ms"] = max(result[name]["decision_max_ms"] for name in played)
    result["growth"] = max(result[name]["growth"] for name in regimes)
    result["memory_mib"] = max(result[name]["memory_mib"] for name in regimes)
    result["folded_per_s"] = folded_per_s(10_000)
    if not args.full:
        result["journaled"] = journaled(args.agents, 30.0 if args.promise else 5.0)
        result["journaled_per_s"] = result["journaled"]["lifecycles_per_s"]
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
