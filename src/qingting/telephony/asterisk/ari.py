"""ARI on one WebSocket: events come and requests go over the same socket, so that a call costs little.

No reconnecting here (the driver does it), no knowledge of what requests mean. Requests are written at once and
answered in order by the engine, so a caller may send several and wait for the last.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import quote

import msgspec
from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.exceptions import InvalidHandshake
from websockets.frames import Frame, Opcode
from websockets.http11 import Response as Handshake
from websockets.protocol import State
from websockets.uri import parse_uri

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
    digit: str = ""
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


def path(*parts: str) -> str:
    """Ids are opaque: every part of a path is escaped."""
    return "/".join(quote(part, safe="") for part in parts)


class Ari(asyncio.Protocol):
    """One connection, from `connect` until `on_lost` is called, once."""

    def __init__(self, on_event: Callable[[Message], None], on_lost: Callable[[str], None]) -> None:
        self._on_event = on_event
        self._on_lost: Callable[[str], None] | None = on_lost
        self._waiting: dict[str, tuple[asyncio.Future[Reply], float]] = {}
        self._last = 0
        self._fragments: list[bytes] = []
        self._flushing = False
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self._protocol: ClientProtocol | None = None
        self._sweeper: asyncio.TimerHandle | None = None

    async def connect(self, port: int, user: str, password: str, application: str) -> None:
        """Raises `EngineUnavailable`."""
        address = f"ws://127.0.0.1:{port}/ari/events?app={application}&subscribeAll=false"
        self._protocol = ClientProtocol(parse_uri(address), max_size=LARGEST_FRAME)
        self._headers = Headers(Authorization="Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)
                await self._opened
        except (OSError, TimeoutError) as e:
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
        assert self._protocol is not None
        self._protocol.send_text(_encode(request))
        if not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_soon(self._flush)
        return future

    def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._transport is not None:
            if self._protocol is not None and self._protocol.state is State.OPEN:
                self._protocol.send_close()
                self._flush()
            self._transport.close()
        self._lose("closed")

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert self._protocol is not None
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is not of that class
        request = self._protocol.connect()
        request.headers.update(self._headers)
        self._protocol.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        protocol = self._protocol
        assert protocol is not None
        protocol.receive_data(data)
        for event in protocol.events_received():
            if isinstance(event, Frame):
                self._frame(event)
            elif isinstance(event, Handshake):
                self._shaken(protocol)
        if protocol.state is not State.OPEN and self._opened.done():
            self._flush()
            self._lose("closed by the engine")
        elif not self._flushing:
            self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._lose(str(exc) if exc else "connection closed")

    # inside

    def _shaken(self, protocol: ClientProtocol) -> None:
        if self._opened.done():
            return
        failure = protocol.handshake_exc
        if failure is None:
            self._opened.set_result(None)
        elif isinstance(failure, InvalidHandshake):
            self._opened.set_exception(EngineUnavailable(f"ARI refused: {failure}"))
        else:
            self._opened.set_exception(EngineUnavailable(f"ARI broke off: {failure}"))

    def _frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.TEXT and frame.fin:
            self._message(frame.data)
        elif frame.opcode in (Opcode.TEXT, Opcode.CONT):
            self._fragments.append(bytes(frame.data))
            if frame.fin:
                whole = b"".join(self._fragments)
                self._fragments.clear()
                self._message(whole)

    def _message(self, data: bytes | bytearray | memoryview) -> None:
        message = _decode(data)
        if message.type == "RESTResponse":
            waiting = self._waiting.pop(message.request_id, None)
            if waiting is not None and not waiting[0].done():
                waiting[0].set_result(Reply(message.status_code, message.message_body))
        else:
            self._on_event(message)

    def _flush(self) -> None:
        self._flushing = False
        if self._transport is not None and self._protocol is not None:
            data = b"".join(self._protocol.data_to_send())
            if data:
                self._transport.write(data)

    def _sweep(self) -> None:
        oldest = next(iter(self._waiting.values()), None)
        if oldest is not None and oldest[1] < time.monotonic():
            self.close()
            return
        self._sweeper = asyncio.get_running_loop().call_later(1.0, self._sweep)

    def _lose(self, why: str) -> None:
        if not self._opened.done():
            self._opened.set_exception(EngineUnavailable(why))
            self._opened.exception()  # seen: `connect` may have given up before
        on_lost, self._on_lost = self._on_lost, None
        waiting, self._waiting = self._waiting, {}
        for future, _ in waiting.values():
            if not future.done():
                future.set_exception(EngineUnavailable(why))
                future.exception()  # those who wait get it; those who did not wait need no warning
        if on_lost is not None:
            on_lost(why)
