"""The core's own structures, each against what a beginner would write."""

from __future__ import annotations

from itertools import product
from random import Random
from types import SimpleNamespace
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from qingting.core.idle import FULL, Idle
from qingting.core.model import LEVELS
from qingting.core.relaxation import bonus, need
from qingting.core.timers import Timers
from qingting.core.values import Relaxation, Requirements
from qingting.core.waiting import Line, lift

SEEDS = st.integers(0, 10**6)
"""Of thousands of draws, more than Hypothesis is made to choose and shrink one by one."""
SKILLS = ((), (("zh", 2),), (("en", 1), ("zh", 3)))


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 400), st.integers(0, 1500))
def test_the_longest_idle(seed: int, people: int, steps: int) -> None:
    random = Random(seed)
    agents: Any = [SimpleNamespace(bit=1 << n, idle_seq=0, name=n) for n in range(people)]
    idle = Idle(agents)
    order: dict[int, int] = {}
    seq = 0
    for _ in range(steps):
        agent = random.choice(agents)
        if agent.name in order:
            idle.remove(agent)
            del order[agent.name]
        else:
            if not agent.idle_seq or random.random() < 0.8:
                seq += 1
                agent.idle_seq = seq
            idle.add(agent)
            order[agent.name] = agent.idle_seq
    for share in (0.0, 0.01, 0.1, 0.5, 1.0):
        among = [n for n in order if random.random() < share]
        firsts = idle.firsts(sum(1 << n for n in among), len(among), 3)
        assert [agent.idle_seq for agent in firsts] == sorted(order[n] for n in among)[:3]
    assert idle.all == sum(1 << n for n in order)


STEPS = (Relaxation(5.0, (("zh", 1),), priority_s=4.0), Relaxation(9.0, (("en", 0),), priority_s=2.0))


@settings(max_examples=60, deadline=None)
@example(1061, 192, STEPS[:1])  # who was head once, and goes on relaxing behind another
@given(SEEDS, st.integers(0, 200), st.sampled_from([(), STEPS[:1], STEPS]))
def test_a_line(seed: int, steps: int, relax: Any) -> None:
    """Lanes in the order of first arrival, heads in the order of their keys, one deadline for each head."""
    random = Random(seed)
    bits = {(skill, level): 1 << n for n, (skill, level) in enumerate(product(("en", "zh"), LEVELS))}
    queue: Any = SimpleNamespace(boost=0.0)
    line, timers, waiting, at = Line(queue, bits), Timers(), [], 100.0
    queue.lines = {"voice": line}
    line.steps = relax
    for n in range(steps):
        at += 0.25
        if random.random() < 0.1:
            lift(queue, random.choice([0.0, 4.0]))
        if waiting and random.random() < 0.4:
            line.remove(waiting.pop(random.randrange(len(waiting))), at, timers)
        elif waiting and random.random() < 0.3:
            for id in timers.due(at, 3):
                line.relax(next(v for v in waiting if v.id == id), at, timers)
        else:
            since, priority_s = at - random.choice([0.0, 0.0, 3.0, 12.0]), random.choice([0.0, 6.0])
            visit: Any = SimpleNamespace(
                id=f"v{n}", seq=n, since=since, priority_s=priority_s, rank=since - priority_s, step=-1, lane=None,
                prefer_until=0.0, wants=Requirements(random.choice(SKILLS)),
            )  # fmt: skip
            line.add(visit, at, timers)
            waiting.append(visit)
    lanes: dict[Any, list[Any]] = {}
    for visit in sorted(waiting, key=lambda v: (v.since, v.seq)):
        lanes.setdefault((visit.wants, visit.priority_s), []).append(visit)
    assert {key: [place[2] for place in lane.places] for key, lane in line.lanes.items()} == lanes
    heads = sorted((v.rank - bonus(relax, v.step), v.seq) for v, *_ in lanes.values())
    assert line.heads == heads == [lane.key for lane in line.order]
    assert line.front == ((heads[0][0] - queue.boost, line) if heads else None)
    for lane in line.order:
        assert lane.choosy == bool(lane.need.sites or lane.need.exclude)
        assert lane.need == need(lane.wants, relax, lane.places[0][2].step)
        assert lane.asks == sum(bits[pair] for pair in lane.need.skills)
    assert {v.id for v, *_ in lanes.values() if v.step < len(relax)} == set(timers.due(1e9, 1000))
    order = sorted(waiting, key=lambda v: line.key(v, at))
    assert [visit for _, visit in line.waiting(at)] == order
    assert [line.place(visit, at) for visit in order] == list(range(1, len(order) + 1))


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, 4000))
def test_timers(seed: int, steps: int) -> None:
    random = Random(seed)
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
    in_order = sorted((until, seq, what) for what, (until, seq) in due.items())
    assert timers.due(50.0, 7) == [what for until, _, what in in_order if until <= 50][:7]
    while due:
        first = min((until, seq, what) for what, (until, seq) in due.items())
        assert timers.first() == first
        timers.cancel(first[2])
        del due[first[2]]
    assert timers.first() is None


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_everybody_comes_back_in_any_order(seed: int) -> None:
    """As after the voice engine's restart, when all phones register again: old places, no order."""
    random = Random(seed)
    agents: Any = [SimpleNamespace(bit=1 << n, idle_seq=n + 1) for n in range(2000)]
    idle = Idle(agents)
    for agent in random.sample(agents, len(agents)):
        idle.add(agent)
    assert max(mask.bit_count() for mask in idle._masks) < 2 * FULL, "few enough to be looked at one by one"
    gone = random.sample(range(2000), 1900)
    for n in gone:
        idle.remove(agents[n])
    left = sorted(set(range(2000)) - set(gone))
    assert len(idle._masks) < 10
    while left:
        n = left.pop(0)
        assert idle.firsts(idle.all, idle.all.bit_count(), 1) == [agents[n]]
        idle.remove(agents[n])
    assert idle.firsts(0, 0, 3) == []
