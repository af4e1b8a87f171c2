"""Where a tenant's own fields, types of relations and purposes are in use: asked before one of them goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import NotFound, Refused

from . import fields, purposes, relations
from . import tables as t
from .segments import keeping, taggings
from .segments.bounded import TooSlow, within

COUNT_S = 2.0
"""How long somebody waits for a count."""
CHOICES_MOST = 1000
NAMED_MOST = 20


class Use(NamedTuple):
    many: int | None
    """Customers who have a value; of a type, relations. None: they could not be counted in time."""
    choices: dict[str, int]
    """Of a choice: how many have each, those that can be chosen no more among them."""
    used_by: list[dict[str, Any]]
    """`{kind: "segment"|"tag", id, names|tag}` whose rule goes by it, the first of them."""

    @property
    def none(self) -> bool:
        return self.many == 0 and not self.used_by


async def of_field(connection: AsyncConnection, tenant: str, id: str) -> Use:
    """The connection's transaction may be of no use afterwards. Raises `NotFound("field.unknown")`."""
    field = (await fields.of_tenant(connection, tenant)).get(id)
    if field is None:
        raise NotFound("field.unknown", id=id)
    used_by = await _rules(connection, tenant, "field", "field", id)
    c = t.customer.c
    value, who = c.fields[id].as_string(), sa.func.count(sa.distinct(c.current))
    those = sa.select().select_from(t.customer).where(c.tenant == tenant, value.is_not(None))
    if field.searchable:  # they stand in its index: the others need not be read
        i = t.field_index.c
        those = those.where(c.id.in_(sa.select(i.customer).where(i.tenant == tenant, i.field == id)))
    choices: dict[str, int] = {}
    try:
        async with within(connection, COUNT_S):
            many = await connection.scalar(those.add_columns(who)) or 0
            if field.type == "choice" and many:
                by_choice = those.add_columns(value, who).group_by(value).order_by(value).limit(CHOICES_MOST)
                choices = {row[0]: row[1] for row in await connection.execute(by_choice)}
    except TooSlow:
        await connection.rollback()
        return Use(None, {}, used_by)
    return Use(many, choices, used_by)


async def of_type(connection: AsyncConnection, tenant: str, id: str) -> Use:
    """As `of_field`. Raises `NotFound("relation.unknown_type")`."""
    if id not in await relations.types(connection, tenant):
        raise NotFound("relation.unknown_type", id=id)
    r = t.relation.c
    count = sa.select(sa.func.count()).select_from(t.relation).where(r.tenant == tenant, r.type == id)
    try:
        async with within(connection, COUNT_S):
            return Use(await connection.scalar(count) or 0, {}, [])
    except TooSlow:
        await connection.rollback()
        return Use(None, {}, [])


async def of_purpose(connection: AsyncConnection, tenant: str, id: str) -> Use:
    """As `of_field`: customers who said anything. Raises `NotFound("purpose.unknown")`."""
    if id not in await purposes.of_tenant(connection, tenant):
        raise NotFound("purpose.unknown", id=id)
    used_by = await _rules(connection, tenant, "consent", "purpose", id)
    s = t.consent.c
    who = sa.select(sa.func.count(sa.distinct(s.customer))).where(s.tenant == tenant, s.purpose == id)
    try:
        async with within(connection, COUNT_S):
            return Use(await connection.scalar(who) or 0, {}, used_by)
    except TooSlow:
        await connection.rollback()
        return Use(None, {}, used_by)


async def remove_field(connection: AsyncConnection, tenant: str, id: str) -> None:
    """One that says nothing of anybody; others are retired. Raises as `of_field`,
    `Refused("field.in_use")` with `many` and `used_by`."""
    _unused(await of_field(connection, tenant, id), "field.in_use")
    c, i = t.custom_field.c, t.field_index.c
    # Of a value that was taken back, how it was found is left.
    await connection.execute(t.field_index.delete().where(i.tenant == tenant, i.field == id))
    await connection.execute(t.custom_field.delete().where(c.tenant == tenant, c.id == id))


async def remove_type(connection: AsyncConnection, tenant: str, id: str) -> None:
    """As `remove_field`. Raises as `of_type`, `Refused("relation.type_in_use")`."""
    _unused(await of_type(connection, tenant, id), "relation.type_in_use")
    c = t.relation_type.c
    await connection.execute(t.relation_type.delete().where(c.tenant == tenant, c.id == id))


async def remove_purpose(connection: AsyncConnection, tenant: str, id: str) -> None:
    """As `remove_field`; of a usual one what was changed is taken back. Raises as `of_purpose`,
    `Refused("purpose.in_use")`."""
    _unused(await of_purpose(connection, tenant, id), "purpose.in_use")
    c = t.purpose.c
    await connection.execute(t.purpose.delete().where(c.tenant == tenant, c.id == id))


def _unused(use: Use, code: str) -> None:
    if not use.none:
        raise Refused(code, "it is in use: retire it", many=use.many, used_by=use.used_by)


async def _rules(connection: AsyncConnection, tenant: str, of: str, named: str, wanted: str) -> list[dict[str, Any]]:
    """Those with a condition `of` something whose part `named` is `wanted`, however deep."""
    segments = [it for it in await keeping.of_tenant(connection, tenant) if wanted in _asked(it["rule"], of, named)]
    tags = [it for it in await taggings.of_tenant(connection, tenant) if wanted in _asked(it["rule"], of, named)]
    found = [{"kind": "segment", "id": it["id"], "names": it["names"]} for it in segments]
    return (found + [{"kind": "tag", "id": it["id"], "tag": it["tag"]} for it in tags])[:NAMED_MOST]


def _asked(rule: Any, of: str, named: str) -> Iterator[str]:
    if isinstance(rule, dict):
        if rule.get("of") == of:
            yield str(rule.get(named))
        for part in rule.values():
            yield from _asked(part, of, named)
    elif isinstance(rule, list):
        for part in rule:
            yield from _asked(part, of, named)
