"""Contacts of a stretch of time, as a part of other rooms' statements: to count them by who had them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import sqlalchemy as sa

from . import tables as t

What = Literal["contacts", "answered", "abandoned", "self_served", "transferred", "callbacks", "messages"]


class Which(NamedTuple):
    """Which of them; empty fields do not matter."""

    since: float = 0.0
    what: What = "contacts"
    direction: str = ""
    """`in` or `out`."""
    media: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    """Any of its visits was in one of these."""
    outcomes: tuple[str, ...] = ()
    dispositions: tuple[str, ...] = ()
    waited_s: float = 0.0
    """At least so long."""


def contacts_with(tenant: str, which: Which) -> sa.Select[tuple[str, str, float]]:
    """`id, number, arrived_at` of contacts; `number` None where it is not known."""
    c = t.contact.c
    query = sa.select(c.id, c.number, c.arrived_at).where(c.tenant == tenant)
    if which.since:
        query = query.where(c.arrived_at >= which.since)
    if which.direction:
        query = query.where(c.direction == which.direction)
    for column, values in (
        (c.medium, which.media),
        (c.outcome, which.outcomes),
        (c.disposition, which.dispositions),
    ):
        if values:
            query = query.where(column.in_(values))
    if which.queues:
        query = query.where(_visited(t.visit.c.queue.in_(which.queues)))
    if which.waited_s:
        query = query.where(waited(which.waited_s))
    if which.what != "contacts":
        query = query.where(is_a(which.what))
    return query


def is_a(what: What) -> sa.ColumnElement[bool]:
    """Of a row of `contact`. `abandoned`: after more than the short-abandon threshold; `transferred`: at least once,
    a lost agent apart; `callbacks`, `messages`: one was asked for in it."""
    c = t.contact.c
    match what:
        case "contacts":
            return sa.true()
        case "answered":
            return c.outcome == "answered"
        case "self_served":
            return c.outcome == "self_service"
        case "abandoned":
            return sa.and_(c.outcome == "abandoned", _visited(t.visit.c.outcome == "abandoned", ~t.visit.c.short))
        case "transferred":
            return transfers() > 0
        case "callbacks":
            return _happened("CallbackRequested")
        case "messages":
            return _happened("MessageTaken")


def waited(least_s: float) -> sa.ColumnElement[bool]:
    return t.contact.c.wait_s >= least_s


def concluded(dispositions: Sequence[str]) -> sa.ColumnElement[bool]:
    """With one of these."""
    return t.contact.c.disposition.in_(dispositions)


def transfers() -> sa.ScalarSelect[int]:
    """How often a row of `contact` was handed on, not counting agents who were lost."""
    h = t.happening.c
    by_hand = h.detail["how"].as_string() != "lost"
    return sa.select(sa.func.count()).where(*_of_contact("ContactTransferred"), by_hand).scalar_subquery()


def _visited(*where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    v = t.visit.c
    return sa.exists().where(v.tenant == t.contact.c.tenant, v.contact == t.contact.c.id, *where)


def _happened(kind: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(*_of_contact(kind))


def _of_contact(kind: str) -> tuple[sa.ColumnElement[bool], ...]:
    h = t.happening.c
    return h.tenant == t.contact.c.tenant, h.contact == t.contact.c.id, h.kind == kind
