"""The typed bodies of what decides who serves whom: sites, skills, queues, rules, agents, and how media share one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, field_validator

from .fields import HOST, Body, Id, Key, Language, Level, Network, OptionalId, Part, Plain, Ref, Seconds, Word, bad
from .policy import Breaks, Policy

Medium = Literal["voice", "chat", "mail", "sms", "social"]
Strategy = Literal["longest_idle", "least_occupied", "fewest_contacts", "fair_round", "best_fit"]
"""Which of the free agents; `core/choosing.py` says how each is counted."""
Enough = Annotated[int, Field(ge=0, le=4)]
"""A level that is enough from now on; 0 drops the skill."""
Load = Annotated[int, Field(ge=0, le=100)]
Worth = Annotated[float, Field(ge=-86_400, le=86_400, allow_inf_nan=False)]
"""Priority, in seconds of waiting."""
Attribute = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Number = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]

Requires = Annotated[dict[Id, Level], Ref("skills"), Field(max_length=8)]
"""Skills with the least level of each; so many may be required of one visit."""


class Site(Body):
    """Where agents sit. With a `host` their phones register at another engine, which is reached there; the secret
    that both engines know stands apart, sealed."""

    host: Annotated[str, Field(max_length=253, pattern=HOST)] = ""
    port: Annotated[int, Field(ge=1, le=65_535)] = 5060
    transport: Literal["udp", "tcp", "tls"] = "udp"
    addresses: Annotated[list[Network], Field(max_length=50)] = []
    """Whence its calls come; none: where its host is."""


class Skill(Body):
    """`kind` only sorts them for people: languages and grades (second line) are skills like any other."""

    kind: Literal["skill", "language", "grade"] = "skill"


class Step(Part):
    """What changes for visits that have waited so long; steps add up, and only ever widen who may serve them."""

    after_s: Annotated[float, Field(ge=1, le=86_400, allow_inf_nan=False)]
    lower: Annotated[dict[Id, Enough], Ref("skills"), Field(max_length=8)] = {}
    sites: Annotated[list[Id], Ref("sites"), Field(max_length=50)] = []
    """Beside the visit's own."""
    all_sites: bool = False
    priority_s: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 0.0
    anyone: bool = False
    """Also who declined it, or was excluded."""


class Queue(Policy):
    line: Annotated[OptionalId, Ref("lines")] = ""
    hours: Annotated[OptionalId, Ref("hours")] = ""
    """Outside of them its overflow counts it as out of hours; none: always open."""
    site: Annotated[OptionalId, Ref("sites")] = ""
    """Which it stands for: other sites' queues may flow over to it as to that site."""
    second_line: bool = False
    """Experts behind the first line: transfers to it are told apart."""
    requires: Requires = {}
    relax: Annotated[list[Step], Field(max_length=8)] = []
    strategy: Strategy = "longest_idle"
    site_rule: Literal["any", "near", "home"] = "any"
    """Of whose site: all alike, the visit's own first, or its own alone until a step says otherwise."""
    behind_s: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 0.0
    """Seconds that its visits are worth more when none of the latest answers met the service level; 0: off."""
    spare_decliners: bool = False
    last_agent_s: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 0.0
    """So long a customer waits for whom they talked with last, if on duty; then others have them as well. 0: off."""
    ring_s: Annotated[float, Field(ge=3, le=300)] = 15.0
    wrap_up_s: Seconds = 60.0
    priority_s: Worth = 0.0
    service_level_s: Annotated[float, Field(gt=0, le=86_400)] = 20.0
    service_level_target: Annotated[float, Field(ge=0, le=1)] = 0.8
    short_abandon_s: Seconds = 5.0
    closed: bool = False
    music: Word = ""
    announce_place: bool = True
    announce_wait: bool = True
    announce_every_s: Annotated[float, Field(ge=10, le=3600)] = 30.0
    record: bool = True
    dispositions: Annotated[list[Id], Ref("dispositions"), Field(max_length=200)] = []

    @field_validator("relax")
    @classmethod
    def _later_and_later(cls, relax: list[Step]) -> list[Step]:
        if any(step.after_s >= following.after_s for step, following in pairwise(relax)):
            raise bad("relax.order", "each step comes after the one before")
        return relax


class Condition(Part):
    """`attribute` `operator` `value`, of what is known of a contact; one that is unknown meets only `!=`."""

    attribute: Attribute
    operator: Literal["=", "!=", ">=", "<="] = "="
    value: Number | Code

    @field_validator("value", mode="before")
    @classmethod
    def _number_if_plain(cls, value: object) -> object:
        return float(value) if isinstance(value, Plain) and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", value) else value

    @field_validator("value")
    @classmethod
    def _comparable(cls, value: float | str, info: object) -> float | str:
        if isinstance(value, str) and getattr(info, "data", {}).get("operator") in (">=", "<="):
            raise bad("rule.number_needed", "at least and at most compare numbers")
        return value


class Rule(Body):
    """What contacts of whom all of `when` holds are worth and need when they enter a queue; all rules add up."""

    when: Annotated[list[Condition], Field(min_length=1, max_length=8)]
    priority_s: Worth = 0.0
    requires: Requires = {}
    queues: Annotated[list[Id], Ref("queues"), Field(max_length=200)] = []
    """None: all."""
    media: Annotated[list[Medium], Field(max_length=5)] = []
    """None: all."""


class Team(Body):
    """Agents who are looked after together."""

    breaks: Breaks = Breaks()


class Agent(Body):
    number: Annotated[str, Field(pattern=r"^\d{2,8}$")]
    team: Annotated[OptionalId, Ref("teams")] = ""
    site: Annotated[OptionalId, Ref("sites")] = ""
    queues: Annotated[list[Id], Ref("queues"), Field(max_length=200)] = []
    ranks: Annotated[dict[Id, Annotated[int, Field(ge=1, le=9)]], Ref("queues"), Field(max_length=200)] = {}
    """Of visits that wait, those of the queue with the lower rank come first; 1 where nothing is said."""
    skills: Annotated[dict[Id, Level], Ref("skills"), Field(max_length=60)] = {}
    capacity: dict[Medium, Annotated[int, Field(ge=0, le=50)]] = {"voice": 1}
    """Most contacts at once, by medium."""
    load: Load = 0
    """Most over all media, weighted as the settings say; 0: as the settings say."""
    dial_out: bool = False
    auto_answer: bool = False
    """Every offer is accepted for them at once."""
    language: Language = "zh"

    def unique_keys(self) -> Iterator[Key]:
        yield Key("number", f"number:{self.number}")  # two people may share a name


class Media(Part):
    """How the media of an agent share them."""

    load: Load = 0
    """Most over all media at once; 0: each medium counts for itself alone."""
    weights: dict[Medium, Annotated[int, Field(ge=1, le=100)]] = {}
    """Load of one contact; 1 where nothing is said."""
    interrupts: dict[Medium, Annotated[list[Medium], Field(max_length=5)]] = {}
    """Which media a medium may interrupt: their conversations are parked for it, the first one's first."""

    @field_validator("interrupts")
    @classmethod
    def _one_way(cls, interrupts: dict[Medium, list[Medium]]) -> dict[Medium, list[Medium]]:
        for by, others in interrupts.items():
            if by in others:
                raise bad("media.itself", "no medium interrupts itself")
            if any(by in interrupts.get(other, []) for other in others):
                raise bad("media.each_other", "two media cannot interrupt each other")
        return interrupts
