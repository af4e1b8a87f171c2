"""The tenant's own fields of a customer: typed, told once, then read the same way from forms, files and machines."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import Invalid, NotFound, Refused

from . import tables as t
from .model import Scalar, clean, day

Type = Literal["text", "number", "date", "choice", "yes_no", "money"]
TYPES: tuple[Type, ...] = ("text", "number", "date", "choice", "yes_no", "money")
MOST = 100
"""Of a tenant."""
TEXT_MOST = 500
YES = frozenset(("yes", "y", "true", "1", "是", "有", "同意"))
NO = frozenset(("no", "n", "false", "0", "否", "无", "拒绝"))
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")


class Field(NamedTuple):
    id: str
    """A code: `contract_no`."""
    names: dict[str, str]
    """By language."""
    type: Type
    choices: tuple[str, ...] = ()
    """Of a choice."""
    searchable: bool = False
    """For good: values are kept once more to find by."""
    retired: bool = False
    position: int = 0
    version: int = 0


class Bad(ValueError):
    """`args[0]` is the code: `field.bad_number`, `field.bad_date`, `field.bad_choice`, `field.bad_yes_no`, …"""


def read(field: Field, raw: Scalar | None) -> Scalar | None:
    """The value, or None for an empty one. Numbers may be grouped by commas; money has two decimals; a date is
    2021-05-01. Raises `Bad`: `string_too_long`, or `field.bad_` and the type."""
    text = clean(str(raw)) if raw is not None and not isinstance(raw, bool) else raw
    if text is None or text == "":
        return None
    match field.type:
        case "text":
            if len(str(text)) > TEXT_MOST:
                raise Bad("string_too_long")
            return str(text)
        case "number" | "money":
            plain = str(text).replace(",", "").removeprefix("¥").strip()
            if isinstance(raw, float | int) and not isinstance(raw, bool) and math.isfinite(raw) and abs(raw) < 1e12:
                value = float(raw)
            elif _NUMBER.fullmatch(plain):
                value = float(plain)
            else:
                raise Bad(f"field.bad_{field.type}")
            return round(value, 2) if field.type == "money" else value
        case "date":
            if not (found := day(str(text).replace("/", "-"))):
                raise Bad("field.bad_date")
            return found
        case "choice":
            if text not in field.choices:
                raise Bad("field.bad_choice")
            return str(text)
        case "yes_no":
            word = str(text).lower()
            if isinstance(raw, bool) or word in YES | NO:
                return raw if isinstance(raw, bool) else word in YES
            raise Bad("field.bad_yes_no")


def read_all(fields: Mapping[str, Field], told: Mapping[str, Scalar | None]) -> dict[str, Scalar | None]:
    """Raises `Invalid("request.invalid")` with `fields.<id>`: `field.unknown` or a code of `Bad`."""
    found: dict[str, Scalar | None] = {}
    bad: dict[str, str] = {}
    for id, raw in told.items():
        if id not in fields:
            bad[f"fields.{id[:40]}"] = "field.unknown"
            continue
        try:
            found[id] = read(fields[id], raw)
        except Bad as why:
            bad[f"fields.{id}"] = str(why)
    if bad:
        raise Invalid("request.invalid", fields=bad)
    return found


async def of_tenant(connection: AsyncConnection, tenant: str) -> dict[str, Field]:
    """By id, in the order in which they are shown; retired ones among them."""
    c = t.custom_field.c
    query = sa.select(t.custom_field).where(c.tenant == tenant).order_by(c.position, c.id)
    return {row["id"]: _field(row) for row in (await connection.execute(query)).mappings()}


def _field(row: sa.RowMapping) -> Field:
    told = {name: row[name] for name in Field._fields} | {"choices": tuple(row["choices"])}
    return Field(**told)


async def keep(connection: AsyncConnection, tenant: str, field: Field) -> Field:
    """Make one (`version` 0) or change the one whose `version` was seen. Its type, and whether one can search by it,
    stay for good. Raises `Refused("name.taken" | "changed_meanwhile" | "field.too_many" | "field.type_fixed")`,
    `NotFound("field.unknown")`."""
    known = await of_tenant(connection, tenant)
    old = known.get(field.id)
    made = field._replace(version=field.version + 1)
    row = made._asdict() | {"choices": list(made.choices)}
    if field.version == 0:
        if old is not None:
            raise Refused("name.taken", "there is a field of this id")
        if len(known) >= MOST:
            raise Refused("field.too_many", f"{MOST} fields at most")
        await connection.execute(t.custom_field.insert().values(tenant=tenant, **row))
        return made
    if old is None:
        raise NotFound("field.unknown", id=field.id)
    if (old.type, old.searchable) != (field.type, field.searchable):
        raise Refused("field.type_fixed", "type and search of a field stay: make another")
    c = t.custom_field.c
    where = (c.tenant == tenant, c.id == field.id, c.version == field.version)
    if (await connection.execute(t.custom_field.update().where(*where).values(**row))).rowcount == 0:
        raise Refused("changed_meanwhile", "somebody else changed it meanwhile")
    return made


async def put_in_order(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> None:
    """As they are shown from now on. Raises `Refused("changed_meanwhile")` unless it is all there are, each once."""
    known = await of_tenant(connection, tenant)
    if sorted(ids) != sorted(known):
        raise Refused("changed_meanwhile", "somebody made or removed a field meanwhile")
    c = t.custom_field.c
    for position, id in enumerate(ids):
        if known[id].position != position:  # a form that holds the old place is refused
            mine = (c.tenant == tenant, c.id == id)
            values = {"position": position, "version": known[id].version + 1}
            await connection.execute(t.custom_field.update().where(*mine).values(**values))
