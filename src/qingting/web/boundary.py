"""The layer that sees all: a reference for each request, one line in the log, figures, and errors made plain.

Logs carry the route's template, never the path or query: those may hold numbers, names, and links' secrets.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from weakref import WeakKeyDictionary

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..access import Identity
from ..errors import QingtingError
from . import errors

log = structlog.get_logger(__name__)

API = "/api/v1"

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_reference() -> str:
    return "r-" + "".join(secrets.choice(_ALPHABET) for _ in range(10))


class Figures:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "qingting_http_requests", "HTTP requests", ("method", "route", "status"), registry=registry
        )
        self.seconds = Histogram(
            "qingting_http_request_seconds",
            "Time to answer an HTTP request",
            ("route",),
            buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
            registry=registry,
        )
        self.errors = Counter("qingting_http_errors", "Errors by code", ("code",), registry=registry)


_figures: WeakKeyDictionary[CollectorRegistry, Figures] = WeakKeyDictionary()
"""A registry takes each name once; applications that share one share its figures."""


class Boundary:
    def __init__(self, app: ASGIApp, *, registry: CollectorRegistry) -> None:
        self.app = app
        self.figures = _figures.get(registry) or _figures.setdefault(registry, Figures(registry))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        scope["state"]["reference"] = reference = new_reference()
        begun, started, status = time.monotonic(), False, 0

        async def watch(message: Message) -> None:
            nonlocal started, status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                started, status = True, message["status"]
                message.setdefault("headers", []).append((b"x-reference", reference.encode()))
            elif message["type"] in ("websocket.accept", "websocket.close"):
                started = True
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            ours = errors.to_ours(error)
            scope["state"]["error"] = ours
            if isinstance(ours, errors.Internal):
                log.error("request.failed", reference=reference, route=_route(scope), exc_info=error)
            elif not isinstance(error, QingtingError) and errors.status_of(ours) >= 500:
                log.warning("request.unavailable", reference=reference, route=_route(scope), exc_info=error)
            if not started:
                await errors.send(ours, scope, receive, watch)
            elif scope["type"] == "websocket":
                with contextlib.suppress(RuntimeError):  # it may have been closed already
                    await send({"type": "websocket.close", "code": 1011, "reason": ours.code})
            else:
                raise  # Half an answer is out: the server has to break the connection off.
        finally:
            self._note(scope, status, time.monotonic() - begun)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        state, route = scope["state"], _route(scope)
        who, error = state.get("identity"), state.get("error")
        if isinstance(error, QingtingError):
            self.figures.errors.labels(error.code).inc()
        if scope["type"] == "http":
            self.figures.requests.labels(
                scope["method"] if scope["method"] in _METHODS else "other", route, status
            ).inc()
            self.figures.seconds.labels(route).observe(seconds)
        # Who asks every few seconds whether all is well would fill the log with it.
        note = log.debug if route in PROBES and status == 200 else log.info
        note(
            "request" if scope["type"] == "http" else "socket",
            method=scope.get("method", ""),
            route=route,
            status=status,
            seconds=round(seconds, 4),
            reference=state["reference"],
            **({"tenant": who.tenant, "user": who.user, "via": who.via} if isinstance(who, Identity) else {}),
            **({"code": error.code} if isinstance(error, QingtingError) else {}),
        )


PROBES = ("/health", "/metrics")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def _route(scope: Scope) -> str:
    """The template (`/api/v1/users/{id}`); `other` for what no route took."""
    return str(scope["state"].get("route") or getattr(scope.get("route"), "path", "") or "other")
