"""One person's data is erased: here and in the journal's erasable table, wherever it is held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import in_batches

from . import tables as t
from .retention import nobody


class Held(NamedTuple):
    """What is held of somebody."""

    contacts: frozenset[str]
    """Theirs."""
    others: frozenset[str]
    """Callbacks and messages of theirs."""
    refs: frozenset[str]
    """Into the journal's erasable table; also where an agent called them into somebody else's contact."""


async def held_of(connection: AsyncConnection, tenant: str, numbers: Iterable[str]) -> Held:
    """Of whoever has these numbers (E.164)."""
    wanted = sorted(set(numbers))
    c, r = t.contact.c, t.reference.c
    own = {str(id) for id in await _some(connection, sa.select(c.id), c.tenant == tenant, c.number, wanted)}
    refs: set[str] = set()
    for some in in_batches(wanted):
        theirs = sa.select(r.ref, r.holder, r.contact, r.kind).where(r.tenant == tenant, r.number.in_(some))
        for ref, holder, contact, kind in await connection.execute(theirs):
            refs.add(ref)
            if kind == "caller":
                own.add(holder)
                own.update({contact} - {""})
    refs |= await refs_of(connection, tenant, own)
    holders = await _some(connection, sa.select(r.holder), r.tenant == tenant, r.contact, sorted(own))
    own.update(holders)
    contacts = frozenset(await _some(connection, sa.select(c.id), c.tenant == tenant, c.id, sorted(own)))
    return Held(contacts, frozenset(own) - contacts, frozenset(refs))


async def refs_of(connection: AsyncConnection, tenant: str, contacts: Iterable[str]) -> set[str]:
    """Into the journal's erasable table, of these contacts."""
    r, wanted = t.reference.c, sorted(set(contacts))
    refs: set[str] = set()
    for by in (r.holder, r.contact):
        refs.update(await _some(connection, sa.select(r.ref), r.tenant == tenant, by, wanted))
    return refs


async def forget(connection: AsyncConnection, tenant: str, held: Held) -> None:
    """Erase here what is held of somebody, and what was written about their contacts. The contacts themselves stay,
    of nobody. The journal's own copy is erased before, by `Journal.erase`: once more if this fails."""
    for some in in_batches(sorted(held.contacts)):
        await nobody(connection, tenant, some)
    for some in in_batches(sorted(held.refs)):
        r = t.reference.c
        await connection.execute(sa.delete(t.reference).where(r.tenant == tenant, r.ref.in_(some)))


async def _some(
    connection: AsyncConnection, what: sa.Select[str], where: sa.ColumnElement[bool], by: sa.Column[str],
    values: Sequence[str],
) -> list[str]:  # fmt: skip
    found: list[str] = []
    for some in in_batches(values):
        found += (await connection.execute(what.where(where, by.in_(some)))).scalars()
    return found
