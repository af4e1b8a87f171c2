"""A policy: what should have been otherwise. Laid over every command that configures queues, rules and agents, at the
beginning of the stretch and whenever it was configured anew. What it does not name stays as it was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ...core import commands as c
from ...core.model import State
from ...core.policy import PLAIN
from ...flow.tree import Tree

Changes = dict[str, Any]
"""Fields of a command, and what they are instead."""


class Like(NamedTuple):
    """More agents like one that there is: same queues, skills and presences."""

    agent: str
    many: int
    hours: tuple[float, float] | None
    """On duty then instead, every day; seconds after local midnight."""


@dataclass
class Policy:
    name: str
    queues: dict[str, Changes] = field(default_factory=dict)
    agents: dict[str, Changes] = field(default_factory=dict)
    profiles: dict[str, Changes] = field(default_factory=dict)
    """By agent: fields of `PutProfile`."""
    policies: dict[str, Changes] = field(default_factory=dict)
    """By queue: fields of its `core.policy.Policy`."""
    rules: dict[str, Changes] = field(default_factory=dict)
    """Of a new rule: all its fields."""
    without_rules: tuple[str, ...] = ()
    more: tuple[Like, ...] = ()
    without: tuple[str, ...] = ()
    """Agents who do not come."""
    places: dict[str, Tree] = field(default_factory=dict)
    """Where each of these stands in the text, by `queue/<id>` and the like."""

    @property
    def leads_elsewhere(self) -> set[str]:
        """Queues whose overflow is other than it was."""
        return {queue for queue, changes in self.policies.items() if "overflow" in changes}

    @property
    def extends_wrap_up(self) -> set[str]:
        """Queues whose extension of wrap-up is other than it was."""
        return {queue for queue, changes in self.policies.items() if changes.get("extend_wrap_up_s")}

    def copies(self, agent: str) -> list[tuple[str, Like]]:
        likes = [like for like in self.more if like.agent == agent for _ in range(like.many)]
        return [(f"{agent}+{n}", like) for n, like in enumerate(likes, 1)]

    def over(self, command: c.Command) -> Iterator[c.Command]:
        """What comes instead of a recorded command."""
        match command:
            case c.PutQueue():
                yield command._replace(**self.queues.get(command.queue, {}))
            case c.PutPolicy():
                yield command._replace(policy=command.policy._replace(**self.policies.get(command.queue, {})))
            case c.PutRule():
                if command.rule not in self.without_rules:
                    yield command._replace(**self.rules.get(command.rule, {}))
            case c.RemoveRule():
                if command.rule not in self.without_rules:
                    yield command
            case c.PutAgent():
                changed = command._replace(**self.agents.get(command.agent, {}))
                yield changed
                for copy, _ in self.copies(command.agent):
                    yield changed._replace(agent=copy)
            case c.PutProfile():
                profile = command._replace(**self.profiles.get(command.agent, {}))
                yield profile
                for copy, _ in self.copies(command.agent):  # a team's limits of breaks are for those who were there
                    yield c.PutProfile(copy, auto_answer=profile.auto_answer)
            case c.RemoveAgent():
                yield command
                for copy, _ in self.copies(command.agent):
                    yield c.RemoveAgent(copy)
            case c.SetPresence() | c.SetReachable():
                if command.agent not in self.without:
                    yield command
                    for copy, like in self.copies(command.agent):
                        if like.hours is None:
                            yield command._replace(agent=copy)
            case c.AgentDials():
                if command.agent not in self.without:
                    yield command
            case _:
                yield command

    def at_first(self, state: State) -> Iterator[tuple[str, c.Command]]:
        """What changes at the beginning, each with its place in the text (`queue/<id>` …)."""
        for queue in self.queues:
            if queue in state.queues:
                for put in self.over(_put_queue(state, queue)):
                    yield f"queue/{queue}", put
        for rule in self.without_rules:
            if rule in state.rules:
                yield "", c.RemoveRule(rule)
        yield from self.due(state)
        for agent in {*self.agents, *[like.agent for like in self.more]}:
            if agent in state.agents:
                for put in self.over(_put_agent(state, agent)):
                    yield f"agent/{agent}", put
        for agent in sorted({*self.profiles, *[like.agent for like in self.more]}):
            if (found := state.agents.get(agent)) is not None:
                for put in self.over(c.PutProfile(agent, found.team, found.auto_answer)):
                    yield f"agent/{agent}", put
        for agent in self.without:
            if agent in state.agents:
                yield "", c.SetPresence(agent, "offline")
        for like in self.more:
            yield from self._as_now(state, like)

    def due(self, state: State) -> Iterator[tuple[str, c.Command]]:
        """What is not as the policy wants it, once the queues and skills that it names are there."""
        yield from self._policies_due(state)
        yield from self._rules_due(state)

    def _policies_due(self, state: State) -> Iterator[tuple[str, c.Command]]:
        due = []
        for id, changes in self.policies.items():
            known = state.queues[id].policy if id in state.queues else PLAIN
            put = known._replace(**changes)
            led_to = {rule.target for rule in put.overflow if rule.to in ("queue", "site")}
            if put != known and {id, *led_to} <= state.queues.keys():
                due.append((f"queue/{id}", c.PutPolicy(id, put)))
                if known.overflow:  # that two queues are turned round is no circle in between
                    yield f"queue/{id}", c.PutPolicy(id, known._replace(overflow=()))
        yield from due

    def _rules_due(self, state: State) -> Iterator[tuple[str, c.Command]]:
        for rule, changes in self.rules.items():
            known = state.rules.get(rule)
            put = (c.PutRule(*known) if known is not None else c.PutRule(rule, ()))._replace(**changes)
            named = {*put.queues} <= state.queues.keys() and {
                skill for skill, _ in put.requires
            } <= state.skills.keys()
            if named and put.when and (known is None or tuple(put) != tuple(known)):
                yield f"rule/{rule}", put

    def _as_now(self, state: State, like: Like) -> Iterator[tuple[str, c.Command]]:
        agent = state.agents.get(like.agent)
        if agent is None:
            return
        for copy, of in self.copies(like.agent):
            if of is not like:
                continue
            for medium, _ in (
                agent.capacity if like.hours is not None else [(medium, 1) for medium in agent.reachable]
            ):
                yield "", c.SetReachable(copy, medium, True)
            if like.hours is None and agent.presence != "offline":
                yield "", c.SetPresence(copy, agent.presence, agent.reason)


def _put_queue(state: State, id: str) -> c.PutQueue:
    queue = state.queues[id]
    return c.PutQueue(id, *[getattr(queue, name) for name in c.PutQueue._fields[1:]])


def _put_agent(state: State, id: str) -> c.PutAgent:
    agent = state.agents[id]
    return c.PutAgent(id, *[getattr(agent, name) for name in c.PutAgent._fields[1:]])
