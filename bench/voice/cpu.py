"""CPU time of processes, from the kernel's own books."""

from __future__ import annotations

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def of(pid: int) -> float:
    """Seconds, user and system, all threads, with children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / _TICK


def of_tree(pid: int, without: int) -> float:
    """The process and all below it, except `without`."""
    total = of(pid)
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            if int(child) != without:
                total += of_tree(int(child), without)
    return total
