"""The typed body of every kind of configured thing, with a bound on each value.

`Ref("queues")` on a field says that its ids (a text, a list, the keys of a map) name things of that kind: the
check for unknown ones and the refusal to delete what is in use both follow from it. `unique_keys()` names what must
be there only once. Problems of a value carry a stable code as their pydantic error type.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from ipaddress import ip_network
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from qingting import numbers
from qingting.access import PERMISSIONS


class Ref(NamedTuple):
    kind: str


class Key(NamedTuple):
    """`field` is where a duplicate is reported, `anywhere` that it must be the only one in all tenants."""

    field: str
    key: str
    anywhere: bool = False


def _bad(code: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(code, message)


def _date(value: str) -> str:
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except ValueError:
        raise _bad("hours.bad_date", "a date is written 2026-10-01") from None


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _bad("timezone.unknown", "no such time zone") from None
    return value


def _e164(value: str) -> str:
    found = numbers.to_e164(value) if value else ""
    if found is None:
        raise _bad("number.bad", "not a phone number")
    return found


def _network(value: str) -> str:
    try:
        return str(ip_network(value, strict=False))
    except ValueError:
        raise _bad("address.bad", "an address or network such as 192.0.2.0/24") from None


def _permission(value: str) -> str:
    if value not in PERMISSIONS:
        raise _bad("permission.unknown", "no such permission")
    return value


Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
OptionalId = Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$")]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^\S(.*\S)?$")]
Word = Annotated[str, Field(max_length=80)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
Level = Annotated[int, Field(ge=1, le=5)]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
Zone = Annotated[str, Field(max_length=60), AfterValidator(_zone)]
Date = Annotated[str, Field(max_length=10), AfterValidator(_date)]
Clock = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Name

    def unique_keys(self) -> Iterator[Key]:
        yield Key("name", f"name:{self.name}")


class Texts(BaseModel):
    """The same words in both languages of the pages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: Word
    en: Word


class Line(Body):
    """A business line (业务线), or the client of an outsourcer."""


class Site(Body):
    pass


class Skill(Body):
    pass


class Queue(Body):
    line: Annotated[OptionalId, Ref("lines")] = ""
    requires: Annotated[dict[Id, Level], Ref("skills"), Field(max_length=20)] = {}
    ring_s: Annotated[float, Field(ge=3, le=300)] = 15.0
    wrap_up_s: Seconds = 60.0
    priority_s: Annotated[float, Field(ge=-86_400, le=86_400, allow_inf_nan=False)] = 0.0
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


class Agent(Body):
    number: Annotated[str, Field(pattern=r"^\d{2,8}$")]
    site: Annotated[OptionalId, Ref("sites")] = ""
    queues: Annotated[list[Id], Ref("queues"), Field(max_length=200)] = []
    skills: Annotated[dict[Id, Level], Ref("skills"), Field(max_length=60)] = {}
    dial_out: bool = False
    language: Language = "zh"

    def unique_keys(self) -> Iterator[Key]:
        yield Key("number", f"number:{self.number}")  # two people may share a name


class Reason(Body):
    """Why somebody is not ready (置忙)."""

    names: Texts
    retired: bool = False


class Disposition(Body):
    names: Texts
    retired: bool = False


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
                raise _bad("hours.order", "hours must end after they start")
            if any(end > start for (_, end), (start, _) in pairwise(sorted(spans))):
                raise _bad("hours.overlap", "hours of one day overlap")
        return weekly


class Trunk(Body):
    """As `telephony.port.Trunk`; the secret stands apart, sealed."""

    host: Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.:\-\[\]]+$")]
    port: Annotated[int, Field(ge=1, le=65_535)] = 5060
    transport: Literal["udp", "tcp", "tls"] = "udp"
    codecs: Annotated[list[Literal["alaw", "ulaw", "opus", "g722", "g729", "gsm"]], Field(min_length=1)] = [
        "alaw",
        "ulaw",
        "opus",
    ]
    register_: Annotated[bool, Field(alias="register")] = False
    username: Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9_.+@\-]*$", validate_default=True)] = ""
    addresses: Annotated[list[Annotated[str, AfterValidator(_network)]], Field(max_length=50)] = []
    trust_identity: bool = False
    caller_number: Annotated[str, Field(max_length=40), AfterValidator(_e164)] = ""
    number_format: Literal["e164", "plus", "national"] = "e164"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "CN"
    early_media: bool = True
    session_timers: Literal["no", "yes", "required"] = "yes"

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @field_validator("username")
    @classmethod
    def _to_register(cls, username: str, info: ValidationInfo) -> str:
        if info.data.get("register_") and not username:
            raise _bad("trunk.username_needed", "registering needs a user name")
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
                raise _bad("key.bad", "a web key is small letters, digits and -")
            return key
        if (number := numbers.dialled(key)) is None:
            raise _bad("number.bad", "neither a phone number nor a short number")
        return number

    def unique_keys(self) -> Iterator[Key]:
        yield from super().unique_keys()
        for area in sorted({numbers.area_prefix(a) for a in self.localities}) or [""]:
            yield Key("key", f"entry:{self.kind}:{self.key}@{area}", anywhere=True)


class Destination(Body):
    """Outside numbers that may be called: the longest pattern that fits decides."""

    pattern: Annotated[str, Field(pattern=r"^(\+\d{0,14}|\d{3,8})$")]
    permission: Annotated[str, Field(max_length=40), AfterValidator(_permission)] = "desk.dial_out"
    max_per_hour: Annotated[int, Field(ge=0, le=100_000)] = 100

    def unique_keys(self) -> Iterator[Key]:
        yield from super().unique_keys()
        yield Key("pattern", f"pattern:{self.pattern}")


class Flow(Body):
    """`text` is the draft; what callers meet is the version that was published last (0: none yet)."""

    text: Annotated[str, Field(max_length=200_000)] = ""


class Retention(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    recordings_days: Annotated[int, Field(ge=1, le=36_500)] = 180
    contacts_days: Annotated[int, Field(ge=1, le=36_500)] = 1095


class Settings(Body):
    name: Name = "settings"
    consent_announcement: bool = True
    retention: Retention = Retention()
    default_language: Language = "zh"
    company_name: Word = ""
    timezone: Zone = "Asia/Shanghai"


KINDS: dict[str, type[Body]] = {
    "lines": Line,
    "sites": Site,
    "skills": Skill,
    "dispositions": Disposition,
    "reasons": Reason,
    "queues": Queue,
    "agents": Agent,
    "hours": Hours,
    "trunks": Trunk,
    "flows": Flow,
    "entry-points": EntryPoint,
    "destinations": Destination,
    "settings": Settings,
}
"""In an order in which what is referred to comes first."""
