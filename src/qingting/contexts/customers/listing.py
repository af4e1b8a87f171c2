"""Lists of customers: by what they are known, called, tagged, or by a field of the tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.contacts import api as contacts

from . import tables as t
from .merged import as_one
from .model import LEVELS, MAIL, PHONE, name_key, normalised
from .upserting import indexed


@dataclass(frozen=True, eq=False)
class Segment:
    """Those who fit a rule."""

    fits: Callable[[Any], sa.ColumnElement[bool]]
    """Of a row that stands for itself, of the table of customers or an alias of it."""


class Filter(NamedTuple):
    """What is looked for; empty fields do not matter."""

    identity: tuple[str, str] = ("", "")
    """(kind, value), normalised."""
    ids: tuple[str, ...] = ()
    """These at most."""
    tail: str = ""
    """The last digits of a phone, four or more."""
    q: str = ""
    """In the name; or the whole of a phone, a mail address or an external id."""
    q_tail: str = ""
    """The digits of `q`, where the last ones of a phone will do."""
    kind: str = ""
    language: str = ""
    layer: str = ""
    tag: str = ""
    field: str = ""
    """Of the tenant's searchable ones, by `value` or from `least` to `most`."""
    value: str | None = None
    least: float | None = None
    most: float | None = None
    purpose: str = ""
    """Of a consent, on `consent_medium` when that is told: what was said of it last is `given`, or anything was."""
    consent_medium: str = ""
    given: bool | None = None
    changed_since: float | None = None
    contacted_since: float | None = None
    """A contact by one of their phones arrived then or later, within `lines`."""
    lines: frozenset[str] | None = None
    segment: str = ""
    """Its id; `members` says who that is."""
    members: Segment | None = None
    order: Literal["changed", "name"] = "changed"
    after: tuple[Any, ...] | None = None
    """Sort key and id of the last one of the page before."""
    limit: int = 50

    @property
    def few(self) -> bool:
        """Such as fit are few, whatever there is."""
        return bool(self.ids or self.identity[0] or self.tail)


class Page(NamedTuple):
    items: list[dict[str, Any]]
    """Each as `merged.as_one`, with `identities` and `tags`."""
    next: tuple[Any, ...] | None


async def search(connection: AsyncConnection, tenant: str, wanted: Filter) -> Page:
    """Those who stand for a record that fits, once each on a page; newest change first, or by name."""
    c = t.customer.c
    key = c.name_key if wanted.order == "name" else c.changed_at
    rising = wanted.order == "name"
    wanted, called = await _called(connection, tenant, wanted)
    query = _those(tenant, wanted, called, c.id, c.current, key.label("key"))
    if wanted.after is not None:
        here = sa.tuple_(key, c.id)
        last_key, last_id = wanted.after
        there = sa.tuple_(sa.bindparam(None, last_key, key.type), sa.bindparam(None, last_id, c.id.type))
        query = query.where(here > there if rising else here < there)
    order: tuple[sa.ColumnElement[Any], ...] = (key, c.id) if rising else (key.desc(), c.id.desc())
    if wanted.few:  # found by their own index; the one of the order would be walked from end to end
        order = tuple(sa.func.coalesce(column, column) for column in (key, c.id))
        order = order if rising else tuple(column.desc() for column in order)
    rows = (await connection.execute(query.order_by(*order).limit(wanted.limit + 1))).all()
    shown = list(dict.fromkeys(row.current for row in rows[: wanted.limit]))
    found = await items(connection, tenant, shown)
    last = rows[wanted.limit - 1] if len(rows) > wanted.limit else None
    return Page([found[id] for id in shown if id in found], (last.key, last.id) if last else None)


def _those(
    tenant: str, wanted: Filter, called: sa.ColumnElement[bool] | None, *what: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    c = t.customer.c
    query = sa.select(*what).where(c.tenant == tenant, *_conditions(tenant, wanted))
    if called is not None:
        query = query.where(called)
    rest = wanted._replace(lines=None, segment="", members=None)
    if rest == Filter(order=wanted.order, after=wanted.after, limit=wanted.limit):
        query = query.where(c.current == c.id)
        if wanted.members is not None:
            query = query.where(wanted.members.fits(t.customer))
    elif wanted.members is not None:
        query = query.where(c.current.in_(_all_of(tenant, wanted.members)))
    return query


def _all_of(tenant: str, segment: Segment) -> sa.Select[Any]:
    leader = t.customer.alias()
    mine = (leader.c.tenant == tenant, leader.c.current == leader.c.id)
    return sa.select(leader.c.id).where(*mine, segment.fits(leader))


def _conditions(tenant: str, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    c, i, g, f = t.customer.c, t.identity.c, t.tag.c, t.field_index.c
    found: list[sa.ColumnElement[bool]] = []

    def among(table: sa.Table, *where: sa.ColumnElement[bool]) -> None:
        found.append(c.id.in_(sa.select(table.c.customer).where(table.c.tenant == tenant, *where)))

    if wanted.ids:
        found.append(c.id.in_(wanted.ids))
    if wanted.identity[0]:
        kind, value = wanted.identity
        among(t.identity, i.kind == kind, i.value == value)
    if wanted.tail:
        ends = (i.value.endswith(wanted.tail, autoescape=True),) if len(wanted.tail) > 4 else ()
        among(t.identity, i.tail == wanted.tail[-4:], *ends)
    if wanted.kind:
        found.append(c.kind == wanted.kind)
    if wanted.language:
        found.append(
            sa.or_(c.language == wanted.language, c.language.startswith(wanted.language + "-", autoescape=True))
        )
    if wanted.tag or wanted.layer:
        tags = ((g.tag, wanted.tag), (g.layer, wanted.layer))
        among(t.tag, *(column == told for column, told in tags if told))
    if wanted.field:
        fits = [f.field == wanted.field]
        if wanted.value is not None:
            fits.append(f.text == indexed(wanted.value)["text"])
        if wanted.least is not None:
            fits.append(f.number >= wanted.least)
        if wanted.most is not None:
            fits.append(f.number <= wanted.most)
        among(t.field_index, *fits)
    if wanted.purpose:
        found.append(c.current.in_(_said(tenant, wanted)))
    if wanted.changed_since is not None:
        found.append(c.changed_at >= wanted.changed_since)
    if wanted.contacted_since is not None:
        called = contacts.numbers_since(tenant, wanted.contacted_since, wanted.lines)
        among(t.identity, i.kind == PHONE, i.value.in_(called))
    return found


def _said(tenant: str, wanted: Filter) -> sa.Select[Any]:
    """Who stands for those who said it last: whichever of the records that stand together it was said of."""
    s, c = t.consent.c, t.customer.c
    last = sa.func.row_number().over(partition_by=(c.current, s.medium), order_by=s.at.desc()).label("last")
    said = (
        sa.select(c.current, s.given, last)
        .join(t.customer, sa.and_(c.tenant == s.tenant, c.id == s.customer))
        .where(s.tenant == tenant, s.purpose == wanted.purpose)
    )
    if wanted.consent_medium:
        said = said.where(s.medium == wanted.consent_medium)
    them = said.subquery()
    query = sa.select(them.c.current).where(them.c.last == 1)
    return query if wanted.given is None else query.where(them.c.given == wanted.given)


_EXACT_MOST = 200
TAGS_WALKED = 500


async def _called(
    connection: AsyncConnection, tenant: str, wanted: Filter
) -> tuple[Filter, sa.ColumnElement[bool] | None]:
    """What is found at once, by an index, is looked for first: all names need be read only for what is a name.

    Then `ids` are in place of `q`, else a condition is beside it.
    """
    c, i = t.customer.c, t.identity.c
    if not wanted.q:
        return wanted, None
    theirs = sa.select(i.customer).where(i.tenant == tenant)
    ways = [sa.select(c.id).where(c.tenant == tenant, c.external_id == wanted.q)]
    for kind in (PHONE, MAIL):
        if told := normalised(kind, wanted.q):
            ways.append(theirs.where(i.kind == kind, i.value == told))
    if tail := wanted.q_tail:
        ways.append(theirs.where(i.tail == tail[-4:], i.value.endswith(tail, autoescape=True)))
    exact: set[str] = set()
    for way in ways:
        exact.update((await connection.execute(way.limit(_EXACT_MOST))).scalars())
    key = name_key(wanted.q)
    if not key or (exact and wanted.q_tail):
        return wanted._replace(q="", q_tail="", ids=tuple(sorted(exact)) or ("",)), None
    named = c.name_key.contains(key, autoescape=True)
    return wanted, sa.or_(named, c.id.in_(sorted(exact))) if exact else named


async def count(connection: AsyncConnection, tenant: str, wanted: Filter, most: int) -> int:
    """How many records fit, `most` at most."""
    wanted, called = await _called(connection, tenant, wanted)
    query = _those(tenant, wanted, called, t.customer.c.id).limit(most)
    return await connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


async def tags(connection: AsyncConnection, tenant: str, part: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """Tags in use with `part` in them, by name: `{tag, layers}`; of the first `TAGS_WALKED`. Each costs one step in
    the index, however many customers have it."""
    g = t.tag.c
    found: list[dict[str, Any]] = []
    tag: str | None = ""
    for _ in range(TAGS_WALKED):
        next_one = sa.select(sa.func.min(g.tag)).where(g.tenant == tenant, g.tag > tag)
        tag = await connection.scalar(next_one)
        if tag is None or len(found) == limit:
            break
        if part.casefold() in tag.casefold():
            some = sa.select(g.layer).where(g.tenant == tenant, g.tag == tag).limit(1000).subquery()
            layers = (await connection.execute(sa.select(some.c.layer).distinct().order_by(some.c.layer))).scalars()
            found.append({"tag": tag, "layers": list(layers)})
    return found


async def items(connection: AsyncConnection, tenant: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """By id, of those who stand for themselves: as of a `Page`."""
    ids = sorted(ids)
    if not ids:
        return {}
    c, i, g = t.customer.c, t.identity.c, t.tag.c
    groups: dict[str, list[Any]] = {}
    for row in (
        await connection.execute(sa.select(t.customer).where(c.tenant == tenant, c.current.in_(ids)))
    ).mappings():
        groups.setdefault(row["current"], []).append(row)
    found = {id: as_one(rows) | {"identities": {}, "tags": {}} for id, rows in groups.items()}
    of_record = {row["id"]: id for id, rows in groups.items() for row in rows}
    # Put in order here: SQLite, which knows no figures of its tables, would rather walk all identities.
    theirs = sa.select(i.customer, i.kind, i.value, i.level).where(
        i.tenant == tenant, i.customer.in_(list(of_record))
    )
    known = sorted(
        (await connection.execute(theirs)).all(), key=lambda it: (it.kind != PHONE, it.kind, -it.level, it.value)
    )
    for id, kind, value, level in known:
        found[of_record[id]]["identities"].setdefault((kind, value), LEVELS[level])
    tags = sa.select(g.customer, g.layer, g.tag).order_by(g.layer, g.tag)
    for id, layer, tag in await connection.execute(tags.where(g.tenant == tenant, g.customer.in_(list(of_record)))):
        found[of_record[id]]["tags"][layer, tag] = None
    for item in found.values():
        item["identities"] = [
            {"kind": kind, "value": value, "level": level} for (kind, value), level in item["identities"].items()
        ]
        item["tags"] = [{"layer": layer, "tag": tag} for layer, tag in item["tags"]]
    return found
