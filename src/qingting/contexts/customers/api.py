"""What other rooms may use of customers.

Records come in bulk by `upsert`: whoever reads a file or another system makes a `Record` of each row (identities by
`normalised`, text by `clean`, custom fields by `read_field` of the tenant's `fields_of`), asks `problems` whether it
will do, and hands over up to `BATCH` of them at a time.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from .actions import create, remember
from .erasing import Standing, erase, standing
from .fields import Bad, Field
from .fields import of_tenant as fields_of
from .fields import read as read_field
from .model import (
    IDENTITIES,
    KINDS,
    LAYERS,
    LEVELS,
    MEDIA,
    Consented,
    Known,
    Record,
    Tagged,
    clean,
    normalised,
    problems,
)
from .pop import Popped, pops
from .queries import Customer, by_id, by_numbers
from .reach import Reach, reach
from .retention import kinds as retained
from .timeline import SOURCES, Asked, Moment, Source, timeline
from .upserting import BATCH, Upserted, upsert

__all__ = [
    "BATCH",
    "IDENTITIES",
    "KINDS",
    "LAYERS",
    "LEVELS",
    "MEDIA",
    "SOURCES",
    "Asked",
    "Bad",
    "Consented",
    "Customer",
    "Field",
    "Known",
    "Moment",
    "Popped",
    "Reach",
    "Record",
    "Source",
    "Standing",
    "Tagged",
    "Upserted",
    "by_id",
    "by_numbers",
    "clean",
    "create",
    "erase",
    "fields_of",
    "normalised",
    "pop",
    "pops",
    "problems",
    "reach",
    "read_field",
    "remember",
    "retained",
    "standing",
    "timeline",
    "upsert",
]


async def pop(connection: AsyncConnection, tenant: str, number: str) -> Customer | None:
    """Who is known by this number (E.164), for the agent's desk. A hint, never proof."""
    return (await by_numbers(connection, tenant, [number])).get(number)
