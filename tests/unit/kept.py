"""What a kind of retention finds old goes, as the job has it go."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.retention.api import Kind
from qingting.records import Records


async def erase(records: Records, kinds: Iterable[Kind], code: str, tenant: str, before: float, some: int = 2) -> int:
    """How many went, `some` at a time."""
    (kind,) = (it for it in kinds if it.code == code)
    erased, after = 0, None

    async def tell(_: AsyncConnection, count: int) -> None:
        nonlocal erased
        erased += count

    while True:
        async with records.read() as connection:
            page = await kind.find(connection, tenant, before, after, some)
        if page.items:
            await kind.erase(tenant, [it.id for it in page.items], tell)
        if (after := page.next) is None:
            return erased
