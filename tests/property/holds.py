"""What must hold of the core after every command, whatever the world."""

from __future__ import annotations

from typing import Any

from hypothesis.stateful import invariant

from qingting.core.capacity import on_duty
from qingting.core.engine import Engine

from .oracle import _behind, comes_back, free_for, load, room

MEDIA = ["voice", "chat", "mail"]


def indexes(engine: Engine) -> Any:
    """What can be rebuilt, in a form that can be compared."""
    s = engine.state
    ids = {a.bit: a.id for a in s.agents.values()}

    def names(bits: int) -> list[str]:
        return sorted(name for bit, name in ids.items() if bits & bit)

    return (
        {q.id: (q.visits, q.waiting, names(q.members), engine.waiting(q.id)) for q in s.queues.values()},
        {m: names(idle.all) for m, idle in s.idle.items()},
        {m: names(on) for m, on in s.on.items()},
        {skill: [names(bits) for bits in levels] for skill, levels in s.levels.items()},
        {site: names(bits) for site, bits in s.sites.items()},
        {m: names(bits) for m, bits in s.parking.items()},
        {m: {name: names(order.all) for name, order in orders.items()} for m, orders in s.orders.items()},
        {agent: [visit.id for *_, visit in places] for agent, places in s.awaited.items()},
        {v.id: engine.step(v.id) for v in s.visits.values()},
        {q.id: q.boost for q in s.queues.values()},
        s.relaxing.first(),
        s.counts_by_day,
        {
            a.id: (a.assignments, sorted((m, n) for m, n in a.load.items() if n), a.free, a.on, a.carried)
            for a in s.agents.values()
        },
        s.timers.first(),
        s.alarms.first(),
    )


class Holds:
    engine: Engine
    shadow: Engine
    """Folds the same events."""
    outcomes: dict[str, str]
    """Of every visit; empty while it is open."""
    carried: dict[tuple[str, Any], int]
    """By agent and medium, or all of their sharing: what they had before."""

    @invariant()
    def same_entries_same_state(self) -> None:
        assert self.shadow.dump() == self.engine.dump()
        assert indexes(self.shadow) == indexes(self.engine)

    @invariant()
    def indexes_can_be_rebuilt(self) -> None:
        loaded = Engine.load(self.engine.dump())
        assert loaded.dump() == self.engine.dump()
        assert indexes(loaded) == indexes(self.engine)

    @invariant()
    def load_within_capacity(self) -> None:
        """Beyond it, by an agent who was given less meanwhile, it only falls."""
        before, self.carried = self.carried, {}
        for agent in self.engine.state.agents.values():
            those = self.engine.open_assignments(agent.id)
            for medium in MEDIA:
                n = self.carried[agent.id, medium] = sum(a.medium == medium for a in those)
                assert n <= max(dict(agent.capacity).get(medium, 0), before.get((agent.id, medium), 0))
            if agent.sharing.most:
                n = self.carried[agent.id, agent.sharing] = load(agent, those)
                alone = sum(a.state != "parked" for a in those) <= 1
                assert alone or n <= max(agent.sharing.most, before.get((agent.id, agent.sharing), n))

    @invariant()
    def one_owner(self) -> None:
        owned: dict[str, list[str]] = {}
        standing: dict[str, list[str]] = {}
        for a in self.engine.state.assignments.values():
            if a.state in ("offered", "lapsed"):
                standing.setdefault(a.visit, []).append(a.id)
            else:
                owned.setdefault(a.visit, []).append(a.id)
        for v in self.engine.state.visits.values():
            owners, offers = owned.get(v.id, []), standing.get(v.id, [])
            assert len(owners) <= 1
            assert sorted([*owners, *offers]) == sorted([id for id in (v.assignment, *v.beside) if id])
            live = [id for id in offers if self.engine.state.assignments[id].state == "offered"]
            assert (v.state == "offered") == bool(live)
            assert v.assignment == (owners or live or [""])[0]
            assert (v.state == "waiting") <= (v.assignment == "")

    @invariant()
    def work_is_conserved(self) -> None:
        for v in self.engine.state.visits.values():
            if v.state == "waiting":
                assert not any(free_for(self.engine, a, v) for a in self.engine.state.agents.values())

    @invariant()
    def what_is_parked_comes_back(self) -> None:
        assert not any(comes_back(self.engine, agent) for agent in self.engine.state.agents.values())

    @invariant()
    def steps_follow_the_waiting_time(self) -> None:
        """Whenever no deadline is due, heads are where their waiting time says, and nobody is ahead of it."""
        s = self.engine.state
        due = self.engine.next_deadline()
        for v in s.visits.values():
            if v.state == "waiting" and not v.prefer_until:
                says = sum(v.since + step.after_s <= s.at for step in s.queues[v.queue].relax)
                step = self.engine.step(v.id)
                assert step is not None
                assert step <= says
                if (due is None or due > s.at) and v.step >= 0 and not _behind(self.engine, v):
                    assert step == says

    @invariant()
    def draining_ends(self) -> None:
        for a in self.engine.state.agents.values():
            assert a.pending is None or a.assignments
            assert a.on == on_duty(a)
            assert all(room(self.engine, a, m) is not None for m in a.free)
            assert set(a.parking) == {m for m in a.free if room(self.engine, a, m)}

    @invariant()
    def none_lost(self) -> None:
        open_now = {v.id for v in self.engine.state.visits.values() if v.state != "ended"}
        assert open_now == {visit for visit, outcome in self.outcomes.items() if not outcome}
        for contact in self.engine.state.contacts.values():
            assert not contact.ended or any(v.contact == contact.id for v in self.engine.state.visits.values())

    @invariant()
    def places_are_in_order(self) -> None:
        for q in self.engine.state.queues:
            for medium in MEDIA:
                line = [v for v in self.engine.waiting(q) if self.engine.state.visits[v].medium == medium]
                assert [self.engine.place(v) for v in line] == list(range(1, len(line) + 1))
