"""The application: layers from outside to inside, then routes, then pages."""

from __future__ import annotations

import importlib.metadata
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from prometheus_client import CollectorRegistry
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from ..config import Config
from ..contexts.people.api import People
from . import errors, operations
from .boundary import API, Boundary
from .limits import LIMITS, Limit, RateLimits
from .pages import Pages
from .security import BODY_MOST, BODY_S, Bounds, OwnOrigin, SecurityHeaders
from .sessions import Sessions

OPEN = frozenset(
    f"POST {API}{path}"
    for path in (
        "/session",
        "/password-reset",
        "/password-reset/confirm",
        "/invitation",
        "/invitation/accept",
        "/public/",
    )
)
"""Where nobody has to be signed in, so that a stale cookie needs no CSRF token beside it."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    *,
    config: Config,
    people: People,
    routers: Sequence[APIRouter],
    root_routers: Sequence[APIRouter] = (),
    lifespan: Lifespan | None = None,
    ui_dir: Path | None = None,
    health: Mapping[str, operations.Check] | None = None,
    registry: CollectorRegistry | None = None,
    limits: Sequence[Limit] = LIMITS,
    body_most: int = BODY_MOST,
    body_s: float = BODY_S,
    larger_bodies: Mapping[str, int] | None = None,
) -> FastAPI:
    """`routers` stand under `/api/v1`, in this order; `root_routers` (`/live/…`, `/sip`) as they are.

    Routes raise our errors; `require(…)` guards them. `registry` is what `/metrics` shows.
    """
    # The server names addresses and queries of sockets, at debug even cookies; the boundary tells without them.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    registry = registry or CollectorRegistry()
    app = FastAPI(
        title="Qingting 倾听",
        version=importlib.metadata.version("qingting"),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        middleware=[
            Middleware(SecurityHeaders, strict_transport=bool(config.tls) and config.tls != "auto"),
            Middleware(Boundary, registry=registry),
            Middleware(RateLimits, limits=limits),
            Middleware(Bounds, most=body_most, within_s=body_s, larger=larger_bodies),
            Middleware(OwnOrigin, base_url=config.base_url),
            Middleware(Sessions, people=people, open=OPEN),
        ],
    )
    for error in (HTTPException, RequestValidationError, WebSocketRequestValidationError):
        app.add_exception_handler(error, errors.rise)
    for router in routers:
        app.include_router(router, prefix=API)
    for router in (operations.router(health or {}, registry), *root_routers):
        app.include_router(router)
    app.router.default = Pages(ui_dir or config.ui)
    return app
