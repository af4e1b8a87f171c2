"""What is to be written of some customers, by table, in the order in which they refer to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records_plain import add_plain, put_plain

from . import tables as t
from .held import COLUMNS, Held

_row_of = itemgetter(*COLUMNS)
_CHANGING = tuple(name for name in COLUMNS if name not in ("tenant", "id", "current", "created_at"))

Rows = list[tuple[Any, ...]]

_IDENTITY = ("tenant", "kind", "value", "customer", "level", "origin", "tail", "at")
_TAG = ("tenant", "customer", "layer", "tag", "origin", "source", "confidence", "at")
_ADDRESS = ("tenant", "customer", "key", "text", "purpose", "used_at")
_CONSENT = ("tenant", "customer", "purpose", "medium", "at", "given", "how", "user_id", "contact")
_FIELD = ("tenant", "customer", "field", "text", "number")
_RELATION = ("tenant", "id", "type", "customer", "other", "thing", "detail", "at")
_REACHED = ("tenant", "id", "customer", "name", "kind", "value", "note")


@dataclass(slots=True)
class Leaf:
    """Rows in the order of the columns above; of customers, those that changed."""

    customers: dict[str, Held] = field(default_factory=dict)
    new_identities: Rows = field(default_factory=list)
    identities: Rows = field(default_factory=list)
    """Those that are surer than before."""
    tags: Rows = field(default_factory=list)
    addresses: Rows = field(default_factory=list)
    consents: Rows = field(default_factory=list)
    fields: Rows = field(default_factory=list)
    relations: Rows = field(default_factory=list)
    reached: Rows = field(default_factory=list)

    def rows(self) -> tuple[Rows, Rows]:
        """Of customers, new ones and others, as they are now: they may change again while they are written."""
        new, known = Rows(), Rows()
        for it in self.customers.values():
            (new if it.is_new else known).append(_row_of(it.row))
            it.is_new = False
        return new, known

    async def write(self, connection: AsyncConnection, new: Rows, known: Rows) -> None:
        await add_plain(connection, t.customer, COLUMNS, new)
        await put_plain(connection, t.customer, COLUMNS, known, _CHANGING)
        await add_plain(connection, t.identity, _IDENTITY, self.new_identities)
        await put_plain(connection, t.identity, _IDENTITY, self.identities, ("level", "origin", "at"))
        await put_plain(connection, t.tag, _TAG, self.tags, ("source", "confidence", "at"))
        await put_plain(connection, t.address, _ADDRESS, self.addresses, ("used_at",))
        await put_plain(connection, t.consent, _CONSENT, self.consents)
        await put_plain(connection, t.field_index, _FIELD, self.fields, ("text", "number"))
        await put_plain(connection, t.relation, _RELATION, self.relations)
        await put_plain(connection, t.book, _REACHED, self.reached)
