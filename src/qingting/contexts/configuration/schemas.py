"""The typed body of every kind of configured thing, with a bound on each value (routing's own: `routing.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from qingting import numbers

from .fields import (
    E164,
    HOST,
    Body,
    Clock,
    Date,
    Day,
    Id,
    Key,
    Language,
    Name,
    Network,
    OptionalId,
    Permission,
    Ref,
    Texts,
    Word,
    Zone,
    bad,
)
from .outside import Service
from .routing import Agent, Media, Queue, Rule, Site, Skill, Team

__all__ = [
    "KINDS",
    "Agent",
    "Body",
    "Day",
    "Destination",
    "Disposition",
    "EntryPoint",
    "Flow",
    "Hours",
    "Line",
    "Media",
    "Queue",
    "Reason",
    "Retention",
    "Rule",
    "Service",
    "Settings",
    "Site",
    "Skill",
    "Team",
    "Texts",
    "Trunk",
]


class Line(Body):
    """A business line (业务线), or the client of an outsourcer."""


class Reason(Body):
    """Why somebody is not ready (置忙)."""

    names: Texts
    retired: bool = False


class Disposition(Body):
    """`meaning`: what it says of how the contact was for the customer."""

    names: Texts
    retired: bool = False
    meaning: Literal["", "resolved", "unresolved", "complaint"] = ""


class Hours(Body):
    """`weekly` in local time; `calendar` `cn`: closed on public holidays, open on their make-up working days.

    A date in `closed_dates` is closed whatever else says; one in `open_dates` is open, with Monday's hours where
    its weekday has none.
    """

    timezone: Zone = "Asia/Shanghai"
    weekly: dict[Day, Annotated[list[tuple[Clock, Clock]], Field(max_length=8)]] = {}
    calendar: Literal["", "cn"] = ""
    closed_dates: Annotated[list[Date], Field(max_length=400)] = []
    open_dates: Annotated[list[Date], Field(max_length=400)] = []

    @field_validator("weekly")
    @classmethod
    def _in_order(cls, weekly: dict[Day, list[tuple[str, str]]]) -> dict[Day, list[tuple[str, str]]]:
        for spans in weekly.values():
            if any(start >= end for start, end in spans):
                raise bad("hours.order", "hours must end after they start")
            if any(end > start for (_, end), (start, _) in pairwise(sorted(spans))):
                raise bad("hours.overlap", "hours of one day overlap")
        return weekly


class Trunk(Body):
    """As `telephony.port.Trunk`; the secret stands apart, sealed."""

    host: Annotated[str, Field(min_length=1, max_length=253, pattern=HOST)]
    port: Annotated[int, Field(ge=1, le=65_535)] = 5060
    transport: Literal["udp", "tcp", "tls"] = "udp"
    codecs: Annotated[list[Literal["alaw", "ulaw", "opus", "g722", "g729", "gsm"]], Field(min_length=1)] = [
        "alaw",
        "ulaw",
        "opus",
    ]
    register_: Annotated[bool, Field(alias="register")] = False
    username: Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9_.+@\-]*$", validate_default=True)] = ""
    addresses: Annotated[list[Network], Field(max_length=50)] = []
    trust_identity: bool = False
    caller_number: E164 = ""
    number_format: Literal["e164", "plus", "national"] = "e164"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "CN"
    early_media: bool = True
    session_timers: Literal["no", "yes", "required"] = "yes"

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @field_validator("username")
    @classmethod
    def _to_register(cls, username: str, info: ValidationInfo) -> str:
        if info.data.get("register_") and not username:
            raise bad("trunk.username_needed", "registering needs a user name")
        return username


class EntryPoint(Body):
    """Where contacts come in: a dialled number (E.164, or a short number) or the key of a web page.

    With `localities` it takes only callers of those areas; the one that fits best wins.
    """

    kind: Literal["number", "web"] = "number"
    key: Annotated[str, Field(min_length=1, max_length=40)]
    localities: Annotated[list[Annotated[str, Field(pattern=r"^\+?\d{1,12}$")]], Field(max_length=400)] = []
    line: Annotated[OptionalId, Ref("lines")] = ""
    flow: Annotated[Id, Ref("flows")]
    site: Annotated[OptionalId, Ref("sites")] = ""
    language: Language = "zh"
    title: Texts = Texts(zh="", en="")
    enabled: bool = True

    @field_validator("key")
    @classmethod
    def _one_form(cls, key: str, info: ValidationInfo) -> str:
        if info.data.get("kind") == "web":
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", key):
                raise bad("key.bad", "a web key is small letters, digits and -")
            return key
        if (number := numbers.dialled(key)) is None:
            raise bad("number.bad", "neither a phone number nor a short number")
        return number

    def unique_keys(self) -> Iterator[Key]:
        yield from super().unique_keys()
        for area in sorted({numbers.area_prefix(a) for a in self.localities}) or [""]:
            yield Key("key", f"entry:{self.kind}:{self.key}@{area}", anywhere=True)


class Destination(Body):
    """Outside numbers that may be called: the longest pattern that fits decides."""

    pattern: Annotated[str, Field(pattern=r"^(\+\d{0,14}|\d{3,8})$")]
    permission: Permission = "desk.dial_out"
    max_per_hour: Annotated[int, Field(ge=0, le=100_000)] = 100

    def unique_keys(self) -> Iterator[Key]:
        yield from super().unique_keys()
        yield Key("pattern", f"pattern:{self.pattern}")


class Flow(Body):
    """`text` is the draft; what callers meet is the version that was published last (0: none yet). `cases` are
    tried before each publishing."""

    text: Annotated[str, Field(max_length=200_000)] = ""
    cases: Annotated[str, Field(max_length=200_000)] = ""


Days = Annotated[int, Field(ge=1, le=36_500)]
DaysOrNever = Annotated[int, Field(ge=0, le=36_500)]


class Retention(BaseModel):
    """How long each kind is kept, in days; 0: for good."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    recordings_days: Days = 180
    voicemails_days: Days = 180
    contacts_days: Days = 1095
    callers_days: DaysOrNever = 0
    requests_days: Days = 1095
    dialogues_days: Days = 90
    """What self-service remembers of callers: what they typed, and what was looked up for them."""
    notes_days: DaysOrNever = 0
    customers_days: DaysOrNever = 0
    """Without a contact."""
    imports_days: Annotated[int, Field(ge=1, le=90)] = 7
    webhook_messages_days: Annotated[int, Field(ge=1, le=365)] = 14
    audit_days: Annotated[int, Field(ge=180, le=36_500)] = 1095
    """Laws ask for half a year of logs at least."""
    self_service_detail_days: Annotated[int, Field(ge=7, le=365)] = 35
    """Sums of self-service by quarter of an hour; then they are merged into days."""
    self_service_days: Annotated[int, Field(ge=400, le=36_500)] = 1095
    """These days; no shorter than the longest time that may be asked for, and never before they are merged."""

    @model_validator(mode="before")
    @classmethod
    def _as_before(cls, told: Any) -> Any:
        """Settings made when recordings and contacts had the only terms."""
        if isinstance(told, dict):
            for new, old in (("voicemails_days", "recordings_days"), ("requests_days", "contacts_days")):
                if old in told:
                    told = {new: told[old], **told}
        return told


class SelfService(BaseModel):
    model_config = ConfigDict(extra="forbid")
    containment_target: Annotated[float, Field(ge=0.0, le=1.0)] = 0.7
    """Share of callers whom self-service is to serve (70:30)."""
    agent_contact_cost: Annotated[float, Field(ge=0.0, le=1e6, allow_inf_nan=False)] = 0.0
    """What one contact with an agent costs; 0: nobody has said, and nothing is said of savings."""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"


class Settings(Body):
    name: Name = "settings"
    consent_announcement: bool = True
    retention: Retention = Retention()
    default_language: Language = "zh"
    company_name: Word = ""
    timezone: Zone = "Asia/Shanghai"
    media: Media = Media()
    vip_tags: Annotated[list[Annotated[Word, Field(min_length=1, max_length=60)]], Field(max_length=20)] = []
    """Customers who have one of these tags are VIPs."""
    self_service: SelfService = SelfService()


KINDS: dict[str, type[Body]] = {
    "lines": Line,
    "sites": Site,
    "skills": Skill,
    "dispositions": Disposition,
    "reasons": Reason,
    "hours": Hours,
    "queues": Queue,
    "rules": Rule,
    "teams": Team,
    "agents": Agent,
    "trunks": Trunk,
    "services": Service,
    "flows": Flow,
    "entry-points": EntryPoint,
    "destinations": Destination,
    "settings": Settings,
}
"""In an order in which what is referred to comes first."""
