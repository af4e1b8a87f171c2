"""A document becomes a tenant's configuration: all of it, or nothing when anything in it is refused.

What it says is added or changed; what it does not name is left as it is. Everything is judged against what would
stand at the end, so that things may refer to each other in any order.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Identity
from qingting.errors import Invalid, NotAllowed
from qingting.flow.tree import Problem, problem

from . import core_commands, document, model, queries
from .document import Part
from .live import Configuration
from .outside import Service, moved
from .schemas import KINDS, Site, Trunk
from .storing import difference, keys_of, most_of, put, put_keys, put_published
from .versions import called_first, tried
from .view import Item, View

PROBLEMS_SHOWN = 100


class Difference(NamedTuple):
    """`how`: `new`, `changed` or `published` (a flow alone); `fields`: old and new value of each that changes."""

    kind: str
    id: str
    name: str
    how: str
    fields: dict[str, Any]


class Thing(NamedTuple):
    kind: str
    id: str
    name: str


class Brought(NamedTuple):
    changes: list[Difference]
    same: int
    """Things that stand there as the document has them."""
    left: list[Thing]
    """What the document does not name."""
    without_secret: list[Thing]
    """Trunks, sites and services that may need theirs to be entered."""


class _Plan(NamedTuple):
    after: View
    items: list[tuple[str, Item[Any]]]
    """With versions that will stand; those that change only."""
    texts: dict[str, str]
    """By flow, what is to be published."""
    told: Brought


async def export(configuration: Configuration, who: Identity) -> str:
    _of_all_lines(who)
    async with configuration.records.write() as connection:
        view = await queries.view(connection, who.tenant, time.time())
        texts = await queries.published_texts(connection, view)
        await configuration.audit(connection, who, "configuration.export", "", {"revision": view.revision})
    return await asyncio.to_thread(document.written, view, texts)


async def look_at(configuration: Configuration, who: Identity, text: str) -> Brought:
    """What `bring_in` would do. Raises what it raises."""
    parts, problems = await _read(who, text)
    async with configuration.records.read() as connection:
        view = await queries.view(connection, who.tenant, time.time())
        return (await _planned(configuration, connection, view, parts, problems)).told


async def bring_in(configuration: Configuration, who: Identity, text: str) -> Brought:
    """Raises `Invalid("configuration.problems", problems=[{line, column, code, message}], count=…)`,
    `NotAllowed("scope.line")`, `Refused("changed_meanwhile")`."""
    parts, problems = await _read(who, text)
    async with configuration.change(who) as change:
        before = change.view
        plan = await _planned(configuration, change.connection, before, parts, problems)
        if not plan.told.changes:
            return plan.told
        if plan.items:
            await put_keys(change, plan.items)
        for kind, item in plan.items:
            await put(configuration, change, kind, item, "create" if item.version == 1 else "change")
        for flow, published in called_first(plan.texts, configuration.check_flow):
            cases = change.view.flows[flow].body.cases
            await put_published(configuration, change, flow, await tried(configuration, change, published, cases))
        # The core hears all of it with the first: queues may lead to queues that are told of later.
        commands = core_commands.between(before, change.view)
        for one in plan.told.changes:
            await change.tell(one.kind, one.id, commands)
            commands = []
        counts = Counter(one.how for one in plan.told.changes)
        await configuration.audit(change.connection, who, "configuration.import", "", dict(counts))
        return plan.told


def standing(text: str, check: model.CheckFlow) -> View:
    """What would stand in an empty centre that this document is brought into.

    Raises `Invalid("configuration.problems")`, also for what a part of a whole refers to."""
    parts, problems = document.read(text)
    plan = _plan(View(""), parts, {})
    if found := [*problems, *_unsound(plan, parts, check)]:
        raise faulty(found)
    return plan.after


def _of_all_lines(who: Identity) -> None:
    if who.lines:
        raise NotAllowed("scope.line", "this is outside the business lines of your scope")


async def _read(who: Identity, text: str) -> tuple[list[Part], list[Problem]]:
    _of_all_lines(who)
    return await asyncio.to_thread(document.read, text)


async def _planned(
    configuration: Configuration,
    connection: AsyncConnection,
    view: View,
    parts: list[Part],
    problems: list[Problem],
) -> _Plan:
    published = await queries.published_texts(connection, view)
    plan = await asyncio.to_thread(_plan, view, parts, published)
    found = [*problems, *await asyncio.to_thread(_unsound, plan, parts, configuration.check_flow)]
    found += await _taken(connection, plan, parts)
    if found:
        raise faulty(found)
    return plan


def _plan(view: View, parts: list[Part], published: Mapping[str, str]) -> _Plan:
    items: list[tuple[str, Item[Any]]] = []
    texts: dict[str, str] = {}
    changes: list[Difference] = []
    of_kind: dict[str, dict[str, Item[Any]]] = {kind: dict(view.of(kind)) for kind in KINDS}
    for part in parts:
        before = view.item(part.kind, part.id)
        same = before is not None and before.body == part.body
        if not same:
            version, secret = (before.version, before.secret) if before else (0, None)
            if before is not None and moved(before.body, part.body):
                secret = None
            item = Item(part.id, version + 1, part.body, secret)
            items.append((part.kind, item))
            of_kind[part.kind][part.id] = item
            how = "changed" if before else "new"
            changes.append(Difference(part.kind, part.id, item.name, how, difference(before, item) if before else {}))
        if part.published is not None and published.get(part.id) != part.published:
            texts[part.id] = part.published
            if same:
                changes.append(Difference(part.kind, part.id, part.body.name, "published", {}))
    versions = dict(view.published) | {flow: view.published.get(flow, 0) + 1 for flow in texts}
    after = dataclasses.replace(view, items=of_kind, published=versions)
    named = {(part.kind, part.id) for part in parts}
    left = [
        Thing(kind, item.id, item.name)
        for kind in KINDS
        for _, item in sorted(view.of(kind).items())
        if (kind, item.id) not in named
    ]
    without = [Thing(kind, item.id, item.name) for kind, item in items if _lacks_secret(item)]
    told = Brought(changes, len(parts) - len({(one.kind, one.id) for one in changes}), left, without)
    return _Plan(after, items, texts, told)


def _lacks_secret(item: Item[Any]) -> bool:
    match item.body:
        case Trunk(username=username):
            return bool(username) and item.secret is None
        case Site(host=host):
            return bool(host) and item.secret is None
        case Service(secret_header=header):
            return bool(header) and item.secret is None
        case _:
            return False


def _unsound(plan: _Plan, parts: list[Part], check: model.CheckFlow) -> list[Problem]:
    found: list[Problem] = []
    for kind in KINDS:
        first = next((part.at for part in parts if part.kind == kind), None)
        if first is not None and len(plan.after.of(kind)) > most_of(kind):
            found.append(problem(first, "configuration.too_many", f"at most {most_of(kind)} {kind}"))
    for part in parts:
        fields = model.unsound(part.id, part.body, plan.after)
        if not fields and (way := model.overflow_loop(part.id, part.body, plan.after)):
            at = document.place(part.at, ["overflow"])
            words = f"contacts would go round in circles: {' → '.join(way)}"
            found.append(problem(at, "configuration.overflow_loop", words))
        found += _of_fields(part, fields)
        if part.published is not None:
            at = document.place(part.at, ["text"])
            for each in model.flow_problems(part.published, plan.after, check):
                found.append(problem(at, each.code, f"line {each.line}, {each.column} of the flow: {each.message}"))
    return found


async def _taken(connection: AsyncConnection, plan: _Plan, parts: Iterable[Part]) -> list[Problem]:
    """Names and numbers that would be there twice, here or with another tenant."""
    tenant = plan.after.tenant
    at = {(part.kind, part.id): part for part in parts}
    owners: dict[tuple[str, str], tuple[str, str]] = {}
    found: list[Problem] = []
    everywhere: list[str] = []
    for kind in KINDS:
        # Those that are in the document come last: they are told of it.
        for id, item in sorted(plan.after.of(kind).items(), key=lambda one: (kind, one[0]) in at):
            for key, field in keys_of(tenant, kind, item).items():
                if owners.setdefault(key, (kind, id)) != (kind, id) and (kind, id) in at:
                    found += _of_fields(at[kind, id], {field: f"{field}.taken"})
                if key[0] == "*":
                    everywhere.append(key[1])
    for start in range(0, len(everywhere), 500):
        for row in await queries.taken(connection, ["*"], everywhere[start : start + 500]):
            mine = owners["*", row.key]
            if row.tenant != tenant and mine in at:
                found += _of_fields(at[mine], {"key": "key.taken"})
    return found


def _of_fields(part: Part, fields: Mapping[str, str]) -> list[Problem]:
    return [
        problem(document.place(part.at, path.split(".")), code, f"{part.kind} {part.id}, {path}: {_words(code)}")
        for path, code in fields.items()
    ]


def _words(code: str) -> str:
    return code.replace(".", " ").replace("_", " ")


def faulty(problems: Iterable[Problem]) -> Invalid:
    found = sorted(set(problems))
    shown = [each._asdict() for each in found[:PROBLEMS_SHOWN]]
    words = "\n  ".join("{line}:{column}: {message} ({code})".format(**each) for each in shown)
    return Invalid(
        "configuration.problems", f"nothing was changed; the document has problems:\n  {words}\n ",
        problems=shown, count=len(found),
    )  # fmt: skip
