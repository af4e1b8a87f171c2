"""Rules of webhooks: what may be told, when it is tried again, how it is signed (Standard Webhooks, `v1`)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from qingting.core.events import ContactEnded
from qingting.errors import Invalid

KINDS = ("customer.created", "customer.changed", "customer.merged", "customer.erased", "contact.ended")
STREAMS = {"customers": KINDS[:4], "routing": KINDS[4:]}
DELAYS_S = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0, 28_800.0)
"""Between tries, a day in all; then it is dead, until somebody sends it again."""
WAITING_MOST = 10_000
"""Of one webhook."""
WEBHOOKS_MOST = 20
"""Of a tenant."""
BOTH_S = 86_400.0
"""A secret that was changed signs beside the new one so long."""
IDS_MOST = 500
"""In one message."""

_OF_FACTS = {
    "customer_created": "customer.created",
    "customer_changed": "customer.changed",
    "customer_tagged": "customer.changed",
    "customer_consent": "customer.changed",
    "customers_merged": "customer.merged",
    "customers_unmerged": "customer.changed",
    "customer_removed": "customer.erased",
}


class Told(NamedTuple):
    kind: str
    at: float
    data: dict[str, Any]
    """`{"customers": [ids]}` or `{"contact": id, "cause": code}`."""


def told(kind: str, at: float, events: Iterable[Any]) -> Iterator[Told]:
    """What a journal entry of one of `STREAMS` has to say to others."""
    for event in events:
        if isinstance(event, ContactEnded):
            yield Told("contact.ended", event.at, {"contact": event.contact, "cause": event.cause})
        elif kind == "customers_upserted":
            for outcome, which in (("new", "customer.created"), ("changed", "customer.changed")):
                ids = event.get(outcome, [])
                for start in range(0, len(ids), IDS_MOST):
                    yield Told(which, at, {"customers": ids[start : start + IDS_MOST]})
        elif kind in _OF_FACTS and isinstance(event, dict):
            ids = [str(event[name]) for name in ("customer", "source", "target") if event.get(name)]
            yield Told(_OF_FACTS[kind], at, {"customers": ids})


def checked_url(url: str, *, plain: bool) -> str:
    """`plain`: http will do as well. Raises `Invalid("request.invalid")`, field `url`."""
    code = ""
    try:
        parts = urlsplit(url)
        _ = parts.port
        if not parts.hostname:
            code = "webhook.bad_url"
        elif parts.scheme not in (("https", "http") if plain else ("https",)):
            code = "webhook.not_https"
        elif parts.username or parts.password or parts.fragment or not all(32 < ord(c) < 127 for c in url):
            code = "webhook.bad_url"
    except ValueError:
        code = "webhook.bad_url"
    if code:
        raise Invalid("request.invalid", fields={"url": code})
    return url


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def body(message: Told) -> bytes:
    return json.dumps({"type": message.kind, "timestamp": message.at, "data": message.data}).encode()


def signature(secret: str, id: str, at: int, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{id}.{at}.".encode() + content
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
