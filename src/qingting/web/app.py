"""The application: layers from outside to inside, then routes, then pages."""

from __future__ import annotations

import copy
import importlib.metadata
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.routing import APIRoute, APIWebSocketRoute
from fastapi.utils import generate_unique_id
from prometheus_client import CollectorRegistry
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import compile_path

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
        _place(app, router, API)
    for router in (operations.router(health or {}, registry), *root_routers):
        _place(app, router)
    app.router.default = Pages(ui_dir or config.ui)
    return app


def _place(app: FastAPI, router: APIRouter, prefix: str = "") -> None:
    """The router's routes become the application's own, below `prefix`.

    `include_router` builds each of them a second time, validators and all, and looks for every request router by
    router. Ours use nothing that needs it: no dependencies, no overrides, no further routers within.
    """
    for route in router.routes:
        if not isinstance(route, APIRoute | APIWebSocketRoute):
            raise TypeError(f"of a router within, take its routes: {type(route).__name__}")
        placed = copy.copy(route)
        placed.path = prefix + route.path
        placed.path_regex, placed.path_format, placed.param_convertors = compile_path(placed.path)
        if isinstance(placed, APIRoute):
            placed.unique_id = generate_unique_id(placed)
        app.router.routes.append(placed)
