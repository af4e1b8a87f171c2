"""The core's own structures, each against what a beginner would write."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qingting.core.idle import FULL, Idle
from qingting.core.timers import Timers
from qingting.core.waiting import Line, Place

SKILLS = ((), (("zh", 2),), (("en", 1), ("zh", 3)))


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 400), st.integers(0, 1500))
def test_the_longest_idle(random: Any, people: int, steps: int) -> None:
    agents: Any = [SimpleNamespace(bit=1 << n, idle_seq=0, name=n) for n in range(people)]
    idle = Idle(agents)
    order: dict[int, int] = {}
    seq = 0
    for _ in range(steps):
        agent = random.choice(agents)
        if agent.name in order:
            idle.remove(agent.bit, agent.idle_seq)
            del order[agent.name]
        else:
            if not agent.idle_seq or random.random() < 0.8:
                seq += 1
                agent.idle_seq = seq
            idle.add(agent.bit, agent.idle_seq)
            order[agent.name] = agent.idle_seq
    for share in (0.0, 0.01, 0.1, 0.5, 1.0):
        among = [n for n in range(people) if random.random() < share]
        first = idle.first(sum(1 << n for n in among))
        expected = min((order[n] for n in among if n in order), default=None)
        assert (first.idle_seq if first else None) == expected
    assert idle.all == sum(1 << n for n in order)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 200))
def test_a_line(random: Any, steps: int) -> None:
    line = Line()
    waiting: list[tuple[Place, Any]] = []
    for n in range(steps):
        if waiting and random.random() < 0.4:
            place, requires = waiting.pop(random.randrange(len(waiting)))
            line.remove(requires, place)
        else:
            place, requires = (random.choice([1.0, 2.0, 3.0, n * 1.0]), n, f"v{n}"), random.choice(SKILLS)
            line.add(requires, place)
            waiting.append((place, requires))
    waiting.sort()
    assert list(line) == [place for place, _ in waiting]
    for level in ({}, {"zh": 2}, {"zh": 3, "en": 1}):
        able = [p for p, requires in waiting if all(level.get(s, 0) >= least for s, least in requires)]
        for taken in (set(), {p[2] for p in able[:2]}, {p[2] for p, _ in waiting[::2]}):
            free = [p for p in able if p[2] not in taken]
            assert line.best(level, None, taken) == (free[0] if free else None)
            for before in (p for p, _ in waiting[:3]):
                assert line.best(level, before, taken) == min([*free, before])
    for n, (place, _) in enumerate(waiting, 1):
        assert line.place(place) == n


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 4000))
def test_timers(random: Any, steps: int) -> None:
    timers = Timers()
    due: dict[str, tuple[float, int]] = {}
    for seq in range(steps):
        if due and random.random() < 0.45:
            what = random.choice(list(due)) if len(due) < 50 else next(iter(due))
            timers.cancel(what)
            del due[what]
        else:
            due[f"a{seq}"] = (float(random.randrange(100)), seq)
            timers.set(f"a{seq}", *due[f"a{seq}"])
    timers.cancel("nothing")
    while due:
        first = min((until, seq, what) for what, (until, seq) in due.items())
        assert timers.first() == first
        timers.cancel(first[2])
        del due[first[2]]
    assert timers.first() is None


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_everybody_comes_back_in_any_order(seed: int) -> None:
    """As after the voice engine's restart, when all phones register again: old places, no order."""
    random = Random(seed)
    agents: Any = [SimpleNamespace(bit=1 << n, idle_seq=n + 1) for n in range(2000)]
    idle = Idle(agents)
    for agent in random.sample(agents, len(agents)):
        idle.add(agent.bit, agent.idle_seq)
    assert max(mask.bit_count() for mask in idle._masks) < 2 * FULL, "few enough to be looked at one by one"
    gone = random.sample(range(2000), 1900)
    for n in gone:
        idle.remove(agents[n].bit, n + 1)
    left = sorted(set(range(2000)) - set(gone))
    assert len(idle._masks) < 10
    while left:
        n = left.pop(0)
        assert idle.first(idle.all) is agents[n]
        idle.remove(agents[n].bit, n + 1)
    assert idle.first((1 << 2000) - 1) is None
