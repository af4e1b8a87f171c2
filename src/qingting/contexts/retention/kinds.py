"""The port by which a room tells of what it keeps: how to find what is old, and how to erase it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

Position = tuple[Any, ...]


class Old(NamedTuple):
    id: str
    of: frozenset[str] = frozenset()
    """Contacts, callbacks, customers that it is of: held back with any of them."""


class Page(NamedTuple):
    items: list[Old]
    next: Position | None
    """Where to look on; None: there is no more. A page may be empty and not the last."""


Tell = Callable[[AsyncConnection, int], Awaitable[None]]
"""To be awaited with how many go, in the transaction in which their rows go: the log of what went is exact, and a
process that has lost its turn takes nothing any more."""

Find = Callable[[AsyncConnection, str, float, Position | None, int], Awaitable[Page]]
"""(connection, tenant, before, after, limit): what was over before that instant, oldest first."""

Erase = Callable[[str, Sequence[str], Tell], Awaitable[None]]
"""(tenant, ids, tell): for good. Killed anywhere in it, the same ids are found again and the rest goes then."""


class Kind(NamedTuple):
    code: str
    setting: str
    """Of `Settings.retention`: days, 0 for good."""
    find: Find
    erase: Erase
