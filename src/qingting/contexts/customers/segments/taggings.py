"""What gives tags by itself: rules that people make, and computations that come with the product."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import Invalid, NotFound, Refused, TooMany
from qingting.records import new_id

from . import keeping, renewing
from .computations import COMPUTATIONS
from .tables import renewal, tagging

MOST = 100
"""Of a tenant."""
RULE = "rule"
_TOLD = (
    "id", "version", "kind", "layer", "tag", "enabled", "rule", "settings", "changed_at", "ran_at", "tagged", "added",
    "withdrawn", "problem",
)  # fmt: skip


class Told(NamedTuple):
    """As somebody wants it."""

    kind: str
    """`rule`, or a key of `COMPUTATIONS`."""
    layer: str
    tag: str
    enabled: bool
    rule: Any
    """Of a rule."""
    settings: dict[str, Any]
    """Of a computation: its numbers, and `dispositions` where it goes by them (none:
    those that mean a complaint); what is not told is as shipped."""


async def of_tenant(connection: AsyncConnection, tenant: str) -> list[dict[str, Any]]:
    """Rules, oldest first, then all computations: those nobody has touched are off, with an empty id."""
    rows = await connection.execute(sa.select(tagging).where(tagging.c.tenant == tenant).order_by(tagging.c.id))
    kept = [{name: row[name] for name in _TOLD} for row in rows.mappings()]
    there = {it["kind"] for it in kept}
    blank = dict.fromkeys(("changed_at", "ran_at", "rule")) | dict.fromkeys(("tagged", "added", "withdrawn"), 0)
    shipped = [
        blank
        | {"id": "", "version": 0, "kind": kind, "layer": it.layer, "tag": "", "enabled": False, "problem": ""}
        | {"settings": _settings(kind, {})}
        for kind, it in COMPUTATIONS.items()
        if kind not in there
    ]
    place = {kind: n for n, kind in enumerate(COMPUTATIONS)}
    computed = sorted((it for it in kept + shipped if it["kind"] != RULE), key=lambda it: place[it["kind"]])
    return [it for it in kept if it["kind"] == RULE] + computed


async def run_of(connection: AsyncConnection, tenant: str) -> dict[str, Any]:
    """`{due_at, started_at, ended_at, running, problem}`; instants None where there was none."""
    row = (await connection.execute(sa.select(renewal).where(renewal.c.tenant == tenant))).mappings().one_or_none()
    if row is None:
        return {"due_at": None, "started_at": None, "ended_at": None, "running": False, "problem": ""}
    told = {name: row[name] for name in ("due_at", "started_at", "ended_at", "problem")}
    return told | {"running": row["holder"] != "" and row["held_until"] > time.time()}


async def create(connection: AsyncConnection, tenant: str, user: str, told: Told) -> str:
    """Returns its id. Raises as `keeping.read`; `Invalid("request.invalid")`: `kind: tagging.unknown`,
    `settings.<name>: rule.bad_number`, `tag: tagging.taken`; `TooMany("tagging.too_many")`."""
    count = sa.select(sa.func.count()).where(tagging.c.tenant == tenant)
    if (await connection.scalar(count) or 0) >= MOST:
        raise TooMany("tagging.too_many", f"{MOST} at most", most=MOST)
    values = await _checked(connection, tenant, "", told) | {"id": new_id("tg-"), "version": 1, "user_id": user}
    await connection.execute(tagging.insert().values(tenant=tenant, **values))
    await renewing.ask(connection, tenant)
    return str(values["id"])


async def change(connection: AsyncConnection, tenant: str, id: str, version: int, told: Told) -> None:
    """Its kind stays. Raises as `create`, `NotFound("tagging.unknown")`, `Refused("changed_meanwhile")`."""
    old = await _one(connection, tenant, id)
    values = await _checked(connection, tenant, id, told._replace(kind=old["kind"]))
    mine = (tagging.c.tenant == tenant, tagging.c.id == id, tagging.c.version == version)
    done = await connection.execute(tagging.update().where(*mine).values(version=version + 1, **values))
    if done.rowcount != 1:
        raise Refused("changed_meanwhile", "somebody else changed it meanwhile")
    await renewing.ask(connection, tenant)


async def remove(connection: AsyncConnection, tenant: str, id: str) -> None:
    """The next renewal withdraws its tags. Raises `NotFound("tagging.unknown")`."""
    await _one(connection, tenant, id)
    await connection.execute(tagging.delete().where(tagging.c.tenant == tenant, tagging.c.id == id))
    await renewing.ask(connection, tenant)


async def _one(connection: AsyncConnection, tenant: str, id: str) -> Any:
    query = sa.select(tagging).where(tagging.c.tenant == tenant, tagging.c.id == id)
    if (row := (await connection.execute(query)).mappings().one_or_none()) is None:
        raise NotFound("tagging.unknown", id=id)
    return row


async def _checked(connection: AsyncConnection, tenant: str, id: str, told: Told) -> dict[str, Any]:
    if told.kind == RULE:
        await keeping.read(connection, tenant, told.rule)
        told = told._replace(settings={})
    elif told.kind in COMPUTATIONS:
        told = told._replace(settings=_settings(told.kind, told.settings), rule=None)
    else:
        raise Invalid("request.invalid", fields={"kind": "tagging.unknown"})
    # Of one layer a tag comes from one place by rule, and from one by computation: else they would take turns.
    alike = tagging.c.kind == RULE if told.kind == RULE else tagging.c.kind != RULE
    same = (tagging.c.layer == told.layer, tagging.c.tag == told.tag, tagging.c.id != id, alike)
    once = sa.and_(tagging.c.kind != RULE, tagging.c.kind == told.kind, tagging.c.id != id)
    taken = sa.exists().where(tagging.c.tenant == tenant, sa.or_(sa.and_(*same), once))
    if await connection.scalar(sa.select(taken)):
        raise Invalid("request.invalid", fields={"tag": "tagging.taken"})
    return told._asdict() | {"changed_at": time.time(), "problem": ""}


def _settings(kind: str, told: dict[str, Any]) -> dict[str, Any]:
    computation = COMPUTATIONS[kind]
    values: dict[str, Any] = {name: it.default for name, it in computation.settings.items()}
    bad: dict[str, str] = {}
    for name, value in told.items():
        if name == "dispositions" and computation.by_disposition:
            codes = isinstance(value, list) and len(value) <= 50
            if codes and all(isinstance(it, str) and 0 < len(it) <= 80 for it in value):
                continue
            bad[f"settings.{name}"] = "rule.bad_choice"
        elif (setting := computation.settings.get(name)) is None:
            bad[f"settings.{name[:40]}"] = "rule.unknown_part"
        elif isinstance(value, bool) or not isinstance(value, int | float):
            bad[f"settings.{name}"] = "rule.bad_number"
        elif setting.least <= value <= setting.most:
            values[name] = float(value)
        else:
            bad[f"settings.{name}"] = "rule.bad_number"
    if bad:
        raise Invalid("request.invalid", fields=bad)
    if computation.by_disposition:
        values["dispositions"] = list(dict.fromkeys(told.get("dispositions", [])))
    return values
