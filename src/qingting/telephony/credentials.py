"""Short-lived credentials for anonymous web calls: one page's entry point, for minutes, a few per source.

A credential is an endpoint of the engine. Its id says when it ends, and it carries the entry point that it may
reach; the engine vouches for the id (`LegArrived.source` is `web:<id>`), so both are known after a restart of
the program as well, without a table. Who asks too often is refused, and every refusal is counted.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hmac
import secrets
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import NamedTuple

import structlog

from qingting.errors import Invalid, TooMany

from .port import Endpoint, EngineUnavailable, Telephony

log = structlog.get_logger(__name__)

PREFIX = "web-"
"""Names of these endpoints begin so; whoever finds one that has ended may remove it."""
LONGEST_ENTRY = 60


class Limits(NamedTuple):
    lifetime_s: float = 600.0
    """To register and to call; a call that has begun goes on."""
    open_per_source: int = 5
    per_source: int = 20
    """Within `window_s`."""
    window_s: float = 3600.0
    open_in_all: int = 2000


DEFAULT = Limits()


class Credential(NamedTuple):
    endpoint: str
    secret: str
    entry: str
    token: str
    """Lets its holder through the edge's `/sip`, as long as the credential lives."""
    expires_at: float


class WebCredentials:
    def __init__(
        self,
        telephony: Telephony,
        limits: Limits = DEFAULT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._telephony = telephony
        self._limits = limits
        self._clock = clock
        self._open: dict[str, tuple[Endpoint, str, float, str]] = {}
        """name -> endpoint, source, end, token: oldest first, because all live equally long."""
        self._issued: dict[str, deque[float]] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self.refused: Counter[str] = Counter()
        """Since the start, by code."""

    async def issue(self, entry: str, source: str) -> Credential:
        """`source` is the address that asks. Raises `TooMany("web_call.too_many")`, `EngineUnavailable`."""
        if not 0 < len(entry.encode()) <= LONGEST_ENTRY:
            raise Invalid("web_call.bad_entry", "no such entry point")
        now = self._clock()
        await self.expire()
        self._admit(source, now)
        ends = now + self._limits.lifetime_s
        token = secrets.token_urlsafe(24)
        id = f"{int(ends):x}.{secrets.token_hex(8)}.{_pack(entry)}"
        endpoint = Endpoint(f"{PREFIX}{int(ends):x}-{secrets.token_hex(12)}", token, "browser", f"web:{id}")
        self._open[endpoint.name] = (endpoint, source, ends, token)
        self._issued.setdefault(source, deque()).append(now)
        try:
            await self._telephony.put_endpoint(endpoint)
        except EngineUnavailable:
            self._open.pop(endpoint.name, None)
            self._issued[source].pop()
            raise
        return Credential(endpoint.name, endpoint.secret, entry, token, ends)

    def lets_in(self, token: str) -> float | None:
        """When the holder of this token has to go, or None for a stranger."""
        now = self._clock()
        for _, _, ends, known in self._open.values():
            if hmac.compare_digest(known.encode(), token.encode()) and ends > now:
                return ends
        self.refused["web_call.bad_token"] += 1
        return None

    async def expire(self) -> None:
        """Removes what has ended from the engine, what other runs left included."""
        now = self._clock()
        for name, (_, _, ends, _) in list(self._open.items()):
            if ends > now:
                break
            del self._open[name]
            await self._remove(name)
        for source, times in list(self._issued.items()):
            while times and times[0] <= now - self._limits.window_s:
                times.popleft()
            if not times:
                del self._issued[source]

    async def restore(self, restarted: bool) -> None:
        """After `EngineUp`: push again what lives, or remove what an earlier run of ours left behind."""
        if restarted:
            for endpoint, *_ in list(self._open.values()):
                await self._telephony.put_endpoint(endpoint)
            return
        now = self._clock()
        for name in await self._telephony.online():
            if name not in self._open and (ends := _end_of(name)) is not None and ends <= now:
                await self._remove(name)

    def start(self, every_s: float = 30.0) -> None:
        self._sweeper = asyncio.get_running_loop().create_task(self._sweep(every_s), name="web-credentials")

    async def stop(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper

    async def _sweep(self, every_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            await self.expire()

    async def _remove(self, name: str) -> None:
        try:
            await self._telephony.remove_endpoint(name)
        except EngineUnavailable:
            log.info("web_credentials.engine_away")  # it forgets them by itself when it restarts

    def _admit(self, source: str, now: float) -> None:
        limits = self._limits
        mine = sum(1 for _, whose, *_ in self._open.values() if whose == source)
        if mine >= limits.open_per_source or len(self._issued.get(source, ())) >= limits.per_source:
            self._refuse("web_call.too_many", "too many calls from here; try again later")
        if len(self._open) >= limits.open_in_all:
            self._refuse("web_call.all_taken", "too many calls at this moment; try again in some minutes")

    def _refuse(self, code: str, words: str) -> None:
        self.refused[code] += 1
        raise TooMany(code, words, retry_after_s=60)


def entry_of(id: str) -> str | None:
    """The only entry point that the credential `id` (of `LegArrived.source`) reaches; None for what is none."""
    parts = id.split(".")
    if len(parts) != 3:
        return None
    try:
        return base64.urlsafe_b64decode(parts[2] + "=" * (-len(parts[2]) % 4)).decode() or None
    except (binascii.Error, UnicodeDecodeError):
        return None


def _pack(entry: str) -> str:
    return base64.urlsafe_b64encode(entry.encode()).decode().rstrip("=")


def _end_of(name: str) -> float | None:
    if not name.startswith(PREFIX):
        return None
    try:
        return float(int(name.removeprefix(PREFIX).partition("-")[0], 16))
    except ValueError:
        return None
