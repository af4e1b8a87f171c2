"""What the engine's hang-up causes (Q.850) mean to us, and ours to it."""

from __future__ import annotations

NORMAL = 16
_MEANING = {
    1: "unreachable",  # unallocated number
    2: "unreachable",
    3: "unreachable",
    NORMAL: "hangup",
    17: "busy",
    18: "no_answer",
    19: "no_answer",
    20: "unreachable",  # subscriber absent
    21: "rejected",
    22: "unreachable",
    26: "cancelled",  # answered elsewhere
    27: "unreachable",
    28: "unreachable",
    31: "hangup",
}

REASON = {"hangup": NORMAL, "busy": 17, "rejected": 21, "unknown_number": 1}
"""Causes of `hang_up`; a caller who was not answered gets 486, 603 or 404 by them."""


def ended(code: int, *, answered: bool, incoming: bool, we_hung_up: bool, timed_out: bool) -> str:
    """The port's cause of a `LegEnded`."""
    if not answered:
        if we_hung_up:
            return "cancelled"
        if timed_out:
            return "no_answer"
        if incoming and code in (0, NORMAL, 31, 127):
            return "cancelled"
    return _MEANING.get(code, "hangup" if answered and code in (0, 127) else "failed")
