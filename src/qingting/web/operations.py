"""`/health` for probes and `/metrics` for Prometheus."""

from __future__ import annotations

import asyncio
import inspect
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import structlog
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.responses import JSONResponse, Response

from ..access import Identity, require
from .sessions import client_address, through_proxy

log = structlog.get_logger(__name__)

PART_S = 3.0


class Part(NamedTuple):
    """How one part does. `degraded`: the rest works on (no voice, mail stuck); `down`: nothing works."""

    state: str
    """`ok`, `degraded`, `down`."""
    words: str = ""
    """For whoever operates this; others see the state only."""


Check = Callable[[], Part | Awaitable[Part]]
_WORST = ("ok", "degraded", "down")


def router(health: Mapping[str, Check], registry: CollectorRegistry) -> APIRouter:
    routes = APIRouter(tags=["operations"])

    @routes.get("/health")
    async def show_health(request: Request) -> Response:
        """503 when a part is down without which nothing works."""
        names = list(health)
        parts = dict(zip(names, await asyncio.gather(*(_ask(name, health[name]) for name in names)), strict=True))
        worst = max((part.state for part in parts.values()), key=_WORST.index, default="ok")
        may_read = _operates(request)
        shown = {name: part._asdict() if may_read else {"state": part.state} for name, part in parts.items()}
        return JSONResponse({"state": worst, "parts": shown}, 503 if worst == "down" else 200)

    @routes.get("/metrics", include_in_schema=False)
    async def show_metrics(request: Request) -> Response:
        if not _on_this_machine(request):
            require("operations.view")(request)
        text = await asyncio.to_thread(generate_latest, registry)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})

    return routes


async def _ask(name: str, check: Check) -> Part:
    try:
        answer = check()
        if inspect.isawaitable(answer):
            async with asyncio.timeout(PART_S):
                answer = await answer
        return answer
    except TimeoutError:
        return Part("down", f"no answer within {PART_S:g} s")
    except Exception as e:
        log.warning("health.check_failed", part=name, error=type(e).__name__)
        return Part("down", type(e).__name__)


def _operates(request: Request) -> bool:
    who = getattr(request.state, "identity", None)
    return _on_this_machine(request) or (isinstance(who, Identity) and who.may("operations.view"))


def _on_this_machine(request: Request) -> bool:
    """By itself: what a proxy on this machine hands on is not from here."""
    try:
        return ipaddress.ip_address(client_address(request.scope)).is_loopback and not through_proxy(request.scope)
    except ValueError:
        return False
