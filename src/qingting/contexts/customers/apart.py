"""Long work in a process of its own, beside the calls and not among them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

STOPS_WITHIN_S = 10
PIECE = 65_536
"""Bytes of what comes from it, at most at a time; while nobody takes them it waits."""


class Ended(NamedTuple):
    status: int
    error: str
    """Where its last words came from; the words may hold what customers' data is."""


class Died(Exception):
    def __init__(self, ended: Ended) -> None:
        super().__init__(f"status {ended.status} {ended.error}")
        self.ended = ended


async def work_apart(module: str, told: dict[str, Any]) -> Ended:
    """`python -m module`, which reads `told` as one line of JSON. When it is cancelled the module's standard input
    ends, and it may finish its batch."""
    child = await _begin(module, told, asyncio.subprocess.DEVNULL)
    assert child.stdin is not None
    assert child.stderr is not None
    try:
        words = await child.stderr.read()
        status = await child.wait()
    except BaseException:
        child.stdin.close()
        with contextlib.suppress(ProcessLookupError, TimeoutError):
            async with asyncio.timeout(STOPS_WITHIN_S):
                await child.wait()
        raise
    return Ended(status, _last(words))


async def told_apart(module: str, told: dict[str, Any]) -> AsyncIterator[bytes]:
    """As `work_apart`, of work that writes what is wanted to its standard output: as it comes. It ends with whoever
    listens. Raises `Died`."""
    child = await _begin(module, told, asyncio.subprocess.PIPE)
    assert child.stdout is not None
    assert child.stderr is not None
    words = asyncio.create_task(child.stderr.read())
    try:
        while some := await child.stdout.read(PIECE):
            yield some
        if status := await child.wait():
            raise Died(Ended(status, _last(await words)))
    finally:
        words.cancel()
        with contextlib.suppress(ProcessLookupError):
            child.kill()


async def _begin(module: str, told: dict[str, Any], output: int) -> asyncio.subprocess.Process:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=asyncio.subprocess.PIPE, stdout=output, stderr=asyncio.subprocess.PIPE
    )
    assert child.stdin is not None
    child.stdin.write(json.dumps(told).encode() + b"\n")
    return child


def _last(words: bytes) -> str:
    return words.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0][:80]
