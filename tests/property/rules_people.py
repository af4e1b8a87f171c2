"""Rules of the core's machine: policies, who is lost, breaks; and what must hold of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from qingting.core import commands as c
from qingting.core.engine import Engine
from qingting.core.policy import Overflow, Policy

QUEUES = ["sales", "care", "vip"]
AGENTS = ["a1", "a2", "a3", "a4"]

queues = st.sampled_from(QUEUES)
agents = st.sampled_from(AGENTS)
overflow = st.builds(
    Overflow,
    st.sampled_from(["closed", "no_agents", "size", "longest_wait", "waited", "rains"]),
    st.sampled_from([0.0, 1.0, 20.0]),
    st.sampled_from(["queue", "site", "message"]),
    queues,
)
policies = st.builds(
    Policy,
    st.sampled_from([1, 1, 2, 3]),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from([0.0, 10.0]),
    st.booleans(),
    st.sampled_from([0.0, 10.0]),
    st.sampled_from([0.0, 30.0]),
    st.lists(overflow, max_size=2).map(tuple),
)


class PeopleRules:
    engine: Engine
    visits: int
    now: float

    def ask(self, command: c.Command) -> Any:
        raise NotImplementedError

    @rule(q=queues, policy=policies)
    def put_policy(self, q: str, policy: Policy) -> None:
        put = c.PutPolicy(q, policy)
        if self.ask(put) is not None:
            assert self.ask(put) == [], "what is equal changes nothing"

    @rule(a=agents, team=st.sampled_from(["", "red", "blue"]), auto=st.booleans())
    def put_profile(self, a: str, team: str, auto: bool) -> None:
        self.ask(c.PutProfile(a, team, auto))

    @rule(a=agents, presence=st.sampled_from(["not_ready", "offline", "available"]), by=st.sampled_from(["", "boss"]))
    def force(self, a: str, presence: str, by: str) -> None:
        self.ask(c.SetPresence(a, presence, "break" if presence == "not_ready" else "", by, True))

    @rule(q=queues, open=st.booleans())
    def hours(self, q: str, open: bool) -> None:
        self.ask(c.SetHours(q, open))

    @rule(of=st.sampled_from(["", "c0", "c1", "c2"]), q=st.sampled_from(["", *QUEUES]), key=st.sampled_from("kl"),
          later=st.sampled_from([0.0, 5.0, 40.0]), first=st.sampled_from(["agent", "customer", "dog"]),
          attempts=st.integers(0, 2))  # fmt: skip
    def callback(self, of: str, q: str, key: str, later: float, first: str, attempts: int) -> None:
        self.visits += 1
        at = self.now + later if later else 0.0
        self.ask(
            c.RequestCallback(
                f"b{self.visits}", "p", key, of, q, at=at, first=first, attempts=attempts, retry_s=5.0, expires_s=50.0
            )
        )

    @rule(n=st.integers(0, 9), cancel=st.booleans())
    def callback_moves(self, n: int, cancel: bool) -> None:
        callbacks = list(self.engine.state.callbacks.values())
        if callbacks:
            back = callbacks[n % len(callbacks)]
            self.ask(c.CancelCallback(back.id) if cancel else c.CustomerAnswers(back.contact))

    @rule(scope=st.sampled_from(["team", "queue"]), id=st.sampled_from(["red", "care"]), most=st.integers(0, 2),
          reasons=st.sampled_from([(), ("break",)]))  # fmt: skip
    def limit(self, scope: str, id: str, most: int, reasons: tuple[str, ...]) -> None:
        self.ask(c.PutBreakLimit(scope, id, reasons, most))

    @rule(n=st.integers(0, 4), a=agents, ahead=st.sampled_from([0.0, 4.0, 30.0]), cancel=st.booleans())
    def breaks(self, n: int, a: str, ahead: float, cancel: bool) -> None:
        start = max(self.now, self.engine.state.at) + ahead
        if self.ask(c.ReserveBreak(f"k{n}", a, "break", start, start + 20.0)) is None and cancel:
            self.ask(c.CancelBreak(f"k{n}"))

    @rule(q=queues, n=st.integers(0, 3), a=agents, over=st.booleans())
    def messages(self, q: str, n: int, a: str, over: bool) -> None:
        if self.ask(c.TakeMessage(f"m{n}", q, "p", "note")) is None:
            self.ask(c.ClaimMessage(f"m{n}", a, a, 20.0, over))
            if not over:
                self.ask(c.CloseMessage(f"m{n}", "a1", "done"))

    @invariant()
    def who_is_offline_sees_to_no_message_for_long(self) -> None:
        s = self.engine.state
        due = self.engine.next_deadline()
        for message in s.messages.values():
            assert bool(message.by) == bool(message.until) == bool(message.why)
            assert not message.by or (due is not None and due <= message.until)

    @invariant()
    def callbacks_go_on(self) -> None:
        s = self.engine.state
        for back in s.callbacks.values():
            assert (back.due == 0.0) == bool(back.contact), "an attempt is under way, or one comes"
            if back.contact:
                assert s.contacts[back.contact].callback == back.id
                assert not s.contacts[back.contact].ended
        for contact in s.contacts.values():
            assert not contact.callback or contact.callback in s.callbacks

    @invariant()
    def who_waits_for_nobody_does_not_wait(self) -> None:
        s = self.engine.state
        for queue in s.queues.values():
            flees = any(rule.when == "no_agents" for rule in queue.policy.overflow)
            alone = any(
                visit.queue == queue.id
                and visit.state == "waiting"
                and not any(
                    queue.id in agent.queues and agent.presence != "offline" and visit.medium in agent.reachable
                    for agent in s.agents.values()
                )
                for visit in s.visits.values()
            )
            assert bool(queue.alone_at) == (flees and alone)
