"""Seats follow from events: on calls that go any way, against the core's own state and the table of the guide."""

from __future__ import annotations

import random
from collections.abc import Iterator

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.engine import Engine
from qingting.core.model import State
from qingting.core.policy import Policy
from qingting.errors import Refused
from qingting.runtime.voice.seating import CUSTOMER, FOLDED, Seating, seating_of

AGENTS = ("li", "wang", "zhao")
CONTACT = "c1"
MUSIC = "music"


class Call:
    """One call in a small centre, and who sits where."""

    def __init__(self) -> None:
        self.engine, self.now, self.made = Engine(), 1000.0, 0
        self.seating = Seating()
        self.seen: set[type] = set()
        for queue in ("sales", "experts"):
            self.do(c.PutQueue(queue, wrap_up_s=0))
            self.do(c.PutPolicy(queue, Policy(requeue_lost=True, at_once=2)))
        for agent in AGENTS:
            self.do(c.PutAgent(agent, queues=("sales", "experts")))
            self.do(c.SetReachable(agent, "voice", True))
            self.do(c.SetPresence(agent, "available"))
        self.do(c.ContactArrives(CONTACT, CONTACT, leg="l"))
        self.do(c.EnterQueue(CONTACT, f"{CONTACT}.v1", "sales"))

    @property
    def state(self) -> State:
        return self.engine.state

    def do(self, command: c.Command) -> None:
        self.now += 0.1
        events = self.engine.decide(command, self.now)
        self.engine.fold(events)
        for event in events:
            self.seen.add(type(event))
            if isinstance(event, FOLDED):
                self.seating.fold(event)

    def settle(self) -> None:
        """What is due at once."""
        while (due := self.engine.next_deadline()) is not None and due <= self.now:
            self.do(c.Tick())

    def choices(self) -> Iterator[c.Command]:
        """All that somebody may try now, sensible or not."""
        self.made += 1
        for it in list(self.state.assignments.values()):
            yield from (c.Accept(it.id), c.Connected(it.id), c.Hold(it.id), c.Resume(it.id), c.Swap(it.id))
            yield from (c.Join(it.id), c.CompleteTransfer(it.id), c.AgentLeaves(it.id), c.AgentLeaves(it.id, "lost"))
            yield from (c.Decline(it.id), c.ConnectFails(it.id, "agent_left"))
            yield c.Consult(it.id, f"{CONTACT}.k{self.made}", queue="experts")
            yield from (c.Consult(it.id, f"{CONTACT}.k{self.made}", agent=agent) for agent in AGENTS)
            yield from (c.Transfer(it.id, f"{CONTACT}.t{self.made}", "experts", agent) for agent in ("", *AGENTS))
            yield c.ConsultOutside(it.id, f"{CONTACT}.p{self.made}", "ref")
            yield c.TransferOutside(it.id, f"{CONTACT}.p{self.made}", "ref")
        contact = self.state.contacts[CONTACT]
        for id in contact.consults:
            yield c.EndConsult(id)
        for id in contact.parties:
            yield from (c.PartyAnswers(id), c.PartyEnds(id, "busy"), c.EndConsult(id))
        yield from (c.SetPresence(agent, "available") for agent in AGENTS)

    def possible(self) -> dict[str, list[c.Command]]:
        """By kind, all that would be taken and does not end the call: then nobody has a seat."""
        found: dict[str, list[c.Command]] = {}
        for command in self.choices():
            try:
                events = self.engine.decide(command, self.now + 0.1)
            except Refused:
                continue
            if events and not any(isinstance(event, e.ContactEnded) for event in events):
                found.setdefault(type(command).__name__, []).append(command)
        return found


WALKS, STEPS = 25, 40
LIKELY = {"Accept": 8, "Connected": 8, "PartyAnswers": 8, "Consult": 4, "ConsultOutside": 4, "Swap": 4, "Join": 3}
"""What leads further, among much that leads back."""


def test_everybody_has_one_place_and_it_is_that_of_the_guide() -> None:
    seen: set[type] = set()
    for walk in range(WALKS):
        chance, call = random.Random(walk), Call()
        for _ in range(STEPS):
            possible = call.possible()
            if not possible:
                break  # somebody outside has the customer
            kinds = sorted(possible)
            (kind,) = chance.choices(kinds, [LIKELY.get(it, 1) for it in kinds])
            call.do(chance.choice(possible[kind]))
            call.settle()
            contact = call.state.contacts[CONTACT]
            assert call.seating.picture() == seating_of(call.state, contact).picture(), "a restart changes nothing"
            assert hears(call.seating) == {who: what for who, what in table(call.state).items() if what}
        seen |= call.seen
    assert seen >= set(FOLDED), "nothing was left out"


def hears(seating: Seating) -> dict[str, set[str]]:
    main, apart, music, waits = seating.picture()
    assert not main & apart
    assert not music & (main | apart)
    assert not waits or CUSTOMER not in main | apart | music
    found = {who: {MUSIC} for who in music}
    for bridge in (main, apart):
        assert len(bridge) != 1
        found |= {who: set(bridge - {who}) for who in bridge}
    return found


def table(state: State) -> dict[str, set[str]]:
    """Row by row as `docs/guides/lifecycle.md` has it."""
    contact = state.contacts[CONTACT]
    visit = state.visits.get(contact.visit)
    owner = state.assignments.get(visit.assignment) if visit is not None else None
    if owner is not None and owner.state not in ("connecting", "active", "held"):
        owner = None
    beside = {id: state.parties[id].state for id in contact.parties}
    for id in contact.consults:
        asked = state.assignments.get(state.visits[id].assignment)
        if asked is not None:
            beside[asked.id] = asked.state
    joined = {id for id, it in beside.items() if it == "joined"}
    with_owner = {id for id, it in beside.items() if it in ("connecting", "active", "talking")}
    found: dict[str, set[str]] = {id: {MUSIC} for id, it in beside.items() if it == "held"}
    if owner is not None and owner.state == "held":
        apart = {owner.id} | joined | with_owner
        found[CUSTOMER] = {MUSIC}
        if len(apart) == 1 and any(state.visits[id].state == "waiting" for id in contact.consults):
            return found | {owner.id: {MUSIC}}
    else:
        apart = set()
        found |= {id: {MUSIC} for id in with_owner}
        main = {CUSTOMER, *joined} | ({owner.id} if owner is not None else set())
        found |= {who: main - {who} for who in main}
    return found | {who: apart - {who} for who in apart}


def test_what_a_plain_call_brings_about() -> None:
    """Nothing beside the customer, the agent and the one bridge."""
    call = Call()
    assert call.seating.picture().waits
    call.do(c.Accept(f"{CONTACT}.v1/1"))
    assert call.seating.picture().main == {CUSTOMER, f"{CONTACT}.v1/1"}
    assert not call.seating.talks(f"{CONTACT}.v1/1")
    call.do(c.Connected(f"{CONTACT}.v1/1"))
    assert call.seating.talks(f"{CONTACT}.v1/1")
    call.do(c.Hold(f"{CONTACT}.v1/1"))
    assert call.seating.picture() == (frozenset(), frozenset(), {CUSTOMER}, False)
