"""`/sip`: browser phones reach the engine through here, because its own HTTP server stays on loopback.

Frames go through unchanged, with one upstream socket for each browser. `OwnOrigin` (in `security.py`) has
turned foreign pages away before; here is asked who they are, how much they send, and whether they may stay.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

log = structlog.get_logger(__name__)

LARGEST_FRAME = 64 * 1024
FRAMES_PER_S = 40.0
BURST = 200.0
UPSTREAM_S = 5.0
SOURCE = "127.0.0.9"
"""Whence browsers seem to come: a loopback address that no trunk is known by (trunks are known by address)."""

POLICY_VIOLATION, TOO_BIG, TRY_AGAIN_LATER = 1008, 1009, 1013

Authorize = Callable[[WebSocket], Awaitable[bool]]
"""Whether this socket's session, or the token that it offers, lets it in."""
Ended = Callable[[WebSocket], Awaitable[None]]
"""Returns when what let it in has ended."""


def routes(engine_url: str, authorize: Authorize, ended: Ended) -> APIRouter:
    """`engine_url` is the engine's own SIP socket on loopback, `ws://127.0.0.1:…/ws`."""
    router = APIRouter()

    @router.websocket("/sip")
    async def sip(socket: WebSocket) -> None:
        if "sip" not in socket.scope.get("subprotocols", ()) or not await authorize(socket):
            await socket.close(POLICY_VIOLATION, "session.none")
            return
        upstream = await _reach(engine_url)
        await socket.accept("sip")
        if upstream is None:
            await socket.close(TRY_AGAIN_LATER, "telephony.engine_unavailable")
            return
        async with upstream:
            await _relay(socket, upstream, ended)

    return router


async def _reach(url: str) -> ClientConnection | None:
    try:
        return await connect(
            url,
            subprotocols=[Subprotocol("sip")],
            local_addr=(SOURCE, 0),
            open_timeout=UPSTREAM_S,
            close_timeout=1.0,
            ping_interval=None,
            compression=None,
            max_size=LARGEST_FRAME,
            proxy=None,
        )
    except (OSError, TimeoutError, InvalidHandshake) as e:
        log.warning("sip_edge.engine_unavailable", why=str(e))
        return None


async def _relay(socket: WebSocket, upstream: ClientConnection, ended: Ended) -> None:
    """Until either side closes, the session ends, or a bound is passed."""
    inward = asyncio.create_task(_inward(socket, upstream))
    outward = asyncio.create_task(_outward(socket, upstream))
    over = asyncio.create_task(_until(ended(socket)))
    tasks = (inward, outward, over)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if inward.done() and not inward.cancelled() and inward.exception() is None:
            code, why = inward.result()
        elif over.done():
            code, why = POLICY_VIOLATION, "session.ended"
        else:
            code, why = TRY_AGAIN_LATER, "telephony.engine_unavailable"
        if code:
            await socket.close(code, why)
    finally:
        for task in tasks:
            task.cancel()
        for problem in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(problem, Exception) and not isinstance(problem, ConnectionClosed | WebSocketDisconnect):
                log.error("sip_edge.failed", error=repr(problem))


async def _inward(socket: WebSocket, upstream: ClientConnection) -> tuple[int, str]:
    """From the browser. Ends with the code to close with; 0 when the browser has closed."""
    allowed, since = BURST, time.monotonic()
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return 0, ""
        frame = message.get("text") or message.get("bytes") or ""
        if len(frame) > LARGEST_FRAME:
            return TOO_BIG, "sip.frame_too_large"
        now = time.monotonic()
        allowed, since = min(BURST, allowed + (now - since) * FRAMES_PER_S) - 1.0, now
        if allowed < 0:
            return POLICY_VIOLATION, "sip.too_many"
        await upstream.send(frame)


async def _outward(socket: WebSocket, upstream: ClientConnection) -> None:
    async for frame in upstream:
        if isinstance(frame, str):
            await socket.send_text(frame)
        else:
            await socket.send_bytes(frame)


async def _until(done: Awaitable[None]) -> None:
    await done
