"""Where a phone number is from, in Chinese and English, by its prefix.

The table is made by `tools/make_localities.py`; loaded by `load`, or else on first use (about 60 ms, 4 MiB).
Mobile numbers are known by the place that issued them, where the country publishes that (China does).
"""

from __future__ import annotations

import zlib
from array import array
from bisect import bisect_left
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import msgspec


class _File(msgspec.Struct):
    names: list[tuple[str, str]]
    regions: dict[str, tuple[str, str]]
    prefixes: dict[int, list[int]]
    index: dict[int, list[int]]


class _Table(NamedTuple):
    names: list[tuple[str, str]]
    regions: dict[str, tuple[str, str]]
    by_length: list[tuple[int, array[int], array[int]]]
    """Longest prefix first: its length, the prefixes sorted, the index of each one's name."""


@cache
def _table() -> _Table:
    raw = zlib.decompress(Path(__file__).with_name("localities.dat").read_bytes())
    file = msgspec.msgpack.decode(raw, type=_File)
    by_length = [
        (length, array("Q", accumulate(steps)), array("H", file.index[length]))
        for length, steps in sorted(file.prefixes.items(), reverse=True)
    ]
    return _Table(file.names, file.regions, by_length)


def load() -> None:
    """Now, so that no caller waits for it."""
    _table()


@lru_cache(maxsize=20_000)
def place(e164: str) -> tuple[str, str]:
    """(zh, en) of the longest known prefix of a number such as `+8675588880000`; empty where nothing is known."""
    digits = e164.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        return "", ""
    table = _table()
    for length, prefixes, index in table.by_length:
        if len(digits) > length:
            prefix = int(digits[:length])
            at = bisect_left(prefixes, prefix)
            if at < len(prefixes) and prefixes[at] == prefix:
                return table.names[index[at]]
    return "", ""


def country(region: str) -> tuple[str, str]:
    """(zh, en) of a two-letter region; empty where nothing is known."""
    return _table().regions.get(region, ("", ""))
