"""From our errors to HTTP: the only place that knows status codes.

Every error has one form: `{"error": {"code", "message", "detail", "retryable", "reference"}}`. The reference
finds the log line. What was not foreseen says only that: its words may hold what is nobody's business.
"""

from __future__ import annotations

import math
from typing import Any, NoReturn

from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from .. import errors

STATUS: dict[type[errors.QingtingError], int] = {
    errors.Refused: 409,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.NotSignedIn: 401,
    errors.Invalid: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
BY_CODE = {
    "request.bad_json": 400,
    "request.too_slow": 408,
    "request.too_large": 413,
    "method.not_allowed": 405,
    "internal": 500,
}
_BY_STATUS: dict[int, tuple[type[errors.QingtingError], str]] = {
    400: (errors.Invalid, "request.bad_json"),
    404: (errors.NotFound, "path.unknown"),
    405: (errors.Refused, "method.not_allowed"),
    413: (errors.TooMany, "request.too_large"),
}
FIELDS_MOST = 100


class Internal(errors.QingtingError):
    """Our own mistake."""


def to_ours(error: BaseException) -> errors.QingtingError:
    """The error as people may see it."""
    if isinstance(error, errors.QingtingError):
        return error
    if isinstance(error, RequestValidationError | WebSocketRequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        if isinstance(error.__cause__, errors.QingtingError):
            return error.__cause__  # raised while FastAPI read the body
        kind, code = _BY_STATUS.get(error.status_code, (Internal, "internal"))
        return kind(code)
    if isinstance(error, IntegrityError):
        return errors.Refused("conflict", "this contradicts what is there already")
    if isinstance(error, DataError) or _is_of_data(error):
        return errors.Invalid("request.bad_value", "a value that cannot be kept")
    if isinstance(error, (OperationalError, InterfaceError, TimeoutError)):
        return errors.Unavailable("records.unavailable", "the records database does not answer; try again")
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return errors.Unavailable("records.unavailable", "the records database does not answer; try again")
    return Internal("internal", "something went wrong on our side; the reference finds it in the log")


def _is_of_data(error: BaseException) -> bool:
    """SQLSTATE class 22 by whatever name: asyncpg's driver has none of SQLAlchemy's for a zero byte in a text."""
    return isinstance(error, DBAPIError) and str(getattr(error.orig, "sqlstate", "")).startswith("22")


def status_of(error: errors.QingtingError) -> int:
    if error.code in BY_CODE:
        return BY_CODE[error.code]
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def response_of(error: errors.QingtingError, reference: str) -> JSONResponse:
    headers = {}
    wait = error.detail.get("retry_after_s")
    if wait is not None:
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
    if isinstance(error, errors.NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    body = {
        "code": error.code,
        "message": error.message,
        "detail": error.detail,
        "retryable": error.retryable,
        "reference": reference,
    }
    return JSONResponse({"error": body}, status_of(error), headers=headers)


async def rise(_: HTTPConnection, error: Exception) -> NoReturn:
    """What frameworks would answer in a form of their own goes on to the boundary, as all else does."""
    raise error


async def send(error: errors.QingtingError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer from a middleware.

    A socket that may not open is opened and closed at once, with code 4000 + status and the error's code as
    reason: a page is told nothing else of a handshake that failed. Pages of other sites get not even that.
    """
    scope["state"]["error"] = error
    if scope["type"] == "websocket":
        if error.code != "origin.foreign":
            await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 4000 + status_of(error), "reason": error.code})
        return
    await response_of(error, scope["state"]["reference"])(scope, receive, send)


def _invalid(error: RequestValidationError | WebSocketRequestValidationError) -> errors.QingtingError:
    fields: dict[str, str] = {}
    for problem in error.errors()[:FIELDS_MOST]:
        if problem["type"] == "json_invalid":
            return errors.Invalid("request.bad_json", "the body is not JSON")
        fields[_path(problem["loc"])[:200]] = str(problem["type"])
    return errors.Invalid("request.invalid", "some fields are not as they should be", fields=fields)


def _path(where: tuple[Any, ...]) -> str:
    inside = where[1:] if len(where) > 1 and where[0] in ("body", "query", "path", "header", "cookie") else where
    return ".".join(str(part) for part in inside)
