"""Idle agents of one medium, longest idle first, as sets of bits.

A set of agents is one integer, agent number n being bit n: `idle & members & skilled` is one machine
operation per 30 agents, and nobody is looked at one by one until few remain. The order stands in chunks
of some 200 agents that became idle one after the other; the first chunk that meets a set holds its longest
idle agent. Agents who come back to an old place (an offer was withdrawn) return to the chunk of that place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Agent

FULL = 256


class Idle:
    __slots__ = ("_counts", "_masks", "_newest", "_numbered", "_starts", "all")

    def __init__(self, numbered: list[Agent | None]) -> None:
        self._numbered = numbered
        self.all = 0
        self._starts: list[int] = []
        """Least order of each chunk: chunk i holds what lies between its start and the next one's."""
        self._masks: list[int] = []
        self._counts: list[int] = []
        self._newest = 0

    def add(self, bit: int, seq: int) -> None:
        self.all |= bit
        starts = self._starts
        if not starts or (seq > self._newest and self._counts[-1] >= FULL):
            starts.append(seq)
            self._masks.append(bit)
            self._counts.append(1)
        else:
            i = bisect_right(starts, seq) - 1
            if i < 0:
                i = 0
                starts[0] = seq
            self._masks[i] |= bit
            self._counts[i] += 1
            if self._counts[i] >= 2 * FULL:
                self._split(i)
        if seq > self._newest:
            self._newest = seq

    def remove(self, bit: int, seq: int) -> None:
        self.all ^= bit
        counts = self._counts
        i = bisect_right(self._starts, seq) - 1
        self._masks[i] ^= bit
        counts[i] -= 1
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
        late = sorted(self._each(self._masks[i]), key=lambda agent: agent.idle_seq)[FULL:]
        mask = 0
        for agent in late:
            mask |= agent.bit
        self._masks[i] ^= mask
        self._counts[i] -= len(late)
        self._masks.insert(i + 1, mask)
        self._counts.insert(i + 1, len(late))
        self._starts.insert(i + 1, late[0].idle_seq)

    def _each(self, mask: int) -> Iterator[Agent]:
        while mask:
            agent = self._numbered[mask.bit_length() - 1]
            assert agent is not None
            yield agent
            mask ^= agent.bit

    def first(self, among: int) -> Agent | None:
        """The longest idle of these; None when none of them is idle."""
        for mask in self._masks:
            if few := mask & among:
                break
        else:
            return None
        numbered, best = self._numbered, None
        while few:
            agent = numbered[few.bit_length() - 1]
            assert agent is not None
            few ^= agent.bit
            if best is None or agent.idle_seq < best.idle_seq:
                best = agent
        return best
