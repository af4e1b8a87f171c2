"""Lists of customers: by what they are known, called, tagged, or by a field of the tenant."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables as t
from .merged import as_one
from .model import LEVELS, MAIL, name_key, normalised
from .upserting import indexed


class Filter(NamedTuple):
    """What is looked for; empty fields do not matter."""

    identity: tuple[str, str] = ("", "")
    """(kind, value), normalised."""
    tail: str = ""
    """The last digits of a phone, four or more."""
    q: str = ""
    """In the name; or the whole of a mail address or external id."""
    kind: str = ""
    language: str = ""
    layer: str = ""
    tag: str = ""
    field: str = ""
    """Of the tenant's searchable ones, by `value` or from `least` to `most`."""
    value: str | None = None
    least: float | None = None
    most: float | None = None
    order: Literal["changed", "name"] = "changed"
    after: tuple[Any, ...] | None = None
    """Sort key and id of the last one of the page before."""
    limit: int = 50


class Page(NamedTuple):
    items: list[dict[str, Any]]
    """Each as `merged.as_one`, with `identities` and `tags`."""
    next: tuple[Any, ...] | None


async def search(connection: AsyncConnection, tenant: str, wanted: Filter) -> Page:
    """Those who stand for a record that fits, once each on a page; newest change first, or by name."""
    c = t.customer.c
    key = c.name_key if wanted.order == "name" else c.changed_at
    rising = wanted.order == "name"
    query = sa.select(c.id, c.current, key.label("key")).where(c.tenant == tenant, *_conditions(tenant, wanted))
    if wanted == Filter(order=wanted.order, after=wanted.after, limit=wanted.limit):
        query = query.where(c.current == c.id)
    if wanted.after is not None:
        here = sa.tuple_(key, c.id)
        there = sa.tuple_(*(sa.bindparam(None, value, key.type) for value in wanted.after))
        query = query.where(here > there if rising else here < there)
    order = (key, c.id) if rising else (key.desc(), c.id.desc())
    rows = (await connection.execute(query.order_by(*order).limit(wanted.limit + 1))).all()
    shown = list(dict.fromkeys(row.current for row in rows[: wanted.limit]))
    found = await _items(connection, tenant, shown)
    last = rows[wanted.limit - 1] if len(rows) > wanted.limit else None
    return Page([found[id] for id in shown if id in found], (last.key, last.id) if last else None)


def _conditions(tenant: str, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    c, i, g, f = t.customer.c, t.identity.c, t.tag.c, t.field_index.c
    found: list[sa.ColumnElement[bool]] = []

    def among(table: sa.Table, *where: sa.ColumnElement[bool]) -> None:
        found.append(c.id.in_(sa.select(table.c.customer).where(table.c.tenant == tenant, *where)))

    if wanted.identity[0]:
        kind, value = wanted.identity
        among(t.identity, i.kind == kind, i.value == value)
    if wanted.tail:
        ends = (i.value.endswith(wanted.tail, autoescape=True),) if len(wanted.tail) > 4 else ()
        among(t.identity, i.tail == wanted.tail[-4:], *ends)
    if wanted.q:
        found.append(_called(tenant, wanted.q))
    if wanted.kind:
        found.append(c.kind == wanted.kind)
    if wanted.language:
        found.append(c.language == wanted.language)
    if wanted.tag:
        among(t.tag, g.tag == wanted.tag, *((g.layer == wanted.layer,) if wanted.layer else ()))
    if wanted.field:
        fits = [f.field == wanted.field]
        if wanted.value is not None:
            fits.append(f.text == indexed(wanted.value)["text"])
        if wanted.least is not None:
            fits.append(f.number >= wanted.least)
        if wanted.most is not None:
            fits.append(f.number <= wanted.most)
        among(t.field_index, *fits)
    return found


def _called(tenant: str, q: str) -> sa.ColumnElement[bool]:
    c, i = t.customer.c, t.identity.c
    ways = [c.external_id == q]
    if key := name_key(q):
        ways.append(c.name_key.contains(key, autoescape=True))
    if mail := normalised(MAIL, q):
        mine = sa.select(i.customer).where(i.tenant == tenant, i.kind == MAIL, i.value == mail)
        ways.append(c.id.in_(mine))
    return sa.or_(*ways)


async def _items(connection: AsyncConnection, tenant: str, ids: list[str]) -> dict[str, dict[str, Any]]:
    if not ids:
        return {}
    c, i, g = t.customer.c, t.identity.c, t.tag.c
    groups: dict[str, list[Any]] = {}
    for row in (
        await connection.execute(sa.select(t.customer).where(c.tenant == tenant, c.current.in_(ids)))
    ).mappings():
        groups.setdefault(row["current"], []).append(row)
    items = {id: as_one(rows) | {"identities": {}, "tags": {}} for id, rows in groups.items()}
    of_record = {row["id"]: id for id, rows in groups.items() for row in rows}
    known = sa.select(i.customer, i.kind, i.value, i.level).order_by(i.kind.desc(), i.level.desc(), i.value)
    for id, kind, value, level in await connection.execute(
        known.where(i.tenant == tenant, i.customer.in_(list(of_record)))
    ):
        items[of_record[id]]["identities"].setdefault((kind, value), LEVELS[level])
    tags = sa.select(g.customer, g.layer, g.tag).order_by(g.layer, g.tag)
    for id, layer, tag in await connection.execute(tags.where(g.tenant == tenant, g.customer.in_(list(of_record)))):
        items[of_record[id]]["tags"][layer, tag] = None
    for item in items.values():
        item["identities"] = [
            {"kind": kind, "value": value, "level": level} for (kind, value), level in item["identities"].items()
        ]
        item["tags"] = [{"layer": layer, "tag": tag} for layer, tag in item["tags"]]
    return items
