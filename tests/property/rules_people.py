"""Rules of the core's machine: policies, who is lost, breaks; and what must hold of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from qingting.core import commands as c
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
