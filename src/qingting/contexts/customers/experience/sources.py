"""Where points of an experience line come from. A room that knows more (surveys, cases, campaigns, mystery tests)
hands over one more `Source`, or writes its moments down over HTTP.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.contacts.api import Experienced, experienced
from qingting.records import in_batches

from . import scoring
from . import tables as t
from .model import Point, Reason


class Person(NamedTuple):
    """One customer, by all records that stand together."""

    records: Sequence[str]
    numbers: Sequence[str]
    """Their phones, E.164."""


class Asked(NamedTuple):
    tenant: str
    people: Mapping[str, Person]
    """By who stands for them."""
    since: float
    most: int
    """Of each, the latest; a source may give more."""


Source = Callable[[AsyncConnection, Asked], Awaitable[dict[str, list[Point]]]]
"""Points by customer, in no order; those who have none may be left out."""

Meanings = Callable[[str], Mapping[str, str]]
"""Tenant → what its dispositions say of a contact, by their id: `resolved`, `unresolved`, `complaint`."""


def of_contacts(meanings: Meanings) -> Source:
    """Computed, from what happened in their contacts."""

    async def found(connection: AsyncConnection, asked: Asked) -> dict[str, list[Point]]:
        numbers = {number for person in asked.people.values() for number in person.numbers}
        by_number: dict[str, list[Experienced]] = defaultdict(list)
        for contact in await experienced(connection, asked.tenant, numbers, asked.since, asked.most):
            by_number[contact.number].append(contact)
        means = meanings(asked.tenant)
        return {
            id: scoring.points([it for number in person.numbers for it in by_number[number]], means)
            for id, person in asked.people.items()
        }

    return found


async def stated(connection: AsyncConnection, asked: Asked) -> dict[str, list[Point]]:
    """What somebody wrote down."""
    m = t.moment.c
    stands = {record: id for id, person in asked.people.items() for record in person.records}
    found: dict[str, list[Point]] = defaultdict(list)
    place = sa.func.row_number().over(partition_by=m.customer, order_by=(m.at.desc(), m.id)).label("place")
    for some in in_batches(sorted(stands)):
        mine = (m.tenant == asked.tenant, m.customer.in_(some), m.at >= asked.since)
        ranked = sa.select(t.moment, place).where(*mine).subquery()
        for row in await connection.execute(sa.select(ranked).where(ranked.c.place <= asked.most)):
            point = Point(
                row.at, f"moment:{row.id}", row.situation, row.score, 1.0, True, row.origin, (Reason("stated"),),
                row.contact, row.line, row.note, row.user_id,
            )  # fmt: skip
            found[stands[row.customer]].append(point)
    return found
