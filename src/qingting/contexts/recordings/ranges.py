"""The Range header of RFC 9110 §14, as far as players use it: one range of bytes."""

from __future__ import annotations

import re

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Unsatisfiable(Exception):
    """The range begins after the end: 416."""


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte, or None for all of it: no range, several, or one that is not understood.

    >>> wanted("bytes=-100", 1000)
    (900, 999)
    """
    found = _RANGE.fullmatch(header.replace(" ", ""))
    if found is None or found.group(1) == found.group(2) == "":
        return None
    if found[1] == "":
        if int(found[2]) == 0:
            raise Unsatisfiable
        return max(0, size - int(found[2])), size - 1
    first = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    if found[2] and int(found[2]) < first:
        return None
    if first >= size:
        raise Unsatisfiable
    return first, last
