"""What the use cases of people stand on, and how the end of a session is told to whoever holds sockets."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog

from ...mail import Outgoing
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

    def on_session_end(self, callback: OnSessionEnd) -> None:
        """Called after the commit, in this process only: other processes ask `keep_alive`."""
        self.listeners.append(callback)

    async def tell_end(self, end: SessionEnd) -> None:
        for listener in self.listeners:
            try:
                await listener(end)
            except Exception:
                # The session has ended whatever a listener makes of it; the others must hear of it too.
                log.exception("session_end.listener_failed", why=end.why)
