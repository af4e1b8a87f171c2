"""What the use cases of people stand on, and how the end of a session is told to whoever holds sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog

from ...access import Identity
from ...mail.outgoing import Outgoing
from ...records import Records
from ...vault import Vault
from .credentials import Passwords

log = structlog.get_logger(__name__)


class SessionEnd(NamedTuple):
    """A door that closed: live sockets that came in by it are to be closed."""

    tenant: str
    user: str
    session: str
    """Of one session; empty when all of this user's are meant."""
    token: str
    """Id of an API token that was taken back, else empty."""
    why: str
    """`signed_out`, `expired`, `password_changed`, `deactivated`, `token_revoked`, or `permissions_changed`:
    then the session goes on, but a socket has to come again."""


OnSessionEnd = Callable[[SessionEnd], Awaitable[None]]


class Watch(NamedTuple):
    """A live socket waits here for the end of the door that it came in by."""

    who: Identity
    ended: asyncio.Future[str]


@dataclass(frozen=True)
class People:
    records: Records
    vault: Vault
    outgoing: Outgoing
    passwords: Passwords
    base_url: str
    """As users see it; links in mails start with it."""
    now: Callable[[], float] = time.time
    listeners: list[OnSessionEnd] = field(default_factory=list)
    watches: dict[tuple[str, str], list[Watch]] = field(default_factory=dict)
    """By tenant and user."""

    def on_session_end(self, callback: OnSessionEnd) -> None:
        """Called after the commit of what ended it; what other processes ended is heard of within a minute."""
        self.listeners.append(callback)

    async def tell_end(self, end: SessionEnd) -> None:
        for watch in self.watches.get((end.tenant, end.user), ()):
            meant = end.session == watch.who.session if end.session else not end.token or _is(watch.who, end.token)
            if meant and not watch.ended.done():
                watch.ended.set_result(end.why)
        for listener in self.listeners:
            try:
                await listener(end)
            except Exception:
                # The session has ended whatever a listener makes of it; the others must hear of it too.
                log.exception("session_end.listener_failed", why=end.why)


def _is(who: Identity, token: str) -> bool:
    return who.via == f"token:{token}"
