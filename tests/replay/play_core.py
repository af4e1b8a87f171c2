"""A busy day of a random centre, as bytes: `python -m tests.replay.play_core SEED STEPS` prints their digest."""

from __future__ import annotations

import hashlib
import random
import sys

import msgspec

from qingting.core import commands as c
from qingting.core.engine import Engine
from qingting.core.events import Event
from qingting.errors import Refused

SKILLS = ["zh", "en", "loans", "cards"]
QUEUES = ["care", "sales", "vip", "night"]


def day(seed: int, steps: int) -> list[tuple[c.Command, float]]:
    """Commands with their instants; each is chosen in view of what came of those before."""
    draw = random.Random(seed)
    engine = Engine()
    now = 1000.0
    asked: list[tuple[c.Command, float]] = []

    def ask(command: c.Command) -> None:
        asked.append((command, now))
        try:
            engine.fold(engine.decide(command, now))
        except Refused:
            return

    def some_skills(most: int) -> c.Skills:
        return tuple(sorted((skill, draw.randint(1, 5)) for skill in draw.sample(SKILLS, draw.randint(0, most))))

    for skill in SKILLS:
        ask(c.PutSkill(skill))
    for queue in QUEUES:
        ask(c.PutQueue(queue, requires=some_skills(1), wrap_up_s=draw.choice([0.0, 10.0])))
    for n in range(20):
        member = tuple(draw.sample(QUEUES, draw.randint(1, 3)))
        ask(c.PutAgent(f"a{n}", member, some_skills(4), (("chat", 2), ("voice", 1))))
        ask(c.SetReachable(f"a{n}", "voice", True))
        ask(c.SetReachable(f"a{n}", "chat", True))
        ask(c.SetPresence(f"a{n}", "available"))
    for n in range(steps):
        now += draw.expovariate(1.0)
        while (due := engine.next_deadline()) is not None and due <= now:
            ask(c.Tick())
        what = draw.random()
        if what < 0.35:
            ask(c.ContactArrives(f"c{n}", f"j{n}", draw.choice(["voice", "voice", "chat"])))
            ask(c.EnterQueue(f"c{n}", f"v{n}", draw.choice(QUEUES), some_skills(1), draw.choice([0.0, 20.0])))
        elif what < 0.4:
            agent = f"a{draw.randrange(20)}"
            ask(c.SetPresence(agent, draw.choice(["available", "available", "not_ready"]), "system", "system"))
        elif what < 0.42:
            ask(c.AgentDials(f"a{draw.randrange(20)}", f"c{n}", f"j{n}", f"v{n}"))
        elif what < 0.5 and engine.state.contacts:
            ask(c.ContactEnds(draw.choice(list(engine.state.contacts)), "customer"))
        elif engine.state.assignments:
            a = draw.choice(list(engine.state.assignments.values()))
            step: dict[str, list[c.Command]] = {
                "offered": [c.Accept(a.id), c.Accept(a.id), c.Accept(a.id), c.Decline(a.id)],
                "connecting": [c.Connected(a.id), c.Connected(a.id), c.ConnectFails(a.id, "bridge")],
                "active": [c.AgentLeaves(a.id), c.Hold(a.id)],
                "held": [c.Resume(a.id)],
                "wrap_up": [c.SetDisposition(a.id, "ok"), c.FinishWrapUp(a.id)],
            }
            ask(draw.choice(step[a.state]))
    return asked


def play(engine: Engine, asked: list[tuple[c.Command, float]]) -> list[list[Event]]:
    played = []
    for command, now in asked:
        try:
            events = engine.decide(command, now)
        except Refused:
            events = []
        engine.fold(events)
        played.append(events)
    return played


def written(played: list[list[Event]], engine: Engine) -> bytes:
    named = [[(type(event).__name__, *event) for event in events] for events in played]
    return msgspec.msgpack.encode([named, engine.dump()])


if __name__ == "__main__":
    seed, steps = map(int, sys.argv[1:])
    engine = Engine()
    digest = hashlib.sha256(written(play(engine, day(seed, steps)), engine)).hexdigest()
    sys.stdout.write(digest)
