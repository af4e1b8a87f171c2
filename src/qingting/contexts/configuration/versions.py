"""Versions of flows: published now or at a time, taken back, gone back to. A call keeps the one it began with."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Identity
from qingting.errors import Invalid, NotFound, Refused
from qingting.flow.tree import Problem

from . import model, queries
from . import tables as t
from .actions import item_of, unchanged
from .live import Change, Configuration
from .storing import put_published
from .view import Item, Published, View

AHEAD_S = 366 * 86400.0
"""How far ahead a version may be published."""
LISTED = 200
Calls = Mapping[str, tuple[int, Published]]
CALLED_MOST = 50


class Version(NamedTuple):
    version: int
    state: str
    """`now`, `due`, `past` or `withdrawn`."""
    starts_at: float
    published_at: float
    published_by: str
    back_to: int


async def publish(
    configuration: Configuration, who: Identity, flow: str, version: int, starts_at: float = 0.0
) -> Item[Any]:
    """Make the draft what new callers meet, now or from `starts_at` on.

    Raises `Invalid("flow.problems")` with `problems`, `Invalid("flow.cases_fail")` with `failures`.
    """
    await _heard(configuration, who.tenant, flow, version)
    async with configuration.change(who) as change:
        if starts_at > change.at + AHEAD_S:
            raise Invalid("flow.too_far_ahead")
        item = item_of(change, "flows", flow)
        unchanged(item, version)
        published = await tried(configuration, change, item.body.text, item.body.cases)
        await put_published(configuration, change, flow, published, starts_at=starts_at)
        await change.tell("flows", flow)
        return item


async def _heard(configuration: Configuration, tenant: str, flow: str, version: int) -> None:
    """More at once than its profile allows is not published. Before the change, for speaking takes its time; what is
    changed meanwhile has another version. Raises `Invalid("flow.problems")`."""
    view = configuration.of(tenant)
    item = view.flows.get(flow)
    if item is None or item.version != version:
        return
    async with configuration.records.read() as connection:
        calls = await _called(configuration, connection, view, item.body.text)
    await _measured(configuration, tenant, item.body.text, {name: it.text for name, (_, it) in calls.items()})


async def _measured(configuration: Configuration, tenant: str, text: str, others: Mapping[str, str]) -> None:
    if problems := await configuration.heard(tenant, text, others):
        raise Invalid("flow.problems", problems=[p._asdict() for p in problems])


async def _heard_again(configuration: Configuration, tenant: str, flow: str, version: int) -> None:
    """As `_heard`, of a version that was in force before: what it is spoken with, voices and recordings, may say the
    same more slowly now, or under another profile. What is not there is refused by the change."""
    view = configuration.of(tenant)
    if flow not in view.flows or view.published.get(flow) == version:
        return
    async with configuration.records.read() as connection:
        before = await _version(connection, tenant, flow, version)
        called = {name: await queries.flow_version(connection, tenant, name, n) for name, n in before.calls.items()}
    await _measured(configuration, tenant, before.text, {name: it.text for name, it in called.items() if it})


async def tried(configuration: Configuration, change: Change, text: str, cases: str) -> Published:
    """With the versions of what it calls as they are now. Raises `Invalid`."""
    calls = await _called(configuration, change.connection, change.view, text)
    problems, failures = await _judged(configuration, change.view, text, cases, calls)
    if problems:
        raise Invalid("flow.problems", problems=[p._asdict() for p in problems])
    if failures:
        raise Invalid("flow.cases_fail", failures=[p._asdict() for p in failures])
    return Published(text, cases, {flow: version for flow, (version, _) in calls.items()})


async def checked(
    configuration: Configuration, view: View, text: str, cases: str
) -> tuple[list[Problem], list[Problem]]:
    """What stands against publishing this: problems, and cases that fail."""
    async with configuration.records.read() as connection:
        calls = await _called(configuration, connection, view, text)
    return await _judged(configuration, view, text, cases, calls)


async def compared(configuration: Configuration, who: Identity, flow: str, old: int, new: int) -> dict[str, Any]:
    """What changed from one version to another, 0 being the draft. Raises `Invalid("flow.problems")`."""
    draft = configuration.of(who.tenant).flows[flow].body.text
    was, now = [await configuration.flow_text(who.tenant, flow, n) if n else draft for n in (old, new)]
    return await asyncio.to_thread(configuration.compare_flows, was, now)


async def _judged(
    configuration: Configuration, view: View, text: str, cases: str, calls: Calls
) -> tuple[list[Problem], list[Problem]]:
    if problems := model.flow_problems(text, view, configuration.check_flow):
        return problems, []
    others = {flow: published.text for flow, (_, published) in calls.items()}
    return await asyncio.to_thread(configuration.try_flow, text, cases, others)


async def roll_back(configuration: Configuration, who: Identity, flow: str, version: int) -> Item[Any]:
    """An earlier version's text once more, with what it called then, under a new number. Raises as `publish` does:
    what it names may be gone."""
    await _heard_again(configuration, who.tenant, flow, version)
    async with configuration.change(who) as change:
        item = item_of(change, "flows", flow)
        if change.view.published.get(flow) == version:
            raise Refused("flow.version_in_force")
        before = await _version(change.connection, change.tenant, flow, version)
        if problems := model.flow_problems(before.text, change.view, configuration.check_flow):
            raise Invalid("flow.problems", problems=[p._asdict() for p in problems])
        await put_published(configuration, change, flow, before, back_to=version)
        await change.tell("flows", flow)
        return item


async def withdraw(configuration: Configuration, who: Identity, flow: str, version: int) -> Item[Any]:
    """Take back a version that has not started yet. Raises `Refused("flow.version_started")`."""
    async with configuration.change(who) as change:
        item = item_of(change, "flows", flow)
        await _version(change.connection, change.tenant, flow, version)
        if not any(it[1:] == (flow, version) for it in change.view.due):
            raise Refused("flow.version_started")
        v = t.flow_version
        await change.connection.execute(
            v.update()
            .where(v.c.tenant == change.tenant, v.c.flow == flow, v.c.version == version)
            .values(withdrawn=True)
        )
        change.view = change.view.without_version(flow, version)
        await configuration.audit(change.connection, who, "flow.withdraw", flow, {"version": version})
        await change.tell("flows", flow)
        return item


async def listed(configuration: Configuration, who: Identity, flow: str) -> list[Version]:
    """The newest first, at most 200."""
    view, c = configuration.of(who.tenant), t.flow_version.c
    async with configuration.records.read() as connection:
        rows = await connection.execute(
            sa.select(c.version, c.starts_at, c.published_at, c.published_by, c.back_to, c.withdrawn)
            .where(c.tenant == who.tenant, c.flow == flow)
            .order_by(c.version.desc())
            .limit(LISTED)
        )
    due = {version for _, of, version in view.due if of == flow}
    return [
        Version(
            row.version,
            "withdrawn" if row.withdrawn
            else "now" if row.version == view.published.get(flow)
            else "due" if row.version in due
            else "past",
            row.starts_at, row.published_at, row.published_by, row.back_to,
        )
        for row in rows
    ]  # fmt: skip


def called_first(texts: Mapping[str, str], check: model.CheckFlow) -> list[tuple[str, str]]:
    """Flows and their texts in such an order that what is called is published before who calls it. Of those that call
    each other in a circle some come too early, and are refused."""
    ordered: dict[str, str] = {}
    while left := {flow: text for flow, text in texts.items() if flow not in ordered}:
        ready = [
            flow
            for flow, text in left.items()
            if not any(u.kind == "flows" and u.id in left for u in check(text).uses)
        ]
        for flow in ready or left:
            ordered[flow] = texts[flow]
    return list(ordered.items())


async def _version(connection: AsyncConnection, tenant: str, flow: str, version: int) -> Published:
    kept = await queries.flow_version(connection, tenant, flow, version)
    if kept is None:
        raise NotFound("flow.unknown", flow=flow, version=version)
    return kept


async def _called(configuration: Configuration, connection: AsyncConnection, view: View, text: str) -> Calls:
    """All flows that it calls, directly or not, as callers meet them now, with their versions; those that were never
    published are left out."""
    calls: dict[str, tuple[int, Published]] = {}
    todo = [use.id for use in configuration.check_flow(text).uses if use.kind == "flows"]
    while todo and len(calls) < CALLED_MOST:
        flow = todo.pop()
        version = view.published.get(flow, 0)
        if flow in calls or not version:
            continue
        calls[flow] = version, await _version(connection, view.tenant, flow, version)
        todo += [use.id for use in configuration.check_flow(calls[flow][1].text).uses if use.kind == "flows"]
    return calls
