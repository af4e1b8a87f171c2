"""The rules: the journal must know under which of them a decision was made."""

from __future__ import annotations

from typing import NamedTuple

from ..policy import PLAIN, Policy
from ..values import Condition, Relaxation, Sharing, Skills


class PutSite(NamedTuple):
    site: str


class PutSkill(NamedTuple):
    skill: str


class PutReason(NamedTuple):
    """A not-ready reason that people may choose (system reasons are fixed, see `model.SYSTEM_REASONS`)."""

    reason: str
    retired: bool = False


class PutDay(NamedTuple):
    """When the day begins by which agents' contacts and work are counted."""

    starts_s: float
    """Seconds after midnight UTC: 57,600 is midnight in China."""


class PutQueue(NamedTuple):
    queue: str
    line: str = ""
    requires: Skills = ()
    ring_s: float = 15.0
    wrap_up_s: float = 60.0
    """Limit of wrap-up; 0 means none is kept: the agent is free at once."""
    priority_s: float = 0.0
    """Seconds that every visit of this queue is worth."""
    service_level_s: float = 20.0
    service_level_target: float = 0.8
    short_abandon_s: float = 5.0
    closed: bool = False
    """Closed by hand: new visits are refused with `queue_closed`."""
    relax: tuple[Relaxation, ...] = ()
    """Steps by waiting time, earliest first, at most eight."""
    strategy: str = "longest_idle"
    """Which of the free agents: one of `values.STRATEGIES`."""
    site_rule: str = "any"
    """Whose agents: one of `values.SITE_RULES`."""
    behind_s: float = 0.0
    """Seconds that each visit is worth more when none of the latest answers met the service level; in proportion
    to what is missing of the target when some did. 0: off."""
    spare_decliners: bool = False
    """Who declined a visit is not offered it again."""
    second_line: bool = False
    """Experts behind the first line: transfers to it are told apart."""


class PutPolicy(NamedTuple):
    """Refused with `configuration.overflow_loop` when contacts could go round in circles."""

    queue: str
    policy: Policy = PLAIN


class SetHours(NamedTuple):
    """The shell's word, by its calendar: the queue is within its hours, or not. Those who wait go on waiting."""

    queue: str
    open: bool


class RemoveQueue(NamedTuple):
    """Refused with `queue_in_use` while visits wait or talk in it."""

    queue: str


class PutRule(NamedTuple):
    """What contacts with certain attributes are worth, and need, when they enter a queue; all rules add up."""

    rule: str
    when: tuple[Condition, ...]
    """All of them."""
    priority_s: float = 0.0
    requires: Skills = ()
    """Skills beside: an excellent agent, say. A queue's relaxation may drop them again."""
    queues: tuple[str, ...] = ()
    """None: all."""
    media: tuple[str, ...] = ()
    """None: all."""


class RemoveRule(NamedTuple):
    rule: str


class PutAgent(NamedTuple):
    agent: str
    queues: tuple[str, ...] = ()
    skills: Skills = ()
    capacity: tuple[tuple[str, int], ...] = (("voice", 1),)
    """Most contacts at once, by medium."""
    site: str = ""
    ranks: tuple[tuple[str, int], ...] = ()
    """By queue, 1 (first) to 9: of visits that wait, those of a lower rank come first; 1 where nothing is said."""
    sharing: Sharing = Sharing()


class PutProfile(NamedTuple):
    """What of an agent does not matter to who fits whom."""

    agent: str
    team: str = ""
    auto_answer: bool = False
    """The shell accepts every offer for this agent at once."""


class RemoveAgent(NamedTuple):
    """Refused with `agent_busy` while the agent holds an assignment."""

    agent: str


Configuring = (
    PutSite
    | PutSkill
    | PutReason
    | PutDay
    | PutQueue
    | PutPolicy
    | SetHours
    | RemoveQueue
    | PutRule
    | RemoveRule
    | PutAgent
    | PutProfile
    | RemoveAgent
)
