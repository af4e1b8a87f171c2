"""Lists of customers: by what they are known, called, tagged, or by a field of the tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import each_value
from qingting.records_narrowed import Way, read

from . import narrowing
from . import tables as t
from .merged import as_one
from .model import LEVELS, MAIL, PHONE, name_key, normalised


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


class Page(NamedTuple):
    items: list[dict[str, Any]]
    """Each as `merged.as_one`, with `identities` and `tags`."""
    next: tuple[Any, ...] | None


async def search(connection: AsyncConnection, tenant: str, wanted: Filter) -> Page:
    """Those who stand for a record that fits, once each on a page; newest change first, or by name."""
    wanted, ways = await _ways(connection, tenant, wanted)
    rows = await _rows(connection, tenant, wanted, ways)
    shown = list(dict.fromkeys(row.current for row in rows[: wanted.limit]))
    found = await items(connection, tenant, shown)
    last = rows[wanted.limit - 1] if len(rows) > wanted.limit else None
    return Page([found[id] for id in shown if id in found], (last.key, last.id) if last else None)


async def _rows(connection: AsyncConnection, tenant: str, wanted: Filter, ways: Sequence[Way]) -> Sequence[Any]:
    """`id`, `current`, `key` of those on the page, and of one more where there is one."""
    c, rising = t.customer.c, wanted.order == "name"
    key = c.name_key if rising else c.changed_at
    query = sa.select(c.id, c.current, key.label("key")).where(c.tenant == tenant)
    if wanted.after is not None:
        here = sa.tuple_(key, c.id)
        last_key, last_id = wanted.after
        there = sa.tuple_(sa.bindparam(None, last_key, key.type), sa.bindparam(None, last_id, c.id.type))
        query = query.where(here > there if rising else here < there)
    return await read(connection, query, (key, c.id), ways, wanted.limit + 1, rising=rising)


async def _ways(connection: AsyncConnection, tenant: str, wanted: Filter) -> tuple[Filter, list[Way]]:
    """What is to be held of a row; the filter with `ids` in place of `q`, where an index found who is meant."""
    c = t.customer.c
    wanted, called = await _called(connection, tenant, wanted)
    found: list[Way] = []
    if wanted.ids:
        found.append(Way(c.id.in_(wanted.ids), c.id.in_(wanted.ids)))
    if wanted.identity[0]:
        found.append(narrowing.known_by(tenant, *wanted.identity)._replace(some=None))
    if wanted.tail:
        found.append(narrowing.phone_ends(tenant, wanted.tail)._replace(some=None))
    if wanted.kind:
        found.append(narrowing.of_kind(tenant, wanted.kind))
    if wanted.language:
        found.append(narrowing.speaks(tenant, await _languages(connection, tenant, wanted.language)))
    if wanted.tag or wanted.layer:
        found.append(narrowing.tagged(tenant, wanted.layer, wanted.tag))
    if wanted.field:
        found.append(narrowing.field_is(tenant, wanted.field, wanted.value, wanted.least, wanted.most))
    if wanted.purpose:
        found.append(narrowing.said(tenant, wanted.purpose, wanted.consent_medium, wanted.given))
    if wanted.changed_since is not None:
        since = wanted.changed_since
        found.append(narrowing.by_column(tenant, lambda row: row.changed_at >= since))
    if wanted.contacted_since is not None:
        found.append(narrowing.in_contact(tenant, wanted.contacted_since, wanted.lines))
    if called is not None:
        found.append(called)
    if wanted.members is not None:
        found.append(_in_segment(tenant, wanted.members, alone=not found))
    elif not found:
        found.append(Way(c.current == c.id))
    return wanted, found


async def _languages(connection: AsyncConnection, tenant: str, told: str) -> list[str]:
    """Those in use that are this one, as `zh` and `zh-CN` are `zh`."""
    c = t.customer.c
    in_use = each_value(c.language, c.tenant == tenant, t.spoken(c.language)).limit(LANGUAGES_WALKED)
    languages = (await connection.execute(in_use)).scalars()
    return [it for it in languages if it == told or it.startswith(told + "-")]


def _in_segment(tenant: str, segment: Segment, alone: bool) -> Way:
    c = t.customer.c
    if alone:
        return Way(sa.and_(c.current == c.id, segment.fits(t.customer)))
    leader = t.customer.alias()
    mine = (leader.c.tenant == tenant, leader.c.current == leader.c.id)
    return Way(c.current.in_(sa.select(leader.c.id).where(*mine, segment.fits(leader))))


_EXACT_MOST = 200
TAGS_WALKED = 500
LANGUAGES_WALKED = 200


async def _called(connection: AsyncConnection, tenant: str, wanted: Filter) -> tuple[Filter, Way | None]:
    """What is found at once, by an index, is looked for first: names need be read only for what is a name.

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
    return wanted, narrowing.named(connection, tenant, key, sorted(exact))


async def count(connection: AsyncConnection, tenant: str, wanted: Filter, most: int) -> int:
    """How many records fit, `most` at most."""
    c = t.customer.c
    _, ways = await _ways(connection, tenant, wanted)
    fits = (way.fits if way.among is None else way.among for way in ways)
    query = sa.select(c.id).where(c.tenant == tenant, *fits).limit(most)
    return await connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


async def tags(connection: AsyncConnection, tenant: str, part: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """Tags in use with `part` in them, by name: `{tag, layers}`; of the first `TAGS_WALKED`."""
    g = t.tag.c
    found: list[dict[str, Any]] = []
    in_use = (await connection.execute(each_value(g.tag, g.tenant == tenant).limit(TAGS_WALKED))).scalars()
    for tag in [it for it in in_use if part.casefold() in it.casefold()][:limit]:
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
    # Put in order here: SQLite would rather walk all identities.
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
