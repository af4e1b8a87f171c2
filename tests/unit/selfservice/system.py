"""Another system: a real HTTP server that answers as it is told to, also badly, and keeps what it heard."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

CUT, HANG = b"cut", b"hang"
"""Answers: the connection is closed without a word; nothing is ever said."""


class Heard(NamedTuple):
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


def answer(status: int, body: Any = None, *, kind: str = "application/json", more: str = "") -> bytes:
    said = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} So\r\nContent-Type: {kind}\r\nContent-Length: {len(said)}\r\n{more}\r\n"
    return head.encode() + said


@dataclass
class System:
    port: int = 0
    connections: int = 0
    heard: list[Heard] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    """The next ones, before `by`."""
    by: Callable[[Heard], bytes | Awaitable[bytes]] = lambda heard: answer(200, {})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        heard = Heard(method, target, headers, body)
        self.heard.append(heard)
        said = self.answers.pop(0) if self.answers else self.by(heard)
        if not isinstance(said, bytes):
            said = await said
        if said == CUT:
            return False
        if said == HANG:
            await reader.read()  # until they have had enough
            return False
        writer.write(said)
        await writer.drain()
        return True


@asynccontextmanager
async def another_system() -> AsyncIterator[System]:
    system = System()
    server = await asyncio.start_server(system._serve, "127.0.0.1", 0)
    system.port = server.sockets[0].getsockname()[1]
    async with server:
        yield system
