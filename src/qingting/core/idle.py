"""Idle agents of one medium, in an order, as sets of bits.

A set of agents is one integer, agent number n being bit n: `idle & members & skilled` is one machine
operation per 30 agents, and nobody is looked at one by one until few remain. The order (who has been idle
longest, first of all) stands in chunks of some 200 agents who follow one another; the first chunk that meets a set
holds its first agent. Agents who come back to an old place (an offer was withdrawn) return to the chunk of that
place. Who came last stands beside the chunks until somebody else comes: where much waits, an agent who is done
gets the next at once. An agent's key must not change while they stand in the order.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Agent

FULL = 256
FEW = 5
"""So few are looked at one by one."""

KEYS: dict[str, Callable[[Agent], Any]] = {
    "longest_idle": attrgetter("idle_seq"),
    "least_occupied": attrgetter("occupied", "idle_seq"),
    "fewest_contacts": attrgetter("today", "idle_seq"),
}
"""By strategy, where it is an order of its own."""
COUNTING = {*KEYS} - {"longest_idle"}
"""Those that count something by the day."""


class Idle:
    __slots__ = ("_counts", "_key", "_last", "_masks", "_newest", "_numbered", "_starts", "all")

    def __init__(self, numbered: list[Agent | None], strategy: str = "longest_idle") -> None:
        self._numbered = numbered
        self._key = KEYS[strategy]
        self.all = 0
        self._starts: list[Any] = []
        """Least key of each chunk: chunk i holds what lies between its start and the next one's."""
        self._masks: list[int] = []
        self._counts: list[int] = []
        self._newest: Any = None
        self._last: Agent | None = None

    def add(self, agent: Agent) -> None:
        self.all |= agent.bit
        if self._last is not None:
            self._enter(self._last)
        self._last = agent

    def _enter(self, agent: Agent) -> None:
        bit, key, counts = agent.bit, self._key(agent), self._counts
        if not counts or (key > self._newest and counts[-1] >= FULL):
            self._newest = key
            self._starts.append(key)
            self._masks.append(bit)
            counts.append(1)
            return
        if key > self._newest:
            self._newest, i = key, len(counts) - 1
        else:
            i = bisect_right(self._starts, key) - 1
            if i < 0:
                i = 0
                self._starts[0] = key
        self._masks[i] |= bit
        counts[i] += 1
        if counts[i] >= 2 * FULL:
            self._split(i)

    def remove(self, agent: Agent) -> None:
        bit = agent.bit
        self.all ^= bit
        if agent is self._last:
            self._last = None
            return
        counts = self._counts
        i = bisect_right(self._starts, self._key(agent)) - 1
        self._masks[i] ^= bit
        counts[i] -= 1
        if counts[i] > FULL // 2:
            return
        if i and counts[i] + counts[i - 1] <= FULL // 2:
            self._merge(i - 1)
        elif i + 1 < len(counts) and counts[i] + counts[i + 1] <= FULL // 2:
            self._merge(i)

    def _merge(self, i: int) -> None:
        """Chunk i takes the next one in."""
        self._masks[i] |= self._masks.pop(i + 1)
        self._counts[i] += self._counts.pop(i + 1)
        del self._starts[i + 1]

    def _split(self, i: int) -> None:
        """Chunk i gives its later half to a new one after it."""
        late = self._sorted(self._masks[i])[FULL:]
        mask = 0
        for agent in late:
            mask |= agent.bit
        self._masks[i] ^= mask
        self._counts[i] -= len(late)
        self._masks.insert(i + 1, mask)
        self._counts.insert(i + 1, len(late))
        self._starts.insert(i + 1, self._key(late[0]))

    def _sorted(self, mask: int) -> list[Agent]:
        numbered, found = self._numbered, []
        while mask:
            agent = numbered[mask.bit_length() - 1]
            assert agent is not None
            found.append(agent)
            mask ^= agent.bit
        if len(found) > 1:
            found.sort(key=self._key)
        return found

    def firsts(self, among: int, many: int, most: int) -> list[Agent]:
        """The first `most` of these, in order; they are `many`, all of them idle."""
        if many <= FEW:
            return self._sorted(among)[:most]
        found: list[Agent] = []
        for mask in self._masks:
            if few := mask & among:
                found += self._sorted(few)
                if len(found) >= most:
                    break
        if self._last is not None and among & self._last.bit:
            insort(found, self._last, key=self._key)
        return found[:most]
