"""A board: collections of items with a sequence, from which any number of sockets follow changes.

A reader that knows sequence `n` gets the newest value of every item changed since: what happened in between
coalesces by itself, and a slow reader costs nothing. Property: snapshot + changes == a fresh snapshot.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

Item = dict[str, Any]
Change = tuple[str, str, Item | None]


class Board:
    remembers = 20_000
    """Removals that a returning reader may still learn of; who was away for longer gets a snapshot."""

    def __init__(self) -> None:
        self.stream = secrets.token_hex(8)
        """Another one after each restart, so that no reader mixes two lives of a board."""
        self.seq = 0
        self._items: dict[tuple[str, str], Item] = {}
        self._changed: OrderedDict[tuple[str, str], int] = OrderedDict()
        """Sequence of each key's last change, oldest first."""
        self._removed = 0
        self._forgotten = 0
        """Removals up to this sequence are no longer known."""
        self._wake: set[asyncio.Event] = set()

    # --- writing

    def put(self, collection: str, key: str, item: Item) -> None:
        at = (collection, key)
        if self._items.get(at) != item:
            if at not in self._items and at in self._changed:
                self._removed -= 1
            self._items[at] = item
            self._touch(at)

    def remove(self, collection: str, key: str) -> None:
        if self._items.pop((collection, key), None) is not None:
            self._touch((collection, key))
            self._removed += 1
            if self._removed > self.remembers:
                self._forget()

    def _touch(self, key: tuple[str, str]) -> None:
        self.seq += 1
        self._changed[key] = self.seq
        self._changed.move_to_end(key)
        for event in self._wake:
            event.set()

    def _forget(self) -> None:
        for key, seq in list(self._changed.items()):
            if key not in self._items:
                del self._changed[key]
                self._forgotten = max(self._forgotten, seq)
                self._removed -= 1
                if self._removed <= self.remembers // 2:
                    return

    # --- reading

    def get(self, collection: str, key: str) -> Item | None:
        return self._items.get((collection, key))

    def snapshot(self) -> dict[str, dict[str, Item]]:
        self.refresh()
        state: dict[str, dict[str, Item]] = {}
        for (collection, key), item in self._items.items():
            state.setdefault(collection, {})[key] = item
        return state

    def since(self, seq: int) -> list[Change] | None:
        """Changes after `seq`, oldest first; None when that is too long ago to know."""
        self.refresh()
        if seq < self._forgotten or seq > self.seq:
            return None
        return [(key[0], key[1], self._items.get(key)) for key in self._newer(seq)]

    def _newer(self, seq: int) -> list[tuple[str, str]]:
        newer = []
        for key in reversed(self._changed):
            if self._changed[key] <= seq:
                break
            newer.append(key)
        newer.reverse()
        return newer

    def refresh(self) -> None:
        """Bring items up to date before they are read; boards that compute late override it."""

    def subscribe(self) -> asyncio.Event:
        event = asyncio.Event()
        self._wake.add(event)
        return event

    def unsubscribe(self, event: asyncio.Event) -> None:
        self._wake.discard(event)

    def wake(self) -> None:
        for event in self._wake:
            event.set()

    @property
    def readers(self) -> int:
        return len(self._wake)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._items)
