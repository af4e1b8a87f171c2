"""Long work in a process of its own, beside the calls and not among them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from typing import Any, NamedTuple

STOPS_WITHIN_S = 10


class Ended(NamedTuple):
    status: int
    error: str
    """Where its last words came from; the words may hold what customers' data is."""


async def work_apart(module: str, told: dict[str, Any]) -> Ended:
    """`python -m module`, which reads `told` as one line of JSON. When it is cancelled the module's standard input
    ends, and it may finish its batch."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stderr is not None
    try:
        child.stdin.write(json.dumps(told).encode() + b"\n")
        words = await child.stderr.read()
        status = await child.wait()
    except BaseException:
        child.stdin.close()
        with contextlib.suppress(ProcessLookupError, TimeoutError):
            async with asyncio.timeout(STOPS_WITHIN_S):
                await child.wait()
        raise
    return Ended(status, words.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0][:80])
