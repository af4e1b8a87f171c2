"""Every command that the core knows is asked for on long busy days, taken at least once, and does what it says.

A command that is new in the core's table fails here until `OUTCOME` says what must be true after it and `others`, or
`likely`, asks for it. All that holds of the core is looked at after each.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from qingting.contexts.contacts.codes import CAUSES, WHYS
from qingting.contexts.contacts.course import SAY
from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.engine import DECIDE
from qingting.core.model import State
from qingting.core.policy import Policy
from qingting.errors import Refused

from .likely import CONTACTS, choose, likely
from .test_core import Core
from .test_core_walk import walk

SEEDS, STEPS = 4, 250
WORDS = WHYS.keys() | CAUSES.keys()


def over(s: State, id: str) -> bool:
    """The agent's part in the conversation."""
    return id not in s.assignments or s.assignments[id].state in ("wrap_up", "lapsed")


def any_of(events: list[Any], *kinds: type) -> bool:
    return any(isinstance(event, kinds) for event in events)


def as_put(thing: Any, put: Any, *fields: str) -> bool:
    """The core keeps skills, capacities and ranks in an order of its own."""

    def plain(value: Any) -> Any:
        return sorted(value) if type(value) is tuple else value

    return all(plain(getattr(thing, field)) == plain(getattr(put, field)) for field in fields)


OUTCOME: dict[type, Callable[[State, Any, list[Any]], bool]] = {
    c.PutSite: lambda s, x, _: x.site in s.sites,
    c.PutSkill: lambda s, x, _: x.skill in s.skills,
    c.PutReason: lambda s, x, _: s.reasons[x.reason] is x.retired,
    c.PutDay: lambda s, x, _: s.day_starts == x.starts_s,
    c.PutQueue: lambda s, x, _: as_put(s.queues[x.queue], x, *c.PutQueue._fields[1:]),
    c.PutPolicy: lambda s, x, _: s.queues[x.queue].policy == x.policy,
    c.SetHours: lambda s, x, _: s.queues[x.queue].open is x.open,
    c.RemoveQueue: lambda s, x, _: (
        x.queue not in s.queues
        and all(visit.queue != x.queue for visit in s.visits.values())
        and all(x.queue not in agent.queues for agent in s.agents.values())
    ),
    c.PutRule: lambda s, x, _: tuple(s.rules[x.rule]) == tuple(x),
    c.RemoveRule: lambda s, x, _: x.rule not in s.rules,
    c.PutAgent: lambda s, x, _: as_put(s.agents[x.agent], x, *c.PutAgent._fields[1:]),
    c.PutProfile: lambda s, x, _: as_put(s.agents[x.agent], x, "team", "auto_answer"),
    c.RemoveAgent: lambda s, x, _: (
        x.agent not in s.agents
        and all(a.agent != x.agent for a in s.assignments.values())
        and all(it.agent != x.agent for it in s.breaks.values())
    ),
    c.SetPresence: lambda s, x, _: (
        (agent := s.agents[x.agent]).presence == x.presence
        or (agent.pending is not None and agent.pending.presence == x.presence and bool(agent.assignments))
    ),
    c.SetReachable: lambda s, x, _: (x.medium in s.agents[x.agent].reachable) is x.reachable,
    c.PutBreakLimit: lambda s, x, _: (
        s.limits[x.scope, x.id].most == x.most if x.reasons else (x.scope, x.id) not in s.limits
    ),
    c.ReserveBreak: lambda s, x, _: as_put(s.breaks[x.break_], x, "agent", "start", "end"),
    c.CancelBreak: lambda s, x, _: x.break_ not in s.breaks,
    c.ContactArrives: lambda s, x, _: as_put(s.contacts[x.contact], x, "medium", "language", "site"),
    c.DialogueMoves: lambda s, x, _: as_put(s.contacts[x.contact], x, "flow", "version", "node", "via"),
    c.SetLanguage: lambda s, x, _: s.contacts[x.contact].language == x.language,
    c.SetAttributes: lambda s, x, _: all(
        dict(s.contacts[x.contact].attributes).get(name, "") == value for name, value in x.attributes
    ),
    c.EnterQueue: lambda s, x, events: (x.visit in s.visits) or any_of(events, e.Overflowed),
    c.LeaveQueue: lambda s, x, _: x.visit not in s.visits or s.visits[x.visit].state == "ended",
    c.ContactEnds: lambda s, x, _: x.contact not in s.contacts or s.contacts[x.contact].ended > 0,
    c.AgentDials: lambda s, x, _: [a.agent for a in s.assignments.values() if a.visit == x.visit] == [x.agent],
    c.Accept: lambda s, x, _: s.assignments[x.assignment].state == "connecting",
    c.Decline: lambda s, x, _: x.assignment not in s.assignments,
    c.Connected: lambda s, x, _: s.assignments[x.assignment].state in ("active", "held"),
    c.ConnectFails: lambda s, x, _: over(s, x.assignment),
    c.Hold: lambda s, x, _: s.assignments[x.assignment].state == "held",
    c.Resume: lambda s, x, _: s.assignments[x.assignment].state == "active",
    c.AgentLeaves: lambda s, x, _: over(s, x.assignment),
    c.SetDisposition: lambda s, x, _: s.assignments[x.assignment].disposition == x.disposition,
    c.FinishWrapUp: lambda s, x, _: x.assignment not in s.assignments,
    c.ExtendWrapUp: lambda s, x, _: s.assignments[x.assignment].extended,
    c.PauseRecording: lambda s, x, _: s.assignments[x.assignment].recording_paused,
    c.ResumeRecording: lambda s, x, _: not s.assignments[x.assignment].recording_paused,
    c.RequestCallback: lambda s, x, _: as_put(s.callbacks[x.callback], x, "party", "first", "attempts"),
    c.CancelCallback: lambda s, x, _: x.callback not in s.callbacks,
    c.CustomerAnswers: lambda s, x, _: s.contacts[x.contact].reached,
    c.TakeMessage: lambda s, x, _: as_put(s.messages[x.message], x, "queue", "party", "note"),
    c.ClaimMessage: lambda s, x, _: as_put(s.messages[x.message], x, "by", "agent"),
    c.ReleaseMessage: lambda s, x, _: not s.messages[x.message].by,
    c.CloseMessage: lambda s, x, _: x.message not in s.messages,
    c.Transfer: lambda s, x, events: over(s, x.assignment) and (
        x.visit in s.visits or any_of(events, e.Overflowed)
    ),
    c.TransferOutside: lambda s, x, _: over(s, x.assignment) and s.parties[x.party].state == "calling",
    c.CompleteTransfer: lambda s, x, _: over(s, x.assignment),
    c.Consult: lambda s, x, _: s.visits[x.visit].by == x.assignment,
    c.Swap: lambda s, x, events: any_of(events, e.AssignmentHeld, e.PartyHeld)
    and any_of(events, e.AssignmentResumed, e.PartyResumed),
    c.Join: lambda s, x, events: any_of(events, e.ConsultJoined, e.PartyJoined),
    c.EndConsult: lambda s, x, _: all(
        x.consult not in contact.consults + contact.parties for contact in s.contacts.values()
    ),
    c.ConsultOutside: lambda s, x, _: s.parties[x.party].by == x.assignment,
    c.PartyAnswers: lambda s, x, _: s.parties[x.party].state in ("talking", "held", "joined"),
    c.PartyEnds: lambda s, x, _: x.party not in s.parties,
    c.Tick: lambda s, _, events: bool(events),
}  # fmt: skip


def others(core: Core, draw: random.Random) -> list[c.Command]:
    """What `likely` leaves out: configuration, breaks, self-service, agents' own calls."""
    s, n = core.engine.state, core.visits
    now = max(core.now, s.at)
    queues, agents = list(s.queues), list(s.agents)
    asked: list[c.Command] = [
        c.PutSite("west"), c.PutSkill("es"), c.PutReason("lunch", n % 2 == 0), c.PutDay(float(n % 5) * 3600),
        c.PutQueue("spare", ring_s=5.0 + n % 3, strategy="fewest_contacts"), c.RemoveQueue("spare"),
        c.PutPolicy(draw.choice(queues), Policy(at_once=1 + n % 3, extend_wrap_up_s=10.0)),
        c.PutRule("extra", (c.Condition("vip", "=", "gold"),), float(n % 40)), c.RemoveRule("extra"),
        c.PutAgent("temp", tuple(queues[:2]), (("zh", 3),)), c.RemoveAgent("temp"),
        c.PutProfile(draw.choice(agents), draw.choice(["", "red"]), n % 2 == 0),
        c.PutBreakLimit("team", "red", draw.choice([(), ("break",)]), n % 3),
        c.ReserveBreak(f"k{n}", draw.choice(agents), "break", now + 5, now + 25),
        *(c.CancelBreak(id) for id in s.breaks),
        *(c.LeaveQueue(visit.id, "flow") for visit in s.visits.values() if visit.state == "waiting" and not visit.by),
        *(c.AgentDials(agent, contact, "j", f"v{n}") for agent in agents for contact in CONTACTS[:1]),
    ]  # fmt: skip
    for contact in s.contacts:
        asked += [
            c.DialogueMoves(contact, "main", 1, f"n{n % 4}", "1", "{}"),
            c.SetLanguage(contact, draw.choice(["zh", "en"])),
            c.SetAttributes(contact, (("vip", draw.choice(["gold", ""])), ("years", float(n % 9)))),
        ]
    return asked


def in_consult(core: Core) -> str:
    """An owner who talks with a colleague at last: few come so far by chance. One at least is brought there."""
    s = core.engine.state
    owners = [a for a in s.assignments.values() if a.state in ("active", "held") and not a.consult]
    for a in owners:
        for asked in s.contacts[a.contact].consults:
            if s.visits[asked].state == "answered":
                return a.id
    for a in owners:
        company = s.contacts[a.contact].consults or s.contacts[a.contact].parties
        free = [agent.id for agent in s.agents.values() if a.medium in agent.free]
        if free and not company:
            visit = f"k{core.visits}"
            if core.ask(c.Consult(a.id, visit, agent=free[0])) and core.ask(c.Accept(f"{visit}/1")):
                core.ask(c.Connected(f"{visit}/1"))
                return a.id
    return ""


class Checked(Core):
    def __init__(self, taken: Counter[type]) -> None:
        super().__init__()
        self.taken = taken

    def takes(self, command: c.Command) -> bool:
        try:
            return bool(self.engine.decide(command, self.now))
        except Refused:
            return False

    def ask(self, command: c.Command) -> list[e.Event] | None:
        events = super().ask(command)
        if events is not None and (events or not isinstance(command, c.Tick)):
            self.taken[type(command)] += 1
            assert OUTCOME[type(command)](self.engine.state, command, events), command
        for event in events or ():
            if type(event).__name__ in SAY and not isinstance(event, e.AssignmentOffered):
                codes = {getattr(event, "why", "taken"), getattr(event, "cause", "taken")}
                assert codes <= WORDS, "people are told why"
        return events


def test_every_command_is_known_here() -> None:
    assert set(OUTCOME) == set(DECIDE)


def test_every_command_is_taken_and_does_what_it_says() -> None:
    taken: Counter[type] = Counter()
    for seed in range(SEEDS):
        core = Checked(taken)
        draw = random.Random(seed)

        def next_one(core: Core = core, draw: random.Random = draw) -> c.Command:
            more = others(core, draw)
            possible = [*more, *(step for group in likely(core.engine, core.visits) for step in group)]
            draw.shuffle(possible)
            if min(taken[c.Swap], taken[c.Join]) < 3 and draw.random() < 0.3 and (owner := in_consult(core)):
                return draw.choice([c.Swap(owner), c.Swap(owner), c.Join(owner)])
            if draw.random() < 0.5:  # what was taken least as yet
                return min(filter(core.takes, possible), key=lambda step: taken[type(step)])
            if draw.random() < 0.3:
                return draw.choice(more)
            return choose(core.engine, core.visits, draw.randrange(10**9))

        walk(seed, STEPS, core, next_one)
    assert not [kind.__name__ for kind in DECIDE if not taken[kind]]
