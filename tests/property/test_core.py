"""Every command, in any order, by a world of few names: what must hold, holds after each."""

from __future__ import annotations

import json
import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.engine import Engine
from qingting.core.values import SITE_RULES, STRATEGIES
from qingting.errors import Refused

from .holds import MEDIA, Holds, indexes
from .likely import CONTACTS, choose
from .oracle import Oracle
from .rules_people import PeopleRules
from .rules_transfers import TransferRules

SKILLS = ["zh", "en", "loans"]
QUEUES = ["sales", "care", "vip"]
AGENTS = ["a1", "a2", "a3", "a4"]

skills = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5), max_size=2).map(
    lambda d: tuple(sorted(d.items()))
)
queues = st.lists(st.sampled_from(QUEUES), unique=True, max_size=3).map(tuple)
capacity = st.fixed_dictionaries(
    {}, optional={"voice": st.integers(0, 2), "chat": st.integers(0, 3), "mail": st.integers(0, 2)}
).map(lambda d: tuple(d.items()))
agents = st.sampled_from(AGENTS)
queue_ids = st.sampled_from(QUEUES)
contacts = st.sampled_from(CONTACTS)
sites = st.sampled_from(["", "", "north", "south"])
relaxations = st.lists(
    st.builds(
        c.Relaxation,
        after_s=st.sampled_from([5.0, 10.0, 30.0]),
        lower=st.dictionaries(st.sampled_from(SKILLS), st.integers(0, 3), max_size=2).map(lambda d: tuple(d.items())),
        sites=st.sampled_from([(), ("south",), ("*",)]),
        priority_s=st.sampled_from([0.0, 0.0, 20.0]),
        anyone=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda step: step.after_s,
).map(lambda steps: tuple(sorted(steps)))
ranks = st.dictionaries(queue_ids, st.integers(1, 3), max_size=2)
sharings = st.sampled_from(
    [
        c.Sharing(),
        c.Sharing(),
        c.Sharing(2, (), (("voice", "chat"),)),
        c.Sharing(3, (("voice", 3), ("mail", 2)), (("voice", "mail"), ("voice", "chat"), ("chat", "mail"))),
        c.Sharing(2, (), ()),
    ]
)
wishes = st.builds(
    c.Requirements,
    skills=skills,
    site=sites,
    exclude=st.lists(agents, max_size=2).map(tuple),
    prefer=st.sampled_from(["", *AGENTS]),
    prefer_s=st.sampled_from([0.0, 12.0]),
)
numbers = st.integers(0, 50)
seconds = st.sampled_from([0.0, 0.0, 1.0, 7.5, 30.0])


class Core(Holds, TransferRules, PeopleRules, RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.engine = Engine()
        self.shadow = Engine()
        self.oracle = Oracle()
        self.now = 1000.0
        self.visits = 0
        self.agent_of: dict[str, str] = {}
        self.outcomes: dict[str, str] = {}
        self.carried: dict[tuple[str, Any], int] = {}

    def ask(self, command: c.Command) -> list[e.Event] | None:
        """Decide twice, apply once; None when refused."""
        before, index = self.engine.dump(), indexes(self.engine)
        try:
            events = self.engine.decide(command, self.now)
        except Refused:
            assert (self.engine.dump(), indexes(self.engine)) == (before, index)
            return None
        assert (self.engine.dump(), indexes(self.engine)) == (before, index)
        assert self.engine.decide(command, self.now) == events
        expected, follows = self.oracle.match(self.engine, command, events)
        assert follows == expected
        for event in events:
            if isinstance(event, e.AssignmentOffered):
                assert len(event.why.encode()) <= 300
                self.agent_of[event.assignment] = event.agent
            self.oracle.saw(event, self.agent_of)
            if isinstance(event, e.VisitStarted | e.ConsultStarted):
                assert event.visit not in self.outcomes
                self.outcomes[event.visit] = ""
            if isinstance(event, e.VisitStarted):
                offers = [x for x in events if isinstance(x, e.AssignmentOffered) and x.visit == event.visit]
                assert offers or not event.offered
            if isinstance(event, e.VisitEnded | e.ConsultEnded):
                assert self.outcomes[event.visit] == "", "a visit ends once"
                self.outcomes[event.visit] = event.outcome if isinstance(event, e.VisitEnded) else event.why
            self.engine.apply(event)
        self.shadow.fold(events)
        return events

    # --- the world ---

    @initialize(
        n=st.integers(0, 4),
        requires=st.lists(skills, min_size=3, max_size=3),
        setup=st.lists(st.tuples(queues, skills), min_size=3, max_size=4),
    )
    def begin(self, n: int, requires: list[c.Skills], setup: list[tuple[tuple[str, ...], c.Skills]]) -> None:
        for skill in SKILLS:
            self.ask(c.PutSkill(skill))
        self.ask(c.PutReason("break"))
        self.ask(c.PutSite("north"))
        self.ask(c.PutSite("south"))
        self.ask(c.PutRule("vip", (c.Condition("vip", "=", "gold"),), 25.0))
        self.ask(c.PutRule("loyal", (c.Condition("years", ">=", 4.0),), 10.0, (("zh", 2),), (), ("voice",)))
        for queue, wants in zip(QUEUES, requires, strict=True):
            self.ask(c.PutQueue(queue, requires=wants))
        for agent, (member, can) in zip(AGENTS, setup, strict=False):
            self.ask(c.PutAgent(agent, member, can))
            self.ask(c.SetReachable(agent, "voice", True))
            self.ask(c.SetPresence(agent, "available"))

    @rule(s=seconds)
    def time_passes(self, s: float) -> None:
        self.now += s

    @rule()
    def clock_set_back(self) -> None:
        self.now -= 3.0

    @rule()
    def restart(self) -> None:
        """From a snapshot that went through JSON."""
        self.engine = Engine.load(json.loads(json.dumps(self.engine.dump())))

    @rule(picks=st.lists(st.integers(0, 10**6), min_size=5, max_size=25))
    def busy_hour(self, picks: list[int]) -> None:
        """What is likely, so that there is something to go wrong."""
        for pick in picks:
            self.visits += 1
            self.ask(choose(self.engine, self.visits, pick))
            self.all_holds()
            if pick % 5 == 0:
                self.time_passes(pick % 3 * 4.0)
                self.tick()

    def all_holds(self) -> None:
        """In the middle of a rule as well."""
        self.same_entries_same_state()
        self.indexes_can_be_rebuilt()
        self.load_within_capacity()
        self.one_owner()
        self.work_is_conserved()
        self.draining_ends()
        self.none_lost()
        self.one_is_asked_at_a_time_and_only_while_somebody_asks()
        self.a_contact_has_one_open_visit()
        self.callbacks_go_on()
        self.who_waits_for_nobody_does_not_wait()

    # --- configuration ---

    @rule(q=queue_ids, requires=skills, ring=st.sampled_from([5.0, 15.0]), wrap=st.sampled_from([0.0, 20.0]),
          priority=st.sampled_from([0.0, 30.0]), closed=st.sampled_from([False, False, False, True]),
          relax=relaxations, strategy=st.sampled_from(STRATEGIES), site_rule=st.sampled_from(SITE_RULES),
          behind=st.sampled_from([0.0, 40.0]), spare=st.booleans())  # fmt: skip
    def put_queue(
        self, q: str, requires: c.Skills, ring: float, wrap: float, priority: float, closed: bool,
        relax: tuple[c.Relaxation, ...], strategy: str, site_rule: str, behind: float, spare: bool,
    ) -> None:  # fmt: skip
        put = c.PutQueue(
            q, "", requires, ring, wrap, priority, closed=closed, relax=relax, strategy=strategy,
            site_rule=site_rule, behind_s=behind, spare_decliners=spare,
        )  # fmt: skip
        assert self.ask(put) is not None
        assert self.ask(put) == [], "what is equal changes nothing"

    @rule(q=queue_ids)
    def remove_queue(self, q: str) -> None:
        self.ask(c.RemoveQueue(q))

    @rule(worth=st.sampled_from([0.0, 25.0, -10.0]), q=queue_ids, skills=skills)
    def put_rule(self, worth: float, q: str, skills: c.Skills) -> None:
        self.ask(c.PutRule("vip", (c.Condition("vip", "!=", ""),), worth, skills, (q,)))

    @rule()
    def remove_rule(self) -> None:
        self.ask(c.RemoveRule("vip"))

    @rule(starts_s=st.sampled_from([1100.0, 57600.0]))
    def put_day(self, starts_s: float) -> None:
        self.ask(c.PutDay(starts_s))

    @rule(a=agents, member=queues, can=skills, most=capacity, site=sites, ranks=ranks, sharing=sharings)
    def put_agent(
        self, a: str, member: tuple[str, ...], can: c.Skills, most: Any, site: str, ranks: dict[str, int],
        sharing: c.Sharing,
    ) -> None:  # fmt: skip
        own = tuple((queue, rank) for queue, rank in ranks.items() if queue in member)
        put = c.PutAgent(a, member, can, most, site, own, sharing)
        if self.ask(put) is not None:
            assert self.ask(put) == [], "what is equal changes nothing"

    @rule(a=agents)
    def remove_agent(self, a: str) -> None:
        self.ask(c.RemoveAgent(a))

    @rule(reason=st.sampled_from(["break", "lunch", "system"]), retired=st.booleans())
    def put_reason(self, reason: str, retired: bool) -> None:
        self.ask(c.PutReason(reason, retired))

    # --- agents ---

    @rule(a=agents, presence=st.sampled_from(["available"] * 5 + ["not_ready", "offline", "lost"]),
          reason=st.sampled_from(["", "break", "system", "nap"]))  # fmt: skip
    def set_presence(self, a: str, presence: str, reason: str) -> None:
        self.ask(c.SetPresence(a, presence, reason))

    @rule(a=agents)
    def take_a_break(self, a: str) -> None:
        self.ask(c.SetPresence(a, "not_ready", "break"))

    @rule(a=agents, medium=st.sampled_from(MEDIA), there=st.sampled_from([True, True, True, False]))
    def set_reachable(self, a: str, medium: str, there: bool) -> None:
        self.ask(c.SetReachable(a, medium, there))

    @rule(a=agents, contact=contacts, wrap=st.sampled_from([0.0, 20.0]))
    def agent_dials(self, a: str, contact: str, wrap: float) -> None:
        self.visits += 1
        self.ask(c.AgentDials(a, contact, "j", f"v{self.visits}", wrap_up_s=wrap))

    # --- contacts ---

    @rule(contact=contacts, medium=st.sampled_from(MEDIA), site=sites, q=queue_ids, wants=wishes,
          ago=st.sampled_from([None, 3.0, 12.0]))  # fmt: skip
    def arrives_with_wishes(
        self, contact: str, medium: str, site: str, q: str, wants: c.Requirements, ago: float | None
    ) -> None:
        self.ask(c.ContactArrives(contact, "j", medium, site=site))
        self.visits += 1
        since = None if ago is None else self.now - ago
        self.ask(c.EnterQueue(contact, f"v{self.visits}", q, since=since, wants=wants))

    @rule(contact=contacts, attributes=st.sampled_from([
        (("vip", "gold"),), (("years", 5.0),), (("vip", ""),), (("years", 1.0), ("vip", "gold"))]))  # fmt: skip
    def becomes_known(self, contact: str, attributes: c.Attributes) -> None:
        self.ask(c.SetAttributes(contact, attributes))

    @rule(contact=contacts, medium=st.sampled_from(["voice", "voice", "chat", "pigeon"]), q=queue_ids, wants=skills,
          priority=st.sampled_from([0.0, 15.0]), ago=st.sampled_from([None, 0.0, 12.0, -5.0]))  # fmt: skip
    def arrives_and_waits(
        self, contact: str, medium: str, q: str, wants: c.Skills, priority: float, ago: float | None
    ) -> None:
        self.ask(c.ContactArrives(contact, "j", medium))
        self.visits += 1
        self.ask(
            c.EnterQueue(contact, f"v{self.visits}", q, wants, priority, None if ago is None else self.now - ago)
        )

    @rule(contact=contacts, q=queue_ids, visit=st.integers(1, 5))
    def enters_with_any_id(self, contact: str, q: str, visit: int) -> None:
        if f"v{visit}" not in self.outcomes:
            self.ask(c.EnterQueue(contact, f"v{visit}", q))

    @rule(contact=contacts)
    def moves_on(self, contact: str) -> None:
        self.ask(c.DialogueMoves(contact, "main", 1, "menu", "1", "{}"))
        self.ask(c.SetLanguage(contact, "en"))

    @rule(n=numbers)
    def leaves_queue(self, n: int) -> None:
        self.ask(c.LeaveQueue(self.some(self.engine.state.visits, n), "flow"))

    @rule(contact=contacts, cause=st.sampled_from(["customer", "agent", "engine_lost", "failed", "flow"]))
    def ends(self, contact: str, cause: str) -> None:
        self.ask(c.ContactEnds(contact, cause))

    # --- assignments ---

    @rule(n=numbers, what=st.sampled_from([
        c.Accept, c.Accept, c.Accept, c.Decline, c.Connected, c.Connected, c.Hold, c.Resume, c.FinishWrapUp,
        c.FinishWrapUp, c.PauseRecording, c.ResumeRecording]))  # fmt: skip
    def assignment_moves(self, n: int, what: Any) -> None:
        self.ask(what(self.some(self.engine.state.assignments, n)))

    @rule(n=numbers, why=st.sampled_from(["agent", "busy", "unreachable", "failed"]))
    def declined(self, n: int, why: str) -> None:
        self.ask(c.Decline(self.some(self.engine.state.assignments, n), why))

    @rule(n=numbers, why=st.sampled_from(["hangup", "lost"]))
    def agent_leaves(self, n: int, why: str) -> None:
        self.ask(c.AgentLeaves(self.some(self.engine.state.assignments, n), why))

    @rule(n=numbers)
    def connect_fails(self, n: int) -> None:
        self.ask(c.ConnectFails(self.some(self.engine.state.assignments, n), "bridge"))

    @rule(n=numbers)
    def disposition(self, n: int) -> None:
        self.ask(c.SetDisposition(self.some(self.engine.state.assignments, n), "sold"))

    @rule()
    def tick(self) -> None:
        due = self.engine.next_deadline()
        events = self.ask(c.Tick())
        assert bool(events) == (due is not None and due <= max(self.now, self.engine.state.at))

    @rule()
    def deadline_comes(self) -> None:
        if self.engine.next_deadline() is not None:
            self.deadline()

    def deadline(self) -> None:
        due = self.engine.next_deadline()
        assert due is not None
        self.now = max(self.now, due)
        assert self.ask(c.Tick())

    def some(self, among: dict[str, Any], n: int) -> str:
        ids = list(among)
        return ids[n % len(ids)] if ids else "none"

    def teardown(self) -> None:
        """Everybody goes on, and everything ends."""
        if not self.engine.state.skills:
            return
        everything = tuple((skill, 5) for skill in sorted(SKILLS))
        s = self.engine.state
        for helper, site in [("helper", ""), ("northerner", "north"), ("southerner", "south")]:
            self.ask(c.PutAgent(helper, tuple(s.queues), everything, tuple((medium, 1) for medium in MEDIA), site))
            for medium in MEDIA:
                self.ask(c.SetReachable(helper, medium, True))
            self.ask(c.SetPresence(helper, "available"))
        for queue in list(s.queues):
            self.ask(c.PutPolicy(queue))
        for callback in list(s.callbacks):
            self.ask(c.CancelCallback(callback))
        for party in list(s.parties):
            self.ask(c.PartyEnds(party))
        for _ in range(300):
            s = self.engine.state
            if not s.visits:
                break
            for a in sorted(s.assignments.values(), key=lambda a: a.state in ("wrap_up", "lapsed")):
                if a.state in ("offered", "connecting"):
                    self.ask(c.Accept(a.id))
                    assert self.ask(c.Connected(a.id)) is not None
                elif a.state in ("active", "held", "joined", "parked"):
                    assert self.ask(c.AgentLeaves(a.id)) is not None
                else:
                    self.deadline()
                break
            else:
                assert any(v.prefer_until for v in s.visits.values()), "a visit waits although somebody can take it"
                self.deadline()
        assert not s.visits
        assert not s.assignments
        assert s.timers.first() is None
        assert s.relaxing.first() is None
        for contact in list(s.contacts):
            self.ask(c.ContactEnds(contact, "customer"))
        assert not s.contacts


TestCore = Core.TestCase
TestCore.settings = settings(
    max_examples=int(os.environ.get("CORE_EXAMPLES", "60")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
