"""One renewal in a process of its own: calls and the journal share neither interpreter nor memory with it.

python -m qingting.contexts.customers.segments.worker   (one JSON line on standard input; its end: stop)
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import threading
from typing import Any

from qingting.pacing import behind_calls
from qingting.records import Records

from .renewing import Turn
from .running import Renewal

MEMORY_MOST = 2048 * 1024 * 1024
"""Of addresses; a tenant that wants more is refused, the machine is not."""


async def _do(told: dict[str, Any], stopped: threading.Event) -> None:
    records = Records(told["records"])
    try:
        turn = Turn(told["tenant"], told["holder"])
        await Renewal(records, turn, told["zone"], told["complaints"], stopped).do()
    finally:
        await records.close()


def main() -> None:
    told = json.loads(sys.stdin.readline())
    behind_calls()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
    stopped = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        stopped.set()

    threading.Thread(target=wait_for_the_end, daemon=True, name="end").start()
    asyncio.run(_do(told, stopped))
    os._exit(0)  # the thread that waits for the end would be waited for


if __name__ == "__main__":
    main()
