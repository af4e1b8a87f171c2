"""The rules."""

from __future__ import annotations

from typing import NamedTuple

from ..policy import Policy
from ..values import Condition, Relaxation, Sharing, Skills


class SitePut(NamedTuple):
    at: float
    site: str


class SkillPut(NamedTuple):
    at: float
    skill: str


class ReasonPut(NamedTuple):
    at: float
    reason: str
    retired: bool


class DayPut(NamedTuple):
    at: float
    starts_s: float


class QueuePut(NamedTuple):
    at: float
    queue: str
    line: str
    requires: Skills
    ring_s: float
    wrap_up_s: float
    priority_s: float
    service_level_s: float
    service_level_target: float
    short_abandon_s: float
    closed: bool
    relax: tuple[Relaxation, ...] = ()
    strategy: str = "longest_idle"
    site_rule: str = "any"
    behind_s: float = 0.0
    spare_decliners: bool = False
    second_line: bool = False


class PolicyPut(NamedTuple):
    at: float
    queue: str
    policy: Policy


class HoursSet(NamedTuple):
    at: float
    queue: str
    open: bool


class QueueRemoved(NamedTuple):
    at: float
    queue: str


class RulePut(NamedTuple):
    at: float
    rule: str
    when: tuple[Condition, ...]
    priority_s: float
    requires: Skills
    queues: tuple[str, ...]
    media: tuple[str, ...]


class RuleRemoved(NamedTuple):
    at: float
    rule: str


class AgentPut(NamedTuple):
    at: float
    agent: str
    queues: tuple[str, ...]
    skills: Skills
    capacity: tuple[tuple[str, int], ...]
    site: str
    ranks: tuple[tuple[str, int], ...] = ()
    sharing: Sharing = Sharing()


class ProfilePut(NamedTuple):
    at: float
    agent: str
    team: str
    auto_answer: bool


class AgentRemoved(NamedTuple):
    at: float
    agent: str


Configured = (
    SitePut
    | SkillPut
    | ReasonPut
    | DayPut
    | QueuePut
    | PolicyPut
    | HoursSet
    | QueueRemoved
    | RulePut
    | RuleRemoved
    | AgentPut
    | ProfilePut
    | AgentRemoved
)
