"""Puts an `Identity` on each request and socket: from the session's cookie, or from an API token."""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from ..contexts.people import api as people_api
from ..errors import NotAllowed, NotSignedIn
from . import errors
from .security import UNSAFE

TOKEN_MOST = 200
"""Longer ones were not made here."""


class Sessions:
    """A cookie that has run out leaves the request without identity: what needs one says `session.ended`.

    With a cookie, whatever changes something needs the CSRF token beside it, except what is `open`
    (`POST /path`, or a beginning that ends in a slash): there nobody has to be signed in.
    """

    def __init__(self, app: ASGIApp, *, people: people_api.People, open: frozenset[str]) -> None:
        self.app = app
        self.people = people
        self.open = open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            await self._identify(connection)
        except NotSignedIn as refused:
            connection.state.refused = refused
        except NotAllowed as refused:
            await errors.send(refused, scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _identify(self, connection: HTTPConnection) -> None:
        headers, address = connection.headers, client_address(connection.scope)
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            connection.state.identity = await people_api.identify_token(self.people, token[:TOKEN_MOST], address)
            return
        cookie = connection.cookies.get(people_api.SESSION_COOKIE, "")
        if not cookie or len(cookie) > TOKEN_MOST:
            return
        connection.state.identity = await people_api.identify_session(self.people, cookie, address)
        connection.state.csrf = csrf = people_api.csrf_of(cookie)
        if connection.scope["type"] == "http" and connection.scope["method"] in UNSAFE:
            shown = headers.get(people_api.CSRF_HEADER, "")
            if not hmac.compare_digest(shown.encode(), csrf.encode()) and not self._is_open(connection):
                raise NotAllowed("csrf.wrong", f"send the session's token as {people_api.CSRF_HEADER}")

    def _is_open(self, connection: HTTPConnection) -> bool:
        asked = f"{connection.scope['method']} {connection.scope['path']}"
        return any(asked == each or (each.endswith("/") and asked.startswith(each)) for each in self.open)


def client_address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def through_proxy(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return any(name in headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))
