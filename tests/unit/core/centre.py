"""A small centre to tell stories with: time goes on when we say so, and what happened comes back as names."""

from __future__ import annotations

from typing import Any

import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.engine import Engine
from qingting.errors import Refused


class Centre:
    def __init__(self) -> None:
        self.engine = Engine()
        self.now = 1000.0

    def ask(self, command: c.Command) -> list[e.Event]:
        events = self.engine.decide(command, self.now)
        self.engine.fold(events)
        return events

    def refused(self, command: c.Command) -> str:
        """The code; and nothing has changed."""
        before = self.engine.dump()
        with pytest.raises(Refused) as refusal:
            self.engine.decide(command, self.now)
        assert self.engine.dump() == before
        return refusal.value.code

    def queue(self, queue: str, **settings: Any) -> None:
        for skill, _ in settings.get("requires", ()):
            self.ask(c.PutSkill(skill))
        self.ask(c.PutQueue(queue, **settings))

    def agent(self, agent: str, *queues: str, available: bool = True, **skills: int) -> None:
        """A member of these queues, phone registered."""
        for skill in skills:
            self.ask(c.PutSkill(skill))
        self.ask(c.PutAgent(agent, queues, tuple(sorted(skills.items()))))
        self.ask(c.SetReachable(agent, "voice", True))
        if available:
            self.ask(c.SetPresence(agent, "available"))

    def call(self, name: str, queue: str, **more: Any) -> list[e.Event]:
        """Contact `name` arrives and waits as visit `v-name`."""
        self.ask(c.ContactArrives(name, f"j-{name}"))
        return self.ask(c.EnterQueue(name, f"v-{name}", queue, **more))

    def talk(self, name: str, n: int = 1) -> str:
        """The n-th offer of that visit is taken and joined."""
        assignment = f"v-{name}/{n}"
        self.ask(c.Accept(assignment))
        self.ask(c.Connected(assignment))
        return assignment

    def deadline(self) -> list[e.Event]:
        """Time passes until the next deadline."""
        due = self.engine.next_deadline()
        assert due is not None
        assert self.engine.decide(c.Tick(), due - 0.001) == []
        self.now = due
        return self.ask(c.Tick())


def offered(events: list[e.Event]) -> list[tuple[str, str]]:
    return [(x.visit, x.agent) for x in events if isinstance(x, e.AssignmentOffered)]


def kinds(events: list[e.Event]) -> list[str]:
    return [type(x).__name__ for x in events]


@pytest.fixture
def centre() -> Centre:
    return Centre()
