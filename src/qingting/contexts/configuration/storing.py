"""How a configured thing is written into its tables, and into the audit log, once it is known to be sound."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from qingting.errors import Refused

from . import model
from . import tables as t
from .live import Change, Configuration
from .schemas import Flow
from .view import Item, Published

_MOST = {"agents": 50_000, "queues": 2_000, "entry-points": 20_000}
_MOST_OTHERS = 2_000


def most_of(kind: str) -> int:
    return _MOST.get(kind, _MOST_OTHERS)


async def put(configuration: Configuration, change: Change, kind: str, item: Item[Any], action: str) -> None:
    """The row, the view and the audit log; who must hear of it is told apart."""
    row = {
        "version": item.version,
        "body": item.body.model_dump(mode="json", by_alias=True),
        "secret": item.secret,
        "changed_at": change.at,
        "changed_by": change.who.user,
    }
    where = {"tenant": change.tenant, "kind": kind, "id": item.id}
    if item.version == 1:
        await change.connection.execute(t.item.insert().values(**where, **row))
    else:
        await change.connection.execute(t.item.update().filter_by(**where).values(**row))
    before = change.view.item(kind, item.id)
    change.view = change.view.with_item(kind, item.id, item)
    detail = {"name": item.name, "changes": difference(before, item)}
    await configuration.audit(change.connection, change.who, f"{model.singular(kind)}.{action}", item.id, detail)


def keys_of(tenant: str, kind: str, item: Item[Any]) -> dict[tuple[str, str], str]:
    """(scope, key) → field. Names need to be the only ones within their kind, dialled numbers within all tenants."""
    return {
        ("*", key.key) if key.anywhere else (tenant, f"{kind}:{key.key}"): key.field
        for key in item.body.unique_keys()
    }


async def put_keys(change: Change, items: list[tuple[str, Item[Any]]]) -> None:
    """In place of those that these had: two may change names with each other."""
    for kind, item in items:
        await change.connection.execute(sa.delete(t.key).filter_by(tenant=change.tenant, kind=kind, id=item.id))
    rows = [
        {"scope": scope, "key": key, "tenant": change.tenant, "kind": kind, "id": item.id}
        for kind, item in items
        for scope, key in keys_of(change.tenant, kind, item)
    ]
    try:
        await change.connection.execute(t.key.insert(), rows)
    except IntegrityError as e:  # another tenant took the number at this very moment
        raise Refused("changed_meanwhile") from e


async def put_published(
    configuration: Configuration,
    change: Change,
    flow: str,
    published: Published,
    *,
    starts_at: float = 0.0,
    back_to: int = 0,
) -> int:
    """A new version, from `starts_at` on, or from now. Returns its number."""
    number = change.view.newest.get(flow, 0) + 1
    starts_at = max(starts_at, change.at)
    await change.connection.execute(
        t.flow_version.insert().values(
            tenant=change.tenant,
            flow=flow,
            version=number,
            text=published.text,
            cases=published.cases,
            calls=dict(published.calls),
            published_at=change.at,
            published_by=change.who.user,
            starts_at=starts_at,
            back_to=back_to,
        )
    )
    change.view = change.view.with_version(flow, number, starts_at, change.at)
    detail: dict[str, Any] = {"version": number}
    if starts_at > change.at:
        detail["starts_at"] = starts_at
    if back_to:
        detail["back_to"] = back_to
    await configuration.audit(change.connection, change.who, "flow.publish", flow, detail)
    return number


def difference(before: Item[Any] | None, after: Item[Any]) -> dict[str, Any]:
    """Old and new value of what changed, by field; of a flow's text and a secret only that it did."""
    old = before.body.model_dump(mode="json", by_alias=True) if before else {}
    new = after.body.model_dump(mode="json", by_alias=True)
    changes: dict[str, Any] = {k: [old.get(k), v] for k, v in new.items() if old.get(k) != v}
    if isinstance(after.body, Flow) and "text" in changes:
        changes["text"] = "changed"
    if after.secret != (before.secret if before else None):
        changes["secret"] = "changed"
    return changes
