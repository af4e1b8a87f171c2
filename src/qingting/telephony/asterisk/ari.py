"""ARI on one WebSocket: events come and requests go over the same socket, so that a call costs little.

No reconnecting here (the driver does it), no knowledge of what requests mean. Requests are written at once and
answered in order by the engine, so a caller may send several and wait for the last.
"""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec
from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from qingting.telephony.port import EngineUnavailable

PATIENCE_S = 8.0
"""A request that is not answered for so long means that the engine hangs."""
LARGEST_FRAME = 32 * 1024 * 1024


class Dialplan(msgspec.Struct):
    context: str = ""
    exten: str = ""
    app_name: str = ""
    app_data: str = ""


class Caller(msgspec.Struct):
    name: str = ""
    number: str = ""


class Channel(msgspec.Struct):
    id: str
    name: str
    state: str
    creationtime: str
    accountcode: str
    caller: Caller
    dialplan: Dialplan


class Playback(msgspec.Struct):
    id: str
    state: str
    target_uri: str = ""


class Message(msgspec.Struct):
    """Any message of the engine; of its many fields, those that we use."""

    type: str
    request_id: str = ""
    status_code: int = 0
    message_body: str = ""
    channel: Channel | None = None
    args: list[str] = []
    playback: Playback | None = None
    cause: int = 0
    cause_txt: str = ""


class Reply(msgspec.Struct):
    status: int
    body: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def read(self) -> Any:
        return msgspec.json.decode(self.body)


_decode = msgspec.json.Decoder(Message).decode
_encode = msgspec.json.Encoder().encode


_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch
"""Nearly all, and `quote` takes its time to find that it has nothing to do."""


def path(*parts: str) -> str:
    """Ids are opaque: every part of a path is escaped."""
    return "/".join([part if _PLAIN(part) else quote(part, safe="") for part in parts])


class Ari(WSListener):
    """One connection, from `connect` until `on_lost` is called, once."""

    def __init__(self, on_event: Callable[[Message], None], on_lost: Callable[[str], None]) -> None:
        self._on_event = on_event
        self._on_lost: Callable[[str], None] | None = on_lost
        self._waiting: dict[str, tuple[asyncio.Future[Reply], float]] = {}
        self._last = 0
        self._fragments: list[bytes] = []
        self._transport: WSTransport | None = None
        self._sweeper: asyncio.TimerHandle | None = None

    async def connect(self, port: int, user: str, password: str, application: str) -> None:
        """Raises `EngineUnavailable`."""
        address = f"ws://127.0.0.1:{port}/ari/events?app={application}&subscribeAll=false"
        secret = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await ws_connect(
                    lambda: self,
                    address,
                    extra_headers={"Authorization": secret},
                    max_frame_size=LARGEST_FRAME,
                    websocket_handshake_timeout=PATIENCE_S,
                    max_redirects=0,
                    use_aiofastnet=False,  # the loop's own transport gathers what one turn sends into one write
                )
        except (OSError, TimeoutError, WSError) as e:
            self.close()
            raise EngineUnavailable(f"no ARI at port {port}: {e}") from e
        self._sweep()

    # requests

    def send(
        self,
        method: str,
        uri: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> asyncio.Future[Reply]:
        """Written before it returns; the future fails with `EngineUnavailable` when the connection is lost."""
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        if self._transport is None or self._on_lost is None:
            future.set_exception(EngineUnavailable("not connected"))
            future.exception()  # as in `_lose`
            return future
        self._last += 1
        key = str(self._last)
        request: dict[str, Any] = {
            "type": "RESTRequest",
            "transaction_id": "",
            "request_id": key,
            "method": method,
            "uri": uri,
        }
        if query:
            request["query_strings"] = [{"name": name, "value": value} for name, value in query.items()]
        if body is not None:
            request["content_type"] = "application/json"
            request["message_body"] = _encode(body).decode()
        self._waiting[key] = (future, time.monotonic() + PATIENCE_S)
        self._transport.send(WSMsgType.TEXT, _encode(request))
        return future

    def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._transport is not None:
            self._transport.send_close()
            self._transport.disconnect()
        self._lose("closed")

    # what the socket tells

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind is WSMsgType.TEXT and frame.fin:
            self._message(frame.get_payload_as_memoryview())
        elif kind is WSMsgType.TEXT or kind is WSMsgType.CONTINUATION:
            self._fragments.append(frame.get_payload_as_bytes())
            if frame.fin:
                whole = b"".join(self._fragments)
                self._fragments.clear()
                self._message(whole)
        elif kind is WSMsgType.CLOSE:
            transport.disconnect()
            self._lose("closed by the engine")

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._transport = None
        self._lose("connection closed")

    # inside

    def _message(self, data: bytes | bytearray | memoryview) -> None:
        message = _decode(data)
        if message.type == "RESTResponse":
            waiting = self._waiting.pop(message.request_id, None)
            if waiting is not None and not waiting[0].done():
                waiting[0].set_result(Reply(message.status_code, message.message_body))
        else:
            self._on_event(message)

    def _sweep(self) -> None:
        oldest = next(iter(self._waiting.values()), None)
        if oldest is not None and oldest[1] < time.monotonic():
            self.close()
            return
        self._sweeper = asyncio.get_running_loop().call_later(1.0, self._sweep)

    def _lose(self, why: str) -> None:
        on_lost, self._on_lost = self._on_lost, None
        waiting, self._waiting = self._waiting, {}
        for future, _ in waiting.values():
            if not future.done():
                future.set_exception(EngineUnavailable(why))
                future.exception()  # those who wait get it; those who did not wait need no warning
        if on_lost is not None:
            on_lost(why)
