"""AMI, for what ARI has no verb or event for: two-channel recording, registrations, refused strangers, keys."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping

from qingting.telephony.port import EngineUnavailable

PATIENCE_S = 8.0
_LARGEST_LINE = 64 * 1024


class Ami:
    """One connection, from `connect` until `on_lost` is called, once."""

    def __init__(self, on_event: Callable[[dict[str, str]], None], on_lost: Callable[[str], None]) -> None:
        self._on_event = on_event
        self._on_lost: Callable[[str], None] | None = on_lost
        self._waiting: dict[str, asyncio.Future[dict[str, str]]] = {}
        self._lists: dict[str, list[dict[str, str]]] = {}
        self._last = 0
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def connect(self, port: int, user: str, secret: str) -> None:
        """Raises `EngineUnavailable`."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                reader, self._writer = await asyncio.open_connection("127.0.0.1", port, limit=_LARGEST_LINE)
                await reader.readline()
        except (OSError, TimeoutError) as e:
            await self.close()
            raise EngineUnavailable(f"no AMI at port {port}: {e}") from e
        self._reading = asyncio.get_running_loop().create_task(self._read(reader), name="ami")
        reply = await self.ask("Login", Username=user, Secret=secret, Events="system,security,dtmf")
        if reply.get("Response") != "Success":
            await self.close()
            raise EngineUnavailable(f"AMI refused: {reply.get('Message', '')}")

    async def ask(self, action: str, **fields: str) -> dict[str, str]:
        """The reply's fields. Raises `EngineUnavailable`; `ValueError` for a value with a line break."""
        if self._writer is None or self._on_lost is None:
            raise EngineUnavailable("not connected")
        return await self._exchange(action, fields)

    async def ask_list(self, action: str, item: str) -> list[dict[str, str]]:
        """The events named `item` of an action that answers with a list."""
        if self._writer is None or self._on_lost is None:
            raise EngineUnavailable("not connected")
        key = str(self._last + 1)
        self._lists[key] = []
        try:
            await self._exchange(action, {})
            return [event for event in self._lists[key] if event.get("Event") == item]
        finally:
            del self._lists[key]

    async def _exchange(self, action: str, fields: Mapping[str, str]) -> dict[str, str]:
        self._last += 1
        key = str(self._last)
        lines = [f"Action: {action}", f"ActionID: {key}", *(f"{name}: {value}" for name, value in fields.items())]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a line break in an AMI field")
        future: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._waiting[key] = future
        assert self._writer is not None
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await future
        except TimeoutError as e:
            raise EngineUnavailable(f"AMI did not answer {action}") from e
        finally:
            self._waiting.pop(key, None)

    async def close(self) -> None:
        if self._reading is not None and self._reading is not asyncio.current_task():
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        self._lose("closed")

    async def _read(self, reader: asyncio.StreamReader) -> None:
        why = "connection closed"
        try:
            while True:
                block = await reader.readuntil(b"\r\n\r\n")
                fields = dict(
                    line.split(": ", 1) for line in block.decode(errors="replace").split("\r\n") if ": " in line
                )
                self._heard(fields)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as e:
            why = str(e) or why
        self._lose(why)

    def _heard(self, fields: dict[str, str]) -> None:
        key = fields.get("ActionID", "")
        listed = self._lists.get(key)
        over = listed is None or fields.get("Response") == "Error" or fields.get("EventList") == "Complete"
        if listed is not None:
            listed.append(fields)
        elif "Event" in fields:
            self._on_event(fields)
            return
        future = self._waiting.get(key)
        if over and future is not None and not future.done():
            future.set_result(fields)

    def _lose(self, why: str) -> None:
        on_lost, self._on_lost = self._on_lost, None
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(EngineUnavailable(why))
        if on_lost is not None:
            on_lost(why)
