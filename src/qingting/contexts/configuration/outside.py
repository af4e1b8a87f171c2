"""Other systems that self-service asks (`services`): where each is, what proves who we are, what it bears."""

from __future__ import annotations

from typing import Annotated, NamedTuple
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, field_validator

from .fields import Body, bad

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,60}"
OURS = frozenset(
    {"host", "content-length", "content-type", "transfer-encoding", "connection", "accept", "accept-language",
     "idempotency-key", "traceparent", "user-agent", "te", "trailer", "upgrade", "expect"}
)  # fmt: skip
"""Headers that each request has anyway."""

HeaderName = Annotated[str, Field(pattern=rf"^({TOKEN})?$")]
HeaderValue = Annotated[str, Field(max_length=500, pattern=r"^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$")]


class Service(Body):
    """`secret_header` is sent with `secret_prefix` and the secret, which stands apart, sealed.

    `timeout_s` bounds what a flow asks for; `at_once` and `per_second` are what the other system bears: who comes
    above that waits, within the time that the flow gives.
    """

    url: Annotated[str, Field(min_length=1, max_length=500)]
    """To which paths of flows are added: `https://crm.example.cn/api`."""
    secret_header: HeaderName = ""
    """Empty: no secret is needed."""
    secret_prefix: Annotated[str, Field(max_length=40, pattern=r"^[\x21-\x7e]*$")] = ""
    """`Bearer` for one; a space follows it."""
    headers: Annotated[dict[HeaderName, HeaderValue], Field(max_length=10)] = {}
    timeout_s: Annotated[float, Field(ge=0.5, le=20, allow_inf_nan=False)] = 10.0
    at_once: Annotated[int, Field(ge=1, le=500)] = 50
    per_second: Annotated[float, Field(ge=0.1, le=5000, allow_inf_nan=False)] = 100.0
    rest_after: Annotated[int, Field(ge=1, le=1000)] = 5
    """So many failures in a row, and it is left alone for `rest_s`: who would ask is told at once that it failed."""
    rest_s: Annotated[float, Field(ge=1, le=300, allow_inf_nan=False)] = 10.0

    @field_validator("url")
    @classmethod
    def _plain(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            raise bad("service.bad_url", "not an address") from None
        if parts.scheme not in ("https", "http"):
            raise bad("service.not_https", "an address begins with https://")
        strange = parts.username or parts.password or parts.fragment or parts.query or "?" in url or "#" in url
        if not parts.hostname or strange or not all(32 < ord(c) < 127 for c in url) or _goes_up(parts.path):
            raise bad("service.bad_url", "an address such as https://crm.example.cn/api, without ? and #")
        return url.rstrip("/")

    @field_validator("headers")
    @classmethod
    def _theirs(cls, headers: dict[str, str]) -> dict[str, str]:
        for name in headers:
            if not name or name.lower() in OURS:
                raise bad("service.bad_header", f"{name or 'a header without a name'} cannot be set here")
        return headers

    @field_validator("secret_header")
    @classmethod
    def _not_ours(cls, name: str) -> str:
        if name.lower() in OURS:
            raise bad("service.bad_header", f"{name} cannot be set here")
        return name

    @property
    def where(self) -> Where:
        return where(self.url)


class Where(NamedTuple):
    scheme: str
    host: str
    port: int


def where(url: str) -> Where:
    parts: SplitResult = urlsplit(url)
    return Where(parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80))


def inside(at: Where, allowed: tuple[str, ...]) -> bool:
    """Whether the settings name this place (`host`, `host:port`, or `*` for any): it may be of a private network, or
    this machine, and without TLS."""
    host = f"[{at.host}]" if ":" in at.host else at.host
    return any(each in ("*", host, f"{host}:{at.port}") for each in allowed)


def moved(before: Body, after: Body) -> bool:
    """Whether it is elsewhere now: its secret is not handed on to where somebody else may be."""
    return isinstance(before, Service) and isinstance(after, Service) and before.where != after.where


def _goes_up(path: str) -> bool:
    return any(piece in (".", "..") for piece in path.split("/")) or "//" in path or "\\" in path
