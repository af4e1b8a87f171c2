"""The demonstration's other systems (`web/demo_systems.py`), beside the centre in the same program."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn

from ..web.demo_systems import systems


@asynccontextmanager
async def running() -> AsyncIterator[str]:
    """Their address on loopback, `host:port`, on a port of the moment, while the block lasts."""
    listening = socket.create_server(("127.0.0.1", 0))
    about = uvicorn.Config(systems(), log_config=None, access_log=False, server_header=False, lifespan="off")
    server = _Server(about)
    task = asyncio.create_task(server.serve(sockets=[listening]), name="sample-services")
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listening.close()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The program's own are somebody else's."""
        yield
