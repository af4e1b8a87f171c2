"""What a rule may say of customers. `reading.py` makes it of data, `compiling.py` SQL of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

DEPTH_MOST, PARTS_MOST, VALUES_MOST = 5, 40, 50
"""Groups within groups, groups and conditions of a rule, values of a condition."""
DAYS_MOST = 3650
COUNT_MOST = 10_000
ORIGINS = ("hand", "import", "rule", "computed")
What = Literal["contacts", "answered", "abandoned", "self_served", "transferred", "callbacks", "messages"]
WHATS: tuple[What, ...] = get_args(What)
CONTACT_MEDIA = ("voice", "chat", "mail", "sms", "social")


@dataclass(frozen=True)
class All:
    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class Any_:
    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class Not:
    part: Rule


@dataclass(frozen=True)
class Span:
    """Of numbers or of days as text, both ends included; None: no end."""

    least: float | str | None = None
    most: float | str | None = None


@dataclass(frozen=True)
class Kind:
    values: tuple[str, ...]


@dataclass(frozen=True)
class Language:
    values: tuple[str, ...]
    """`zh` is any Chinese, `zh-TW` that one."""


@dataclass(frozen=True)
class Identified:
    """Known by one of this kind (empty: any), at least so surely."""

    kind: str
    level: str


@dataclass(frozen=True)
class Tagged:
    tag: str
    """Empty: any of the layer."""
    layer: str
    origin: str


@dataclass(frozen=True)
class OfField:
    """One of the tenant's searchable fields: any of `values`, or within `span`; neither: something is known."""

    field: str
    values: tuple[str | float | bool, ...]
    span: Span | None


@dataclass(frozen=True)
class OfAttribute:
    name: str
    values: tuple[str | float, ...]
    span: Span | None


@dataclass(frozen=True)
class Consents:
    """What was said last for a purpose on a medium (empty: on any) is this."""

    purpose: str
    medium: str
    given: bool


@dataclass(frozen=True)
class Lives:
    text: str
    """In an address, however it is written: see `model.address_key`."""


@dataclass(frozen=True)
class OnDay:
    """A day of the record itself."""

    what: Literal["born", "since"]
    span: Span


@dataclass(frozen=True)
class When:
    """An instant: within the last days, longer ago than so many, or from day to day; `contact`: the last one."""

    what: Literal["created", "changed", "contact"]
    within_days: float | None
    before_days: float | None
    span: Span | None


@dataclass(frozen=True)
class Contacts:
    """How many contacts within the last days: from `least` to `most`."""

    days: float
    what: What
    direction: str
    media: tuple[str, ...]
    queues: tuple[str, ...]
    outcomes: tuple[str, ...]
    dispositions: tuple[str, ...]
    waited_s: float
    least: int
    most: int | None


Condition = Kind | Language | Identified | Tagged | OfField | OfAttribute | Consents | Lives | OnDay | When | Contacts
Rule = All | Any_ | Not | Condition
