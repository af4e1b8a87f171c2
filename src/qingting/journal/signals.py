"""Who waits for a stream's next entry, in this process."""

from __future__ import annotations

import asyncio

Stream = tuple[str, str]


class Signals:
    def __init__(self) -> None:
        self._last: dict[Stream, int] = {}
        self._waiting: dict[Stream, set[asyncio.Future[None]]] = {}

    def last(self, tenant: str, stream: str) -> int:
        return self._last.get((tenant, stream), 0)

    def tell(self, tenant: str, stream: str, seq: int) -> None:
        self._last[tenant, stream] = seq
        for future in self._waiting.pop((tenant, stream), ()):
            if not future.done():
                future.set_result(None)

    async def wait(self, tenant: str, stream: str, after: int, timeout_s: float) -> None:
        """Returns at the next entry past `after` or when the time is over."""
        if self.last(tenant, stream) > after:
            return
        future = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault((tenant, stream), set())
        waiting.add(future)
        try:
            await asyncio.wait({future}, timeout=timeout_s)
        finally:
            waiting.discard(future)
