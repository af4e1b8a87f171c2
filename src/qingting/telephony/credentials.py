"""Short-lived credentials for anonymous web calls: one page's entry point, for minutes, a few per source.

A credential is an endpoint of the engine. Its id says when it ends, and it carries the entry point that it may
reach; the engine vouches for the id (`LegArrived.source` is `web:<id>`), and its token is the id signed: both
are known after a restart of the program as well, without a table. How many each source was given is in a file
(`issued.py`). Who asks too often is refused, and every refusal is counted.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import secrets
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import structlog

from qingting.errors import Invalid, TooMany

from ..issued import Issued
from .port import Endpoint, EngineUnavailable, Telephony

log = structlog.get_logger(__name__)

PREFIX = "web-"
"""Names of these endpoints begin so; whoever finds one that has ended may remove it."""
LONGEST_ENTRY = 60
LONGEST_TOKEN = 250


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
    """Lets its holder through the edge, as long as the credential lives or the call that it began."""
    expires_at: float


class Holder(NamedTuple):
    """Whose token this is."""

    id: str
    """As in `LegArrived.source`, after `web:`."""
    entry: str
    expires_at: float


class WebCredentials:
    """`key` signs tokens; `counts` is the file of what was issued, None to keep it in memory."""

    def __init__(
        self,
        telephony: Telephony,
        limits: Limits = DEFAULT,
        clock: Callable[[], float] = time.time,
        *,
        key: bytes,
        counts: Path | None = None,
    ) -> None:
        self._telephony = telephony
        self._limits = limits
        self._clock = clock
        self._key = hashlib.sha256(key).digest()
        self._issued = Issued(limits.window_s, self._key, counts)
        self._open: dict[str, tuple[Endpoint, float]] = {}
        """name -> endpoint, end: oldest first, because all live equally long."""
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
        ends = float(int(now + self._limits.lifetime_s))
        id = f"{int(ends):x}.{secrets.token_hex(8)}.{_pack(entry)}"
        name = f"{PREFIX}{int(ends):x}-{secrets.token_hex(12)}"
        endpoint = Endpoint(name, secrets.token_urlsafe(24), "browser", f"web:{id}")
        self._open[name] = (endpoint, ends)
        self._issued.add(source, now)
        try:
            await self._telephony.put_endpoint(endpoint)
        except EngineUnavailable:
            self._open.pop(name, None)
            self._issued.take_back(source)
            raise
        return Credential(name, endpoint.secret, entry, f"{id}.{self._signature(id)}", ends)

    def holder(self, token: str) -> Holder | None:
        """Whose token it is, ended or not; None, and counted, for a stranger's."""
        id, _, signature = token[:LONGEST_TOKEN].rpartition(".")
        ours = hmac.compare_digest(signature.encode("utf-8", "surrogatepass"), self._signature(id).encode())
        entry, ends = entry_of(id), _end_of(id.partition(".")[0])
        if not ours or entry is None or ends is None:
            self.refused["web_call.bad_token"] += 1
            return None
        return Holder(id, entry, ends)

    async def expire(self) -> None:
        """Removes what has ended from the engine, what other runs left included."""
        now = self._clock()
        for name, (_, ends) in list(self._open.items()):
            if ends > now:
                break
            del self._open[name]
            await self._remove(name)
        self._issued.forget(now)

    async def restore(self, restarted: bool) -> None:
        """After `EngineUp`: push again what lives, or remove what an earlier run of ours left behind."""
        if restarted:
            for endpoint, _ in list(self._open.values()):
                await self._telephony.put_endpoint(endpoint)
            return
        now = self._clock()
        for name in await self._telephony.online():
            ends = _end_of(name.removeprefix(PREFIX).partition("-")[0]) if name.startswith(PREFIX) else None
            if name not in self._open and ends is not None and ends <= now:
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
        opened = now - limits.lifetime_s
        many = self._issued.of(source, opened) >= limits.open_per_source
        if many or self._issued.of(source, now - limits.window_s) >= limits.per_source:
            self._refuse("web_call.too_many", "too many calls from here; try again later")
        if self._issued.in_all(opened) >= limits.open_in_all:
            self._refuse("web_call.all_taken", "too many calls at this moment; try again in some minutes")

    def _signature(self, id: str) -> str:
        return hmac.new(self._key, id.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

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
    except ValueError:
        return None


def _pack(entry: str) -> str:
    return base64.urlsafe_b64encode(entry.encode()).decode().rstrip("=")


def _end_of(hexadecimal: str) -> float | None:
    try:
        return float(int(hexadecimal, 16))
    except ValueError:
        return None
