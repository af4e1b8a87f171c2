"""What a stretch of time says of each customer, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from qingting.contexts.contacts.api import Which, concluded, contacts_with, is_a, transfers, waited

from .compiling import DAY_S, World, whose
from .computations import Facts, Numbers

_COUNTED = ("self_served", "answered", "abandoned", "bad", "complaints")


def facts(world: World, by: Numbers, dispositions: Sequence[str]) -> sa.Select[Any]:
    """`current` of whoever had a contact in the last `by["days"]`, and the columns of `Facts`."""
    contact = contacts_with(world.tenant, Which(since=world.now - by["days"] * DAY_S, direction="in"))
    bad = [is_a("abandoned")]
    if "waited_s" in by:
        bad.append(waited(by["waited_s"]))
    if "transfers" in by:
        bad.append(transfers() >= by["transfers"])
    flags: dict[str, sa.ColumnElement[bool]] = {
        "self_served": is_a("self_served"),
        "answered": is_a("answered"),
        "abandoned": is_a("abandoned"),
        "bad": sa.or_(*bad),
        "complaints": concluded(dispositions) if dispositions else sa.false(),
    }
    marked = contact.add_columns(*(_one(flag).label(name) for name, flag in flags.items())).subquery("k")
    # Records that stand together may have the same number: each of their contacts counts once.
    once = whose(world.tenant, marked).distinct().subquery("o")
    when = sa.case((once.c.bad == 1, once.c.arrived_at), else_=0.0)
    return sa.select(
        once.c.current,
        sa.func.count().label("contacts"),
        *(sa.func.sum(once.c[name]).label(name) for name in _COUNTED),
        sa.func.max(once.c.arrived_at).label("last_at"),
        sa.func.max(when).label("last_bad_at"),
    ).group_by(once.c.current)


def of_row(row: Any) -> Facts:
    return Facts(**{name: getattr(row, name) for name in Facts._fields})


def _one(flag: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.case((flag, 1), else_=0)
