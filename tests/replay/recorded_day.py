"""A generated day, written to a journal as a centre writes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from qingting.core import commands as c
from qingting.core import events as e
from qingting.journal.port import Entry
from qingting.journal.sqlite import SqliteJournal
from qingting.journal.upcast import SCHEMA_VERSION
from qingting.runtime.simulate.document import read_scenario
from qingting.runtime.simulate.play import Play

TENANT = "acme"
SCENARIO = """\
name: a small centre
starts: 2026-03-02
hours: 09:00-12:00
skills: [billing, zh]
queues:
  service:
    requires: {zh: 1}
    service_level: {seconds: 20, target: 0.8}
    arrivals: {per_hour: [40, 80, 50]}
    handle: {lognormal: 150, cv: 0.7}
    wrap_up: {exponential: 25}
    wrap_up_limit_s: 60
    patience: {exponential: 120}
  billing:
    requires: {billing: 2}
    priority_s: 20
    arrivals: {per_hour: 20}
    handle: {exponential: 200}
    patience: {exponential: 150}
agents:
  early: {count: 4, queues: [service], skills: {zh: 2-4}, shift: 08:30-11:00, pick_up: {constant: 3}, misses: 0.05}
  both:
    count: 3
    queues: [service, billing]
    skills: {zh: 2, billing: 1-4}
    shift: 08:45-12:30
    breaks: [{at: "10:00", minutes: 15, spread_min: 20}]
    pick_up: {exponential: 4}
    misses: 0.1
"""


class Recording(Play):
    """Keeps what the core was asked and what it decided."""

    entries: list[Entry]
    lost_every = 0
    """Every so many talks end as the agent's line breaks."""

    def decide(self, command: c.Command) -> Sequence[e.Event]:
        if not hasattr(self, "entries"):
            self.entries = []
        if self.lost_every and isinstance(command, c.ContactEnds):
            command = self._or_lost(command)
        place = len(self.entries)
        self.entries.append(
            Entry(place + 1, type(command).__name__, SCHEMA_VERSION, self.now, self.now, 1, "day", command, ())
        )
        events = super().decide(command)  # what follows at once is asked within, and stands after it
        self.entries[place] = replace(self.entries[place], events=tuple(events))
        return events

    def _or_lost(self, command: c.ContactEnds) -> c.Command:
        contact = self.engine.state.contacts.get(command.contact)
        visit = self.engine.state.visits.get(contact.visit) if contact is not None else None
        talks = visit is not None and visit.state == "answered" and command.cause != "flow"
        if visit is not None and talks and len(self.entries) % self.lost_every == 0:
            return c.AgentLeaves(visit.assignment, "lost")
        return command


async def write_day(path: Path, scenario: str = SCENARIO, days: int = 1, lost_every: int = 0) -> None:
    play = Recording(read_scenario(scenario))
    play.lost_every = lost_every
    for _ in range(days):
        play.run_day()
    entries = [entry for entry in play.entries if entry.events]
    journal = await SqliteJournal.open(path)
    epoch = await journal.lead(TENANT, "routing")
    numbered = [replace(entry, seq=n, epoch=epoch) for n, entry in enumerate(entries, 1)]
    for first in range(0, len(numbered), 500):
        await journal.append(TENANT, "routing", epoch, numbered[first : first + 500])
    await journal.close()
