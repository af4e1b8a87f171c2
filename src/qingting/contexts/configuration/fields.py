"""What bodies are made of: bounded types of values, and what stands beside a field.

`Ref("queues")` on a field says that its ids (a text, a list, the keys of a map) name things of that kind: the
check for unknown ones and the refusal to delete what is in use both follow from it. `unique_keys()` names what must
be there only once. Problems of a value carry a stable code as their pydantic error type.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
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


def bad(code: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(code, message)


def _date(value: str) -> str:
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except ValueError:
        raise bad("hours.bad_date", "a date is written 2026-10-01") from None


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise bad("timezone.unknown", "no such time zone") from None
    return value


def _e164(value: str) -> str:
    found = numbers.to_e164(value) if value else ""
    if found is None:
        raise bad("number.bad", "not a phone number")
    return found


def _network(value: str) -> str:
    try:
        return str(ip_network(value, strict=False))
    except ValueError:
        raise bad("address.bad", "an address or network such as 192.0.2.0/24") from None


def _permission(value: str) -> str:
    if value not in PERMISSIONS:
        raise bad("permission.unknown", "no such permission")
    return value


HOST = r"^[A-Za-z0-9.:\-\[\]]*$"
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
E164 = Annotated[str, Field(max_length=40), AfterValidator(_e164)]
Network = Annotated[str, AfterValidator(_network)]
Permission = Annotated[str, Field(max_length=40), AfterValidator(_permission)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Plain(str):
    """A text that stands without quotes in a document: a number, where it can be one and a text fits as well."""


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Name

    def unique_keys(self) -> Iterator[Key]:
        yield Key("name", f"name:{self.name}")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def refers(self) -> Iterator[tuple[str, str, str]]:
        """(field, kind, id) of what it refers to only sometimes; all else is marked by `Ref`."""
        return iter(())


class Texts(Part):
    """The same words in both languages of the pages."""

    zh: Word
    en: Word
