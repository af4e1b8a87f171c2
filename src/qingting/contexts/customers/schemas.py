"""What comes in over HTTP about customers, bounded."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from . import model as m
from .fields import Type
from .model import clean


def _lines(text: str) -> str:
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc").strip()


def _day(value: str) -> str:
    found = m.day(value)
    if found is None:
        raise PydanticCustomError("customer.bad_day", "a day is written 2021-05-01")
    return found


Line = AfterValidator(clean)
Lines = AfterValidator(_lines)
Name = Annotated[str, Field(max_length=m.NAME_MOST), Line]
Note = Annotated[str, Field(max_length=m.NOTE_MOST), Lines]
Number = Annotated[str, Field(max_length=40)]
Day = Annotated[str, Field(max_length=10), AfterValidator(_day)]
Language = Annotated[str, Field(max_length=20, pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2})?$")]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Id = Annotated[str, Field(max_length=40, pattern=r"^[!-~]*$")]
Address = Annotated[str, Field(min_length=1, max_length=m.ADDRESS_MOST), Line]
Words = Annotated[dict[Literal["zh", "en"], Annotated[str, Field(max_length=60), Line]], Field(max_length=2)]
Version = Annotated[int, Field(ge=0, le=2_000_000_000)]
Attributes = Annotated[
    dict[
        Code, Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)] | Annotated[str, Field(max_length=64)]
    ],
    Field(max_length=16),
]
"""For rules of routing: codes and numbers; an empty code is none."""
FieldValue = (
    bool
    | Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
    | Annotated[str, Field(max_length=500)]
    | None
)
CustomFields = Annotated[dict[Code, FieldValue], Field(max_length=m.FIELDS_MOST)]


IdentityKind = Literal["phone", "mail", "openid", "unionid", "cookie", "account", "member", "device"]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class IdentityBody(_Body):
    kind: IdentityKind
    value: Annotated[str, Field(min_length=1, max_length=m.VALUE_MOST)]
    level: Literal["claimed", "confirmed", "proven"] = "claimed"


Identities = Annotated[list[IdentityBody], Field(max_length=m.IDENTITIES_MOST)]


class NewCustomer(_Body):
    """`numbers`: phones, the short way of `identities`. `shared`: others may have them as well."""

    name: Name = ""
    note: Note = ""
    kind: Literal["person", "organisation"] = "person"
    external_id: Annotated[str, Field(max_length=m.EXTERNAL_MOST), Line] = ""
    language: Language = ""
    born: Day = ""
    since: Day = ""
    numbers: Annotated[list[Number], Field(max_length=20)] = []
    identities: Identities = []
    addresses: Annotated[list[Address], Field(max_length=m.ADDRESSES_MOST)] = []
    attributes: Attributes = {}
    fields: CustomFields = {}
    shared: bool = False


class ChangedCustomer(_Body):
    """`version` as it was seen; what is left out stays, but `name` and `note`. `numbers` are all phones, `identities`
    all of every kind; of `fields` those that are told change, null takes one away."""

    version: Version
    name: Name = ""
    note: Note = ""
    kind: Literal["person", "organisation"] | None = None
    language: Language | None = None
    born: Day | None = None
    since: Day | None = None
    numbers: Annotated[list[Number] | None, Field(max_length=20)] = None
    identities: Identities | None = None
    addresses: Annotated[list[Address] | None, Field(max_length=m.ADDRESSES_MOST)] = None
    attributes: Attributes | None = None
    fields: CustomFields | None = None
    shared: bool = False


class TagBody(_Body):
    layer: Literal["identity", "value", "business", "preference"]
    tag: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Tags(_Body):
    tags: Annotated[list[TagBody], Field(max_length=m.TAGS_MOST)]


class TagMany(TagBody):
    """`tag` to each of `customers`."""

    customers: Annotated[list[Annotated[Id, Field(min_length=1)]], Field(min_length=1, max_length=200)]


class ConsentBody(_Body):
    purpose: Code
    medium: Literal["voice", "sms", "mail", "chat", "social", "post", "any"]
    given: bool
    how: Annotated[str, Field(max_length=200), Line] = ""
    contact: Annotated[str, Field(max_length=80, pattern=r"^[!-~]*$")] = ""


class NoteBody(_Body):
    text: Annotated[str, Field(min_length=1, max_length=m.NOTE_MOST), Lines]
    pinned: bool = False
    contact: Annotated[str, Field(max_length=80, pattern=r"^[!-~]*$")] = ""


class Pinned(_Body):
    pinned: bool


class RelationBody(_Body):
    """`other`: a customer's id, or `thing`: what it is, as the type says."""

    type: Code
    other: Id = ""
    thing: Annotated[str, Field(max_length=200), Line] = ""
    detail: Annotated[str, Field(max_length=500), Line] = ""


class BookEntry(_Body):
    name: Annotated[str, Field(min_length=1, max_length=200), Line]
    kind: IdentityKind = "phone"
    value: Annotated[str, Field(min_length=1, max_length=m.VALUE_MOST)]
    note: Annotated[str, Field(max_length=500), Line] = ""


class MergeBody(_Body):
    """`source` is the same customer. `seen`: versions of both as somebody compared them, by id."""

    source: Annotated[Id, Field(min_length=1)]
    why: Annotated[str, Field(max_length=200), Line] = ""
    seen: Annotated[dict[Id, Version], Field(max_length=2)] = {}


class PurposeBody(_Body):
    id: Code
    version: Version = 0
    names: Words
    retired: bool = False


class FieldBody(_Body):
    id: Code
    version: Version = 0
    names: Words
    type: Type
    choices: Annotated[list[Annotated[str, Field(min_length=1, max_length=60), Line]], Field(max_length=200)] = []
    searchable: bool = False
    retired: bool = False
    position: Annotated[int, Field(ge=0, le=10_000)] = 0


class FieldOrder(_Body):
    ids: Annotated[list[Code], Field(max_length=m.FIELDS_MOST)]


class RelationTypeBody(_Body):
    id: Code
    version: Version = 0
    names: Words
    back: Words = {}
    target: Literal["customer", "thing"] = "customer"
    transitive: bool = False
    """Members of members belong to it as well, as in a household."""
    retired: bool = False
