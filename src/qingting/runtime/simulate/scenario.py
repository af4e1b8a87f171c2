"""A scenario: which queues, people and callers a generated day has. Durations are seconds, times of day too.

How it is written stands in docs/guides/simulation.md; `document.read_scenario` reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...core.commands import Skills
from ...core.policy import PLAIN, Policy
from ...core.values import Relaxation

DAY_S = 86_400.0

DAYS_MOST = 1000
AGENTS_MOST = 20_000
QUEUES_MOST = 500
SKILLS_MOST = 500
CONTACTS_MOST = 20_000_000
"""Expected contacts of a whole run."""


@dataclass(frozen=True, slots=True)
class Distribution:
    kind: str
    """`exponential`, `lognormal`, `gamma` or `constant`."""
    mean_s: float
    cv: float = 1.0
    """Standard deviation over mean; 1 for exponential, 0 for constant."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What some callers of a queue ask for beside what the queue itself requires."""

    share: float
    requires: Skills
    priority_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Callback:
    """Who would rather be called back."""

    share: float
    after_s: float
    """They ask for it when they have waited so long."""
    first: str = "agent"
    """Who is called first: `agent` or `customer`."""
    attempts: int = 3
    retry_s: float = 300.0
    reached: float = 0.8
    """Share of attempts at which the customer picks up."""


@dataclass(frozen=True, slots=True)
class HandOn:
    """So many conversations end with a transfer to another queue."""

    share: float
    to: str


@dataclass(frozen=True, slots=True)
class Callers:
    """Who comes to one queue."""

    queue: str
    medium: str
    per_hour: tuple[float, ...]
    """Of an average day; the values divide the opening hours evenly."""
    weekdays: tuple[float, ...]
    """Factor of each day of the week, Monday first."""
    day_cv: float
    """How much days differ from each other, beside what chance brings: their factor has mean 1."""
    handle: Distribution
    wrap_up: Distribution | None
    patience: Distribution | None
    """None: they wait as long as it takes."""
    patient: float
    """Share of callers who wait as long as it takes, whatever the others do."""
    redial: float
    """Share of those who gave up that call again …"""
    redial_after_s: float
    """… so much later on average."""
    wishes: tuple[Wish, ...]
    callback: Callback | None = None
    hand_on: HandOn | None = None
    sites: tuple[tuple[str, float], ...] = ()
    """Where they come in, and which share there; the others belong to no site."""


@dataclass(frozen=True, slots=True)
class QueuePlan:
    name: str
    requires: Skills
    ring_s: float
    wrap_up_s: float
    """Limit of wrap-up; 0 for none."""
    priority_s: float
    service_level_s: float
    service_level_target: float
    short_abandon_s: float
    callers: Callers
    second_line: bool = False
    relax: tuple[Relaxation, ...] = ()
    strategy: str = "longest_idle"
    site_rule: str = "any"
    behind_s: float = 0.0
    policy: Policy = PLAIN
    """How offers are made, and where a visit goes when the queue cannot serve it."""


@dataclass(frozen=True, slots=True)
class Break:
    at_s: float
    length_s: float
    spread_s: float
    """Each agent's begins within so much after `at_s`."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A skill that some of a group have, at a level drawn for each of them."""

    skill: str
    least: int
    most: int
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Group:
    """Agents who are alike."""

    name: str
    count: int
    site: str
    queues: tuple[str, ...]
    skills: tuple[Learnt, ...]
    capacity: tuple[tuple[str, int], ...]
    begins_s: float
    ends_s: float
    breaks: tuple[Break, ...]
    absent: float
    """Share who do not come on a day."""
    pick_up: Distribution | None
    """How long their phone rings; None for not at all."""
    misses: float
    """Share of offers that they let ring out."""
    breaks_at_once: int = 0
    """So many of them may be on a break; 0: all. Who may not goes a little later."""
    auto_answer: bool = False
    """Their phones answer by themselves."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A site cut off: its agents cannot be reached."""

    site: str
    day: int
    """1 is the first; 0 is every day."""
    at_s: float
    length_s: float


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    seed: int
    days: int
    starts: str
    """Date of the first day."""
    opens_s: float
    closes_s: float
    """Callers come between these."""
    warm_up_s: float
    """What came so soon after opening is not counted: the day begins with an empty house."""
    interval_s: float
    shared: float
    """Correlation of the queues' busy days."""
    skills: tuple[str, ...]
    sites: tuple[str, ...]
    queues: tuple[QueuePlan, ...]
    groups: tuple[Group, ...]
    failures: tuple[Failure, ...]

    @property
    def agents(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def intervals(self) -> int:
        return int(DAY_S // self.interval_s)

    def expected_contacts(self, days: int) -> float:
        """On average, redials apart."""
        hours = (self.closes_s - self.opens_s) / 3600
        a_day = sum(
            sum(queue.callers.per_hour) / len(queue.callers.per_hour) * sum(queue.callers.weekdays) / 7
            for queue in self.queues
        )
        return a_day * hours * days
