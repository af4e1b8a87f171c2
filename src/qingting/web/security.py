"""What browsers are told, and what is turned away before anybody looks at who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import NotAllowed, TooMany, Unavailable
from . import errors

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
BODY_MOST = 2 * 1024 * 1024
BODY_S = 30.0
"""A body has to have arrived by then."""

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # the component library writes its styles at run time
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class SecurityHeaders:
    """On every answer, errors and files included."""

    def __init__(self, app: ASGIApp, *, strict_transport: bool = False) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=()",
            **({"Strict-Transport-Security": "max-age=31536000"} if strict_transport else {}),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        api = scope["path"].startswith("/api/")

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if api:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, add)


class Bounds:
    """How large a body may be and how long it may take; `larger` has other sizes for beginnings of paths."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        most: int = BODY_MOST,
        within_s: float = BODY_S,
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self.app = app
        self.most = most
        self.within_s = within_s
        self.larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = next((size for start, size in self.larger.items() if scope["path"].startswith(start)), self.most)
        too_large = TooMany("request.too_large", f"at most {most} bytes", most=most)
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdigit() or int(length) > most:
            await errors.send(too_large, scope, receive, send)
            return
        taken, complete, begun = 0, False, asyncio.get_running_loop().time()

        async def bounded() -> Message:
            nonlocal taken, complete
            if complete:
                return await receive()
            left = begun + self.within_s - asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(max(0.01, left)):
                    message = await receive()
            except TimeoutError as e:
                raise Unavailable("request.too_slow", f"the request took more than {self.within_s:g} s") from e
            taken += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if taken > most:
                raise too_large
            return message

        await self.app(scope, bounded, send)


class OwnOrigin:
    """Other sites' pages may neither change anything here nor open a socket.

    Browsers name the page's origin on every unsafe request and every socket; programs need not name one.
    A socket that shows no API token must: a cookie alone proves nothing.
    """

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self.app = app
        self.own = _origin(base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = scope["type"] == "websocket"
        if socket or (scope["type"] == "http" and scope["method"] in UNSAFE):
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin is None:
                foreign = headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
                foreign = foreign or (socket and "authorization" not in headers)
            else:
                foreign = _origin(origin) != self.own and not _same_host(origin, headers.get("host", ""))
            if foreign:
                refused = NotAllowed("origin.foreign", "this request comes from another site's page")
                await errors.send(refused, scope, receive, send)
                return
        await self.app(scope, receive, send)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return (parts.scheme, parts.netloc.lower())


def _same_host(origin: str, host: str) -> bool:
    """The host that was asked is the page's own; another scheme on it is a proxy's business."""
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and bool(host) and parts.netloc.lower() == host.lower()
