"""Other systems are asked, by the names that the configuration has for them (`services`).

What is asked carries `Idempotency-Key` (the same again after a restart) and `traceparent`. Nothing of it is logged
but who was asked, what came of it, and how long it took.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpcore
import structlog

from ... import judged, observability
from ...config import Services
from ...contexts.configuration import api as configuration
from ...errors import Invalid
from ...flow import moves
from ...flow.values import Value
from . import outcomes
from .bearing import Bearing, Resting
from .exchange import Attempt, exchange

log = structlog.get_logger(__name__)

IDLE_S = 20.0
"""A connection is kept open so long after its last request."""
PAUSE_S = 0.15
"""Before it is asked again; twice as long each time."""


class Answered(NamedTuple):
    outcome: str
    values: Mapping[str, Value]
    status: int
    """0: no answer came."""
    trouble: str
    """`unknown`, `not_https`, `bad_path`, `secret`, `resting`, `busy` (no place was free in time), of `Attempt`, or
    empty."""
    took_s: float
    body: Any


class Line:
    """One service as it is configured now: its connections, and what it bears."""

    def __init__(self, item: configuration.Item[configuration.Service], secret: str, settings: Services) -> None:
        body = item.body
        self.item, self.body, self.secret, self.users, self.retired = item, body, secret, 0, False
        inside = configuration.may_be_inside(body.where, settings.inside)
        self.plain = body.where.scheme == "http" and not inside
        self.bearing = Bearing(body.at_once, body.per_second, body.rest_after, body.rest_s)
        self.pool = httpcore.AsyncConnectionPool(
            ssl_context=judged.trusting(settings.trust),
            max_connections=body.at_once,
            max_keepalive_connections=min(body.at_once, 20),
            keepalive_expiry=IDLE_S,
            network_backend=judged.Judged(inside),
        )

    async def leave(self) -> None:
        if self.retired and not self.users:
            await self.pool.aclose()


class Requests:
    def __init__(self, configured: configuration.Configuration, settings: Services) -> None:
        self._configured, self._settings = configured, settings
        self._lines: dict[tuple[str, str], Line] = {}

    async def close(self) -> None:
        lines, self._lines = list(self._lines.values()), {}
        for line in lines:
            line.retired = True
            await line.leave()

    async def ask(self, tenant: str, contact: str, asked: moves.Request, key: str = "") -> Answered:
        """Never raises: what went wrong is an outcome. The whole of it, with what is tried again, takes no longer
        than `timeout_s`, nor than the service allows."""
        began = time.monotonic()
        attempts = [Attempt()]
        line = None
        try:
            line = await self._line(tenant, asked.service)
            if line is None:
                attempts[0].trouble = "unknown"
            elif line.plain:
                attempts[0].trouble = "not_https"
            elif asked.method == "get" and asked.secrets:
                attempts[0].trouble = "secret"
            else:
                attempts = await self._in_time(line, contact, asked, key or f"{contact}.{asked.number}")
        except outcomes.BadPath:
            attempts[0].trouble = "bad_path"
        except Invalid as lost:  # of the vault
            log.error("service.sealed", service=asked.service, code=lost.code)
            attempts[0].trouble = "secret"
        last, took_s = attempts[-1], time.monotonic() - began
        outcome, found = outcomes.together(asked, attempts)
        if line is not None:
            observability.services.labels(tenant, asked.service, outcome).inc()
            observability.service_seconds.labels(tenant, asked.service).observe(took_s)
        log.info(
            "service.asked", service=asked.service, contact=contact, outcome=outcome, status=last.status,
            trouble=last.trouble, tries=len(attempts), took_s=round(took_s, 3),
        )  # fmt: skip
        return Answered(outcome, found, last.status, last.trouble, took_s, last.body)

    async def _line(self, tenant: str, service: str) -> Line | None:
        item = self._configured.of(tenant).services.get(service)
        line = self._lines.get((tenant, service))
        if line is not None and line.item is item:
            return line
        if line is not None:  # who asks by it still does so to the end
            del self._lines[tenant, service]
            line.retired = True
            await line.leave()
            return await self._line(tenant, service)
        if item is None:
            return None
        line = Line(item, configuration.secret_of(self._configured, item), self._settings)
        self._lines[tenant, service] = line
        return line

    @staticmethod
    async def _in_time(line: Line, contact: str, asked: moves.Request, key: str) -> list[Attempt]:
        """Each attempt, and what became of it. Raises `BadPath`."""
        base = httpcore.URL(line.body.url)
        target = outcomes.target(base.target.decode("ascii"), asked).encode("ascii")
        request = Sending(
            httpcore.URL(scheme=base.scheme, host=base.host, port=base.port, target=target),
            asked.method,
            _headers(line, contact, asked, key),
            outcomes.content(asked),
        )
        attempts: list[Attempt] = []
        line.users += 1
        try:
            async with asyncio.timeout(min(asked.timeout_s, line.body.timeout_s)):
                for n in range(asked.retries + 1):
                    if n:
                        await asyncio.sleep(PAUSE_S * 2 ** (n - 1))
                    attempts.append(Attempt())
                    await _once(line, attempts[-1], request)
                    if not outcomes.passing(attempts[-1]):
                        break
        except TimeoutError:
            pass  # the last attempt tells what it was waiting for
        finally:
            line.users -= 1
            await line.leave()
        return attempts


class Sending(NamedTuple):
    url: httpcore.URL
    method: str
    headers: Mapping[str, str]
    content: bytes | None


async def _once(line: Line, attempt: Attempt, request: Sending) -> None:
    """Fills `attempt`; its `trouble` is right whenever the waiting ends."""
    attempt.trouble = "busy"
    try:
        async with line.bearing.turn():
            attempt.trouble = "timeout"
            try:
                await exchange(attempt, line.pool, *request)
            except judged.Failed as failed:
                attempt.trouble = failed.code
            except judged.AWAY as error:
                attempt.trouble = judged.why(error).code
            finally:
                line.bearing.went(outcomes.well(attempt))
    except Resting:
        attempt.trouble = "resting"


def _headers(line: Line, contact: str, asked: moves.Request, key: str) -> dict[str, str]:
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "Qingting/1",
        "Idempotency-Key": key,
        "traceparent": outcomes.traceparent(contact, key),
        **line.body.headers,
    }
    if asked.language:
        headers["Accept-Language"] = asked.language
    if asked.method != "get":
        headers["Content-Type"] = "application/json"
    if line.body.secret_header and line.secret:
        headers[line.body.secret_header] = f"{line.body.secret_prefix} {line.secret}".lstrip()
    return headers
