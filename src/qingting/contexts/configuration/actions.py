"""What may be done to the configuration: each function is one use case in one transaction."""

from __future__ import annotations

import re
import secrets
from typing import Any

import sqlalchemy as sa

from qingting.access import Identity
from qingting.core.model import SYSTEM_REASONS
from qingting.errors import Invalid, NotFound, Refused
from qingting.records import new_id

from . import core_commands, model, queries
from . import tables as t
from .fields import Body
from .live import Change, Configuration
from .outside import moved
from .storing import keys_of, most_of, put, put_keys
from .view import Item, Phone, View


async def create(
    configuration: Configuration, who: Identity, kind: str, body: Body, *, id: str = "", secret: str = ""
) -> Item[Any]:
    """Raises `Invalid("request.invalid")` with `fields`, `Refused("configuration.id_taken")`, `…too_many`."""
    async with configuration.change(who) as change:
        return await create_within(configuration, change, kind, body, id=id, secret=secret)


async def create_within(
    configuration: Configuration, change: Change, kind: str, body: Body, *, id: str = "", secret: str = ""
) -> Item[Any]:
    """As `create`, as a part of a greater change."""
    if not id:
        id = new_id()
    elif not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", id):
        raise Invalid("request.invalid", fields={"id": "id.bad"})
    elif kind == "reasons" and id in SYSTEM_REASONS:
        raise Invalid("request.invalid", fields={"id": "id.reserved"})
    # Published versions of a flow outlive it: calls may still be on their way through them.
    if id in change.view.of(kind) or (kind == "flows" and id in change.view.published):
        raise Refused("configuration.id_taken", id=id)
    if len(change.view.of(kind)) >= most_of(kind):
        raise Refused("configuration.too_many", kind=kind)
    return await _store(configuration, change, kind, Item(id, 1, body, _seal(configuration, secret)), "create")


async def replace(
    configuration: Configuration,
    who: Identity,
    kind: str,
    id: str,
    version: int,
    body: Body,
    *,
    secret: str | None = None,
) -> Item[Any]:
    """`version` is the one that was seen; `secret` None keeps it. Raises `Refused("changed_meanwhile")` as well."""
    async with configuration.change(who) as change:
        if kind == "settings":
            old: Item[Any] = change.view.settings
        else:
            old = item_of(change, kind, id)
        unchanged(old, version)
        if secret is None and old.secret is not None and moved(old.body, body):
            raise Invalid("request.invalid", fields={"secret": "service.secret_again"})
        sealed = old.secret if secret is None else _seal(configuration, secret)
        return await _store(configuration, change, kind, Item(id, version + 1, body, sealed), "change")


async def remove(configuration: Configuration, who: Identity, kind: str, id: str, *, move_to: str = "") -> None:
    """Raises `Refused("configuration.in_use")` with `used_by`, or what the living core says: of a queue in use
    `Refused("queue.in_use")` with how many are `waiting` and `talking` in it.

    `move_to`: queue in which those who wait go on.
    """
    if kind in ("reasons", "dispositions"):
        raise Refused("configuration.retire_instead", "what was used stays readable: mark it retired instead")
    async with configuration.change(who) as change:
        item = item_of(change, kind, id)
        if move_to and (kind != "queues" or move_to == id or move_to not in change.view.queues):
            raise Invalid("request.invalid", fields={"move_to": "queue.unknown"})
        texts = model.drafts(change.view)
        for flow in texts:
            if version := change.view.published.get(flow, 0):
                found = await queries.flow_version(change.connection, change.tenant, flow, version)
                texts[flow].append(found.text if found else "")
        if used := model.used_by(kind, id, change.view, texts, configuration.check_flow):
            raise Refused("configuration.in_use", used_by=[use._asdict() for use in used[:20]], count=len(used))
        for table in (t.item, t.key):
            await change.connection.execute(sa.delete(table).filter_by(tenant=change.tenant, kind=kind, id=id))
        if kind == "agents":
            await _drop_phone(change, id)
        change.view = change.view.with_item(kind, id, None)
        await configuration.audit(change.connection, who, f"{model.singular(kind)}.delete", id, {"name": item.name})
        await change.tell(kind, id, removed=True)
        if move_to:
            moved = await configuration.move_waiting(change.tenant, id, move_to)
            await configuration.audit(change.connection, who, "queue.move", id, {"to": move_to, "visits": moved})
        if command := core_commands.remove(kind, id):
            await configuration.before_removal(change.tenant, command)
            change.take_back(kind, id, core_commands.puts(change.view, item))


async def issue_phone(configuration: Configuration, who: Identity, agent: str) -> tuple[str, str]:
    """A new SIP desk phone of an agent, in place of any before: (user name, secret), shown this once."""
    async with configuration.change(who) as change:
        item_of(change, "agents", agent)
        await _drop_phone(change, agent)
        secret = secrets.token_urlsafe(18)
        phone = Phone(agent, f"p{secrets.token_hex(8)}", _seal(configuration, secret) or "")
        await change.connection.execute(
            t.phone.insert().values(tenant=change.tenant, **phone._asdict(), issued_at=change.at)
        )
        change.view = change.view.with_phone(agent, phone)
        await configuration.audit(change.connection, who, "phone.issue", agent, {})
        await change.tell("phones", agent)
        return phone.username, secret


async def revoke_phone(configuration: Configuration, who: Identity, agent: str) -> None:
    async with configuration.change(who) as change:
        item_of(change, "agents", agent)
        if agent not in change.view.phones:
            raise NotFound("phone.unknown")
        await _drop_phone(change, agent)
        await configuration.audit(change.connection, who, "phone.revoke", agent, {})
        await change.tell("phones", agent, removed=True)


async def _store(configuration: Configuration, change: Change, kind: str, item: Item[Any], action: str) -> Item[Any]:
    if fields := model.unsound(item.id, item.body, change.view):
        raise Invalid("request.invalid", fields=fields)
    if way := model.overflow_loop(item.id, item.body, change.view):
        raise _loop(item, way, change.view)
    await _keep_keys(change, kind, item)
    before = change.view.item(kind, item.id)
    await put(configuration, change, kind, item, action)
    await change.tell(kind, item.id, core_commands.puts(change.view, item, before))
    return item


async def _keep_keys(change: Change, kind: str, item: Item[Any]) -> None:
    own = (change.tenant, kind, item.id)
    rows = keys_of(change.tenant, kind, item)
    others = [
        (row.scope, row.key)
        for row in await queries.taken(change.connection, ["*", change.tenant], [text for _, text in rows])
        if (row.tenant, row.kind, row.id) != own
    ]
    if fields := {rows[other]: f"{rows[other]}.taken" for other in others if other in rows}:
        raise Invalid("request.invalid", fields=fields)
    await put_keys(change, [(kind, item)])


async def _drop_phone(change: Change, agent: str) -> None:
    await change.connection.execute(sa.delete(t.phone).filter_by(tenant=change.tenant, agent=agent))
    change.view = change.view.with_phone(agent, None)


def item_of(change: Change, kind: str, id: str) -> Item[Any]:
    item = change.view.of(kind).get(id)
    if item is None:
        raise NotFound(f"{model.singular(kind)}.unknown", id=id)
    return item


def unchanged(item: Item[Any], version: int) -> None:
    if item.version != version:
        raise Refused("changed_meanwhile", "somebody else changed it meanwhile", version=item.version)


def _loop(item: Item[Any], way: list[str], view: View) -> Refused:
    names = [view.queues[id].name if id != item.id else item.name for id in way]
    rules = enumerate(item.body.overflow)
    fields = {f"overflow.{n}.target": "overflow.loop" for n, rule in rules if rule.leads_on and rule.target == way[1]}
    text = f"contacts would go round in circles: {' → '.join(names)}"
    return Refused("configuration.overflow_loop", text, way=way, names=names, fields=fields)


def _seal(configuration: Configuration, secret: str) -> str | None:
    return configuration.vault.seal(secret.encode(), "configuration.secret") if secret else None
