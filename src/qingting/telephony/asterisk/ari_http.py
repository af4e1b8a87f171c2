"""ARI's requests over plain HTTP, for engines that do not answer them on the event socket (before 20.14, 21.9, 22.4).

One connection that stays open, with the same face as `Ari`: requests are written at once and answered in order.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import urlencode

import httptools
import msgspec

from qingting.telephony.port import EngineUnavailable

from .ari import PATIENCE_S, Reply

_encode = msgspec.json.Encoder().encode


class AriHttp(asyncio.Protocol):
    """One connection, from `connect` until `on_lost` is called, once."""

    def __init__(self, on_lost: Callable[[str], None]) -> None:
        self._on_lost: Callable[[str], None] | None = on_lost
        self._waiting: deque[tuple[asyncio.Future[Reply], float]] = deque()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._written: list[bytes] = []
        self._sweeper: asyncio.TimerHandle | None = None
        self._head = ""

    async def connect(self, port: int, user: str, password: str) -> None:
        """Raises `EngineUnavailable`."""
        secret = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._head = f"HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Basic {secret}\r\n"
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)
        except (OSError, TimeoutError) as e:
            self.close()
            raise EngineUnavailable(f"no ARI at port {port}: {e}") from e
        self._sweep()

    def send(
        self,
        method: str,
        uri: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> asyncio.Future[Reply]:
        """Written in this turn of the loop; the future fails with `EngineUnavailable` when the connection is lost."""
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        if self._transport is None or self._on_lost is None:
            future.set_exception(EngineUnavailable("not connected"))
            return future
        content = b"" if body is None else _encode(body)
        kind = "Content-Type: application/json\r\n" if content else ""
        target = f"/ari/{uri}" + (f"?{urlencode(query)}" if query else "")
        head = f"{method} {target} {self._head}{kind}Content-Length: {len(content)}\r\n\r\n"
        self._waiting.append((future, time.monotonic() + PATIENCE_S))
        if not self._written:
            asyncio.get_running_loop().call_soon(self._flush)
        self._written.append(head.encode() + content)
        return future

    def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._transport is not None:
            self._flush()
            self._transport.close()
        self._lose("closed")

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is not of that class

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as e:
            self._lose(f"not HTTP: {e}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._lose(str(exc) if exc else "connection closed")

    # httptools

    def on_message_begin(self) -> None:
        self._body.clear()

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._waiting:
            future, _ = self._waiting.popleft()
            if not future.done():
                said = b"".join(self._body).decode(errors="replace")
                future.set_result(Reply(self._parser.get_status_code(), said))

    # inside

    def _flush(self) -> None:
        if self._transport is not None and self._written:
            self._transport.write(b"".join(self._written))
        self._written.clear()

    def _sweep(self) -> None:
        if self._waiting and self._waiting[0][1] < time.monotonic():
            self.close()
            return
        self._sweeper = asyncio.get_running_loop().call_later(1.0, self._sweep)

    def _lose(self, why: str) -> None:
        on_lost, self._on_lost = self._on_lost, None
        waiting, self._waiting = self._waiting, deque()
        for future, _ in waiting:
            if not future.done():
                future.set_exception(EngineUnavailable(why))
                future.exception()  # those who wait get it; those who did not wait need no warning
        if on_lost is not None:
            on_lost(why)
