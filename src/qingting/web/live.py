"""Live streams: a board followed over a WebSocket. Snapshot, then changes; a reader who returns misses nothing.

A socket that does not take what it is sent in time is closed: it comes back and catches up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from ..access import Identity, identity
from ..errors import QingtingError
from ..runtime.views.board import Board, Change

log = structlog.get_logger(__name__)

PING_S = 15.0
SEND_S = 10.0
FLOOR_EVERY_S = 0.25

Seen = Callable[[str, dict[str, Any] | None], bool]
"""(collection, item): whether this person's scope includes it; a removal (None) tells nothing."""

Ended = Callable[[Identity], Awaitable[object]]
"""Returns when the session behind an identity has ended."""


def routes(desk: Callable[[Identity], Board], floor: Callable[[Identity], Board], session_ended: Ended) -> APIRouter:
    router = APIRouter(prefix="/live")

    @router.websocket("/desk")
    async def desk_stream(socket: WebSocket) -> None:
        await _serve(socket, "desk.use", desk, 0.0, session_ended)

    @router.websocket("/floor")
    async def floor_stream(socket: WebSocket) -> None:
        await _serve(socket, "floor.view", floor, FLOOR_EVERY_S, session_ended)

    return router


async def _serve(
    socket: WebSocket, permission: str, board_of: Callable[[Identity], Board], every_s: float, session_ended: Ended
) -> None:
    await socket.accept()
    try:
        who = identity(socket)
        if not who.may(permission):
            await _bye(socket, "permission.missing")
            return
        board = board_of(who)
    except QingtingError as error:
        await _bye(socket, error.code)
        return
    stream = asyncio.create_task(_follow(socket, board, every_s, in_scope(who)))
    ended = asyncio.create_task(_until(session_ended(who)))
    gone = asyncio.create_task(_drain(socket))
    tasks = (stream, ended, gone)
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if ended in done:
            await _bye(socket, "session.ended")
        elif stream in done and not isinstance(stream.exception(), WebSocketDisconnect | TimeoutError | None):
            log.error("live.stream_failed", error=repr(stream.exception()))
            await _bye(socket, "live.failed")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until(ended: Awaitable[object]) -> None:
    await ended


async def _drain(socket: WebSocket) -> None:
    """Nothing is expected from the page; reading tells when it is gone."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return


async def _follow(socket: WebSocket, board: Board, every_s: float, seen: Seen) -> None:
    wake = board.subscribe()
    try:
        seq = await _begin(socket, board, seen)
        while True:
            try:
                async with asyncio.timeout(PING_S):
                    await wake.wait()
            except TimeoutError:
                await _send(socket, {"t": "ping", "now": time.time()})
                continue
            wake.clear()
            changes = board.since(seq)
            if changes is None:
                seq = await _snapshot(socket, board, seen)
            elif changes:
                seq = board.seq
                await _send_changes(socket, seq, changes, seen)
            if every_s:
                await asyncio.sleep(every_s)
    finally:
        board.unsubscribe(wake)


async def _begin(socket: WebSocket, board: Board, seen: Seen) -> int:
    query = socket.query_params
    if query.get("stream") == board.stream and (since := query.get("since", "")).isdigit():
        changes = board.since(int(since))
        if changes is not None:
            seq = board.seq
            await _send_changes(socket, seq, changes, seen)
            return seq
    return await _snapshot(socket, board, seen)


async def _snapshot(socket: WebSocket, board: Board, seen: Seen) -> int:
    state = {
        collection: {id: item for id, item in items.items() if seen(collection, item)}
        for collection, items in board.snapshot().items()
    }
    seq = board.seq
    await _send(socket, {"t": "snapshot", "stream": board.stream, "seq": seq, "now": time.time(), "state": state})
    return seq


async def _send_changes(socket: WebSocket, seq: int, changes: list[Change], seen: Seen) -> None:
    mine = [change for change in changes if seen(change[0], change[2])]
    await _send(socket, {"t": "changes", "seq": seq, "now": time.time(), "changes": mine})


def in_scope(who: Identity) -> Seen:
    def seen(collection: str, item: dict[str, Any] | None) -> bool:
        if item is None:
            return True
        if collection == "queues":
            return who.sees_line(item["line"])
        if collection == "agents" and who.sites:
            return item["site"] in who.sites
        return True

    return seen


async def _send(socket: WebSocket, message: dict[str, Any]) -> None:
    async with asyncio.timeout(SEND_S):
        await socket.send_text(msgspec.json.encode(message).decode())


async def _bye(socket: WebSocket, code: str) -> None:
    await _send(socket, {"t": "bye", "code": code})
    await socket.close(4401 if code.startswith("session") else 4403)
