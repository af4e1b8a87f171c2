"""What other rooms may use of customers."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from .actions import create, remember, remove, replace
from .queries import Customer, by_id, by_numbers

__all__ = ["Customer", "by_id", "by_numbers", "create", "pop", "remember", "remove", "replace"]


async def pop(connection: AsyncConnection, tenant: str, number: str) -> Customer | None:
    """Who is known by this number (E.164), for the agent's desk. A hint, never proof."""
    return (await by_numbers(connection, tenant, [number])).get(number)
