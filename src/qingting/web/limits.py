"""How often one address may ask for what needs no sign-in. Counted in this process, by a moving window."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from ..access import network
from ..errors import TooMany
from . import errors
from .sessions import client_address


class Limit(NamedTuple):
    method: str
    """Empty: any."""
    path: str
    """Beginning of the path."""
    rate: str
    """As `limits` writes it: `30/minute`."""


LIMITS = (
    # A whole floor signs in from one address at the start of a shift; guessing one name is slowed elsewhere.
    Limit("POST", "/api/v1/session", "300/minute"),
    Limit("POST", "/api/v1/password-reset", "20/minute"),
    Limit("", "/api/v1/invitation/", "60/minute"),
    Limit("", "/api/v1/public/", "120/minute"),
    # Each has a telephone rung, perhaps that of somebody who never asked.
    Limit("POST", "/api/v1/public/callbacks", "6/hour"),
    Limit("POST", "/api/v1/public/messages", "6/hour"),
)


class RateLimits:
    def __init__(self, app: ASGIApp, *, limits: Sequence[Limit] = LIMITS) -> None:
        self.app = app
        self.limits = [(limit, parse(limit.rate)) for limit in limits]
        self.limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for limit, rate in self.limits:
                if limit.method not in ("", scope["method"]) or not scope["path"].startswith(limit.path):
                    continue
                source = network(client_address(scope))
                if not await self.limiter.hit(rate, limit.method, limit.path, source):
                    reset, _ = await self.limiter.get_window_stats(rate, limit.method, limit.path, source)
                    wait = max(1.0, reset - time.time())
                    refused = TooMany("rate.exceeded", "too many requests from here", retry_after_s=round(wait))
                    await errors.send(refused, scope, receive, send)
                    return
        await self.app(scope, receive, send)
