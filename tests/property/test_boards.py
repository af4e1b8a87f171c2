"""Whoever follows a board knows what a newcomer would be shown: snapshot + changes == fresh snapshot."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from qingting.core import commands as c
from qingting.core.engine import Engine
from qingting.errors import Refused
from qingting.journal.memory import MemoryJournal
from qingting.journal.port import Entry
from qingting.runtime.pops import Pops
from qingting.runtime.views.board import Board
from qingting.runtime.views.desk import Desks
from qingting.runtime.views.floor import Floor, Named

AGENTS = ("a1", "a2", "a3")
QUEUES = ("q1", "q2")
CONTACTS = tuple(f"c{n}" for n in range(4))
ASSIGNMENTS = tuple(f"{contact}.v1/{n}" for contact in CONTACTS for n in (1, 2))

arrivals = st.builds(
    lambda x, q: (c.ContactArrives(x, x, party="p" + x, leg="l" + x), c.EnterQueue(x, x + ".v1", q)),
    st.sampled_from(CONTACTS),
    st.sampled_from(QUEUES),
)
commands = st.one_of(
    arrivals,
    # The agent's own: of a supervisor's change desks that were open are told, which no newcomer is.
    st.builds(c.SetPresence, st.sampled_from(AGENTS), st.sampled_from(("available", "offline")), by=st.just("")),
    st.builds(lambda a: c.SetPresence(a, "not_ready", "meal"), st.sampled_from(AGENTS)),
    st.builds(lambda a, on: c.SetReachable(a, "voice", on), st.sampled_from(AGENTS), st.booleans()),
    st.builds(lambda x: c.ContactArrives(x, x, party="p" + x, leg="l" + x), st.sampled_from(CONTACTS)),
    st.builds(c.ContactEnds, st.sampled_from(CONTACTS), st.just("customer")),
    *(
        st.builds(kind, st.sampled_from(ASSIGNMENTS))
        for kind in (c.Accept, c.Decline, c.Connected, c.Hold, c.Resume, c.AgentLeaves, c.FinishWrapUp)
    ),
    st.just(c.Tick()),
    st.builds(c.RemoveAgent, st.sampled_from(AGENTS)),
    st.builds(lambda a: c.PutAgent(a, QUEUES), st.sampled_from(AGENTS)),
)


class Follower:
    """A page: applies what it is sent, comes back from time to time with what it knew last."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.state = board.snapshot()
        self.seq = board.seq

    def catch_up(self) -> None:
        changes = self.board.since(self.seq)
        if changes is None:
            self.state = self.board.snapshot()
        else:
            for collection, key, item in changes:
                if item is None:
                    self.state.get(collection, {}).pop(key, None)
                else:
                    self.state.setdefault(collection, {})[key] = item
        self.seq = self.board.seq


def plain(state: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {collection: items for collection, items in state.items() if items}


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(commands, st.floats(0, 40), st.booleans(), st.integers(0, 5)), min_size=20, max_size=60),
    st.integers(0, 3),
)
def test_snapshot_and_changes_equal_a_fresh_snapshot(
    steps: list[tuple[Any, float, bool, int]], forgetful: int
) -> None:
    engine = Engine()
    now = 1_700_000_000.0
    for command in (
        c.PutReason("meal"),
        *(c.PutQueue(q, wrap_up_s=20) for q in QUEUES),
        *(c.PutAgent(a, QUEUES) for a in AGENTS),
        *(c.SetReachable(a, "voice", True) for a in AGENTS),
        *(c.SetPresence(a, "available") for a in AGENTS[1:]),
    ):
        for event in engine.decide(command, now):
            engine.apply(event)

    def named(kind: str, id: str) -> Named:
        return Named(id)

    def boards() -> list[Board]:
        pops = Pops("t", MemoryJournal(), None, lambda *_: {}, lambda: "UTC")  # type: ignore[arg-type]  # gathers nothing here
        floor = Floor(lambda: engine, named, ZoneInfo("Asia/Shanghai"), lambda: {"open": len(engine.state.contacts)})
        desks = Desks(lambda: engine, named, pops, lambda recording: "none")
        listeners.extend((floor.on_entry, desks.on_entry))
        return [floor, *(desks.of(agent) for agent in AGENTS)]

    listeners: list[Any] = []
    kept = boards()
    for board in kept:
        board.remembers = forgetful
    followers = [Follower(board) for board in kept]
    today = kept[0].today  # type: ignore[attr-defined]
    seq = 0
    for step, later, look, who in steps:
        now += later
        for command in step if step and isinstance(step[0], tuple) else (step,):
            try:
                events = tuple(engine.decide(command, now))
            except Refused:
                continue
            for event in events:
                engine.apply(event)
            seq += 1
            for listener in list(listeners):
                listener(Entry(seq, "", 1, now, now, 1, "", command, events))
        if look:
            followers[who % len(followers)].catch_up()
    fresh = boards()
    fresh[0].today = today  # type: ignore[attr-defined]  # the day's counts come from the journal, not from the state
    for follower, board in zip(followers, fresh, strict=True):
        follower.catch_up()
        assert plain(follower.state) == plain(board.snapshot())
