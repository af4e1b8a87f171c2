"""What a list of customers is asked for: as an address says it, as a saved view keeps it, as the search runs it."""

from __future__ import annotations

import re
import time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from qingting import numbers
from qingting.access import Identity
from qingting.errors import Invalid
from qingting.paging import position

from . import shown
from .listing import Filter
from .model import PHONE, normalised
from .schemas import IdentityKind

Word = Annotated[str, Field(max_length=120)]
Amount = Annotated[float | None, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
Days = Annotated[int | None, Field(ge=1, le=3650)]
Sort = Literal["changed", "name"]
_DIGITS = re.compile(r"[\d\s().-]+")


class Filters(BaseModel):
    """What sort of customers; empty fields do not matter. A saved view keeps these."""

    model_config = ConfigDict(extra="ignore")

    kind: Literal["", "person", "organisation"] = ""
    language: Word = ""
    layer: Literal["", "identity", "value", "business", "preference"] = ""
    tag: Word = ""
    field: Word = ""
    value: Annotated[str | None, Field(max_length=500)] = None
    least: Amount = None
    most: Amount = None
    purpose: Word = ""
    consent_medium: Literal["", "voice", "sms", "mail", "chat", "social", "post", "any"] = ""
    given: bool | None = None
    """What was said last for `purpose`: yes or no."""
    changed_days: Days = None
    """Changed within so many days from now; likewise the contact."""
    contacted_days: Days = None
    segment: Annotated[str, Field(max_length=40)] = ""


class Wanted(Filters):
    """And whom."""

    q: Word = ""
    """A name or a part of it, a phone in any spelling, its last digits, a mail address, an external id."""
    number: Annotated[str, Field(max_length=40)] = ""
    identity: Annotated[str, Field(max_length=254)] = ""
    medium: IdentityKind = "phone"


class Listed(Wanted):
    sort: Sort = "changed"
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=400)] = ""


def understood(who: Identity, wanted: Wanted, sort: Sort = "changed", after: str = "", limit: int = 50) -> Filter:
    """Raises `Invalid("request.invalid")`: `number: number.bad`, `cursor: cursor.bad`. By name when there is `q`."""
    q = wanted.q.strip()
    sort = "name" if q else sort
    found = Filter(
        q=q,
        changed_since=_since(wanted.changed_days),
        contacted_since=_since(wanted.contacted_days),
        lines=who.lines or None,
        order=sort,
        after=position(after, str if sort == "name" else float, str) if after else None,
        limit=limit,
        **{name: getattr(wanted, name) for name in Filters.model_fields if not name.endswith("_days")},
    )
    if _DIGITS.fullmatch(q) and len(digits := re.sub(r"\D", "", q)) >= 4 and who.may(shown.SEES):
        found = found._replace(q_tail=digits)
    if wanted.number:
        return _by_number(who, found, wanted.number)
    if wanted.identity:
        told = normalised(wanted.medium, wanted.identity) or wanted.identity
        return found._replace(identity=(wanted.medium, told))
    return found


def _since(days: int | None) -> float | None:
    return None if days is None else time.time() - 86_400 * days


def by(wanted: Filter) -> list[str]:
    """By what was searched, for the audit log: not for whom."""
    empty = ("", ("", ""), (), None)
    beside = ("q_tail", "lines", "members", "order", "after", "limit")
    return [name for name in wanted._fields if name not in beside and getattr(wanted, name) not in empty]


def _by_number(who: Identity, wanted: Filter, number: str) -> Filter:
    """A whole number fits exactly; its last digits, four at least, do as well for those who may see numbers."""
    if (whole := numbers.to_e164(number)) is not None:
        return wanted._replace(identity=(PHONE, whole))
    digits = re.sub(r"\D", "", number)
    if len(digits) < 4 or not who.may(shown.SEES):
        raise Invalid("request.invalid", fields={"number": "number.bad"})
    return wanted._replace(tail=digits)
