"""What agents do of themselves: come, go on breaks, go; and sites that fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ...core import commands as c
from ...core import events as e
from ...core.engine import Engine
from ...errors import Refused
from .people import BREAK, Due, Person, agenda
from .scenario import Failure, Scenario

BACK_AFTER_S = 60.0
"""An agent who was set aside (a ring was missed) says available again after so long."""
ANOTHER_TRY_S = 300.0
"""Who may not go on a break now tries again."""


class Centre(Protocol):
    """Where they work."""

    engine: Engine
    now: float

    def at(self, at: float, act: Callable[[Any], None], what: Any) -> None: ...
    def ask(self, command: c.Command) -> Sequence[e.Event]: ...
    def decide(self, command: c.Command) -> Sequence[e.Event]: ...


class Duty:
    def __init__(self, centre: Centre, scenario: Scenario, people: dict[str, Person]) -> None:
        self._centre, self._scenario, self._people = centre, scenario, people
        self._cut_off: set[str] = set()

    def plan(self, midnight: float, day: int) -> None:
        """Of one day; 0 is the first."""
        scenario, centre = self._scenario, self._centre
        for person in self._people.values():
            for due in agenda(person, scenario.seed, day):
                centre.at(midnight + due.at_s, self._due, (person, due))
        for failure in scenario.failures:
            if failure.day in (0, day + 1):
                centre.at(midnight + failure.at_s, self._cut, failure)

    def close(self) -> None:
        """The day is over, for everybody."""
        for person in self._people.values():
            if person.on_shift:
                self._out(person)
        for site in list(self._cut_off):
            self._reach(site, True)

    # --- people ------------------------------------------------------------------------------------------

    def _due(self, what: tuple[Person, Due]) -> None:
        person, due = what
        if due.what == "in":
            person.on_shift = True
            self._centre.ask(c.SetPresence(person.id, "available"))
        elif due.what == "out":
            self._out(person)
        else:
            self._goes_on_break(what)

    def _goes_on_break(self, what: tuple[Person, Due]) -> None:
        """When too many are away already, a little later, as long as the shift lasts."""
        person, due = what
        if not person.on_shift or person.away:
            return
        person.away, person.break_s = True, due.length_s
        try:
            self._centre.decide(c.SetPresence(person.id, "not_ready", BREAK))
        except Refused as refused:
            if refused.code != "break.full":
                raise
            person.away = False
            self._centre.at(self._centre.now + ANOTHER_TRY_S, self._goes_on_break, what)

    def _out(self, person: Person) -> None:
        person.on_shift = person.away = False
        self._centre.ask(c.SetPresence(person.id, "offline"))

    def presence(self, event: e.PresenceChanged) -> None:
        """A break begins when the last contact before it is done, and lasts as long as it should."""
        person = self._people[event.agent]
        if event.presence == "not_ready" and person.away:
            self._centre.at(self._centre.now + person.break_s, self._back, person)

    def _back(self, person: Person) -> None:
        if person.on_shift:
            person.away = False
            self._centre.ask(c.SetPresence(person.id, "available"))

    def set_aside(self, event: e.AgentSetAside) -> None:
        self._centre.at(self._centre.now + BACK_AFTER_S, self._ready_again, self._people[event.agent])

    def _ready_again(self, person: Person) -> None:
        if person.on_shift and not person.away and self._centre.engine.state.agents[person.id].set_aside:
            self._centre.ask(c.SetPresence(person.id, "available"))

    # --- sites -------------------------------------------------------------------------------------------

    def _cut(self, failure: Failure) -> None:
        self._reach(failure.site, False)
        self._centre.at(self._centre.now + failure.length_s, self._mended, failure)

    def _mended(self, failure: Failure) -> None:
        self._reach(failure.site, True)

    def _reach(self, site: str, reachable: bool) -> None:
        (self._cut_off.discard if reachable else self._cut_off.add)(site)
        for person in self._people.values():
            if person.group.site == site:
                for medium, _ in person.group.capacity:
                    self._centre.ask(c.SetReachable(person.id, medium, reachable))
