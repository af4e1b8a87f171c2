"""What lists of customers are narrowed by, each in two ways (`records_narrowed`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.contacts import api as contacts
from qingting.records_narrowed import Fits, Way, asked

from . import tables as t
from .model import KINDS, PHONE
from .upserting import indexed

c = t.customer.c


def by_column(tenant: str, fits: Callable[[Any], Fits]) -> Way:
    """Of the customer's own columns, for which there is an index. `fits`: of a row's columns."""
    own = t.customer.alias()
    ids = sa.select(own.c.id).where(own.c.tenant == tenant, fits(own.c))
    return Way(fits(c), c.id.in_(ids), ids)


def named(connection: AsyncConnection, tenant: str, key: str, or_these: Sequence[str] = ()) -> Way:
    """With `key` (`model.name_key`) in the name, or one of these ids. SQLite has no index for it, nor has a single
    character."""

    def fits(row: Any, *pairs: Fits) -> Fits:
        called = sa.and_(*pairs, row.name_key.contains(key, autoescape=True))
        return sa.or_(called, row.id.in_(or_these)) if or_these else called

    told = [key[at : at + 2] for at in range(len(key) - 1)]
    if not told or connection.dialect.name != "postgresql":
        return Way(fits(c))
    return by_column(tenant, lambda row: fits(row, t.pairs(row.name_key).contains(told)))._replace(fits=fits(c))


def of_kind(tenant: str, kind: str) -> Way:
    """Persons are looked for where they stand: nearly all are."""
    if kind == KINDS[0]:
        return Way(c.kind == kind)
    return by_column(tenant, lambda row: sa.and_(row.kind == kind, t.no_person(row.kind)))


def speaks(tenant: str, languages: Sequence[str]) -> Way:
    return by_column(tenant, lambda row: sa.and_(row.language.in_(languages), t.spoken(row.language)))


def tagged(tenant: str, layer: str, tag: str) -> Way:
    g = t.tag.c
    where = [g.tenant == tenant, *(column == told for column, told in ((g.tag, tag), (g.layer, layer)) if told)]
    return _hangs(t.tag, *where)


def field_is(tenant: str, field: str, value: str | None, least: float | None, most: float | None) -> Way:
    """Of a searchable one: as text, or as a number between two; neither: something is known."""
    f = t.field_index.c
    where = [f.tenant == tenant, f.field == field]
    if value is not None:
        where.append(f.text == indexed(value)["text"])
    if least is not None:
        where.append(f.number >= least)
    if most is not None:
        where.append(f.number <= most)
    return _hangs(t.field_index, *where)


def _hangs(table: sa.Table, *where: Fits) -> Way:
    """Such a row hangs on the record."""
    ids = sa.select(table.c.customer).where(*where)
    return Way(asked(*where, table.c.customer == c.id), c.id.in_(ids), ids)


def known_by(tenant: str, kind: str, value: str) -> Way:
    i = t.identity.c
    return _hangs(t.identity, i.tenant == tenant, i.kind == kind, i.value == value)


def phone_ends(tenant: str, tail: str) -> Way:
    """With these digits, four at least."""
    i = t.identity.c
    ends = (i.value.endswith(tail, autoescape=True),) if len(tail) > 4 else ()
    return _hangs(t.identity, i.tenant == tenant, i.tail == tail[-4:], *ends)


def said(tenant: str, purpose: str, medium: str, given: bool | None) -> Way:
    """What was said last of a purpose, on any of the records that stand together; of what was said at the same
    instant a refusal. `given` None: something was said."""
    s, u = t.consent.alias(), t.consent.alias()
    own, other, older = t.customer.alias(), t.customer.alias(), t.customer.alias()

    def such(it: Any, of_whom: bool = False) -> list[Fits]:
        # Of the customer, not of all who said such: by another index.
        found = [it.tenant == tenant, (it.purpose.concat("") if of_whom else it.purpose) == purpose]
        found += [it.medium == medium] if medium else []
        return found + ([it.given == given] if given is not None else [])

    def together(row: Any, of: Any) -> sa.Select[Any]:
        return sa.select(of.c.id).where(of.c.tenant == tenant, of.c.current == row.c.current).correlate(row)

    def holds(row: Any, of: Any) -> list[Fits]:
        if given is None:
            return []
        after = u.c.at > s.c.at
        if given:
            after = sa.or_(after, sa.and_(u.c.at == s.c.at, ~u.c.given))
        later = (u.c.tenant == tenant, u.c.purpose.concat("") == purpose, u.c.medium == s.c.medium, after)
        return [~asked(u.c.customer.in_(together(row, of)), *later)]

    fits = asked(*such(s.c, of_whom=True), s.c.customer.in_(together(t.customer, own)), *holds(t.customer, other))
    them = (
        sa.select(own.c.current)
        .select_from(s.join(own, sa.and_(own.c.tenant == s.c.tenant, own.c.id == s.c.customer)))
        .where(*such(s.c), *holds(own, older))
    )
    some = sa.select(t.consent.c.customer).where(*such(t.consent.c))
    return Way(fits, c.current.in_(them), some)


def in_contact(tenant: str, since: float, lines: frozenset[str] | None) -> Way:
    """A contact by one of their phones arrived then or later."""
    i = t.identity.c
    numbers = contacts.numbers_since(tenant, since, lines)
    number = numbers.selected_columns[0]
    whose = (i.tenant == tenant, i.kind == PHONE)
    # Of the customer's identities: SQLite might walk all phones.
    own = (i.tenant == tenant, i.kind.concat("") == PHONE, i.customer == c.id)
    fits = asked(*own, numbers.where(number == i.value).exists())
    ids = sa.select(i.customer).where(*whose, i.value.in_(numbers))
    return Way(fits, c.id.in_(ids), contacts.numbers_since(tenant, since, None))
