"""What an answer means to a flow, and how a request is written down. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote, urlencode

from ...flow import moves, values
from ...flow.values import Value
from .exchange import Attempt

OURS = (401, 407)
"""It is we who are not let in: nothing that the customer asked for was judged."""
LATER = (408, 425, 429)
GONE = (404, 410)


class BadPath(Exception):
    """A value that would lead elsewhere in an address."""


def together(asked: moves.Request, attempts: Sequence[Attempt]) -> tuple[str, dict[str, Value]]:
    """One of the node's ways, and what it keeps of the last answer. What may have been done by an earlier attempt is
    not undone by a later one that failed."""
    found, kept = _outcome(asked, attempts[-1])
    if found == "failed" and asked.do and any(_done(earlier) == "uncertain" for earlier in attempts[:-1]):
        return "uncertain", {}
    return found, kept


def _outcome(asked: moves.Request, attempt: Attempt) -> tuple[str, dict[str, Value]]:
    kept = (
        {name: values.found_in(attempt.body, path) for name, path in asked.keeps} if attempt.body is not None else {}
    )
    well = 200 <= attempt.status < 300
    if asked.do:
        return _done(attempt), kept if well or 400 <= attempt.status < 500 else {}
    if attempt.status in GONE:
        return "missing", {}
    if not well or attempt.trouble:
        return "failed", {}
    if asked.keeps and all(value is None for value in kept.values()):
        return "missing", {}  # what was looked for is not in it
    return "found", kept


def _done(attempt: Attempt) -> str:
    status = attempt.status
    if not attempt.sent or status in OURS or status in LATER:
        return "failed"
    if 200 <= status < 300:
        return "done"
    return "refused" if 400 <= status < 500 else "uncertain"


def passing(attempt: Attempt) -> bool:
    """Trouble that may be over when it is asked again."""
    if attempt.status:
        return attempt.status >= 500 or attempt.status in LATER
    return attempt.trouble in ("connection", "answer", "name")


def well(attempt: Attempt) -> bool:
    """Whether the system works, whatever it said."""
    fine = attempt.trouble in ("", "size", "not_json")
    return fine and 0 < attempt.status < 500 and attempt.status not in LATER


# --- the request -----------------------------------------------------------------------------------------


def target(base: str, asked: moves.Request) -> str:
    """Path and query. Raises `BadPath`."""
    found = base.rstrip("/") + "".join(_escaped(text) if is_value else text for text, is_value in asked.path)
    path, _, query = found.partition("?")
    if any(unquote(piece) in (".", "..") for piece in path.split("/")):
        raise BadPath
    if asked.method == "get" and (pairs := [(k, values.written(v)) for k, v in asked.sends if v is not None]):
        query = "&".join(filter(None, (query, urlencode(pairs))))
    # What people write in a path beside ASCII travels as UTF-8; what is escaped already stays.
    return quote(path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{query}" if query else "")


def _escaped(value: str) -> str:
    """Of one piece of a path: an account number has none of these."""
    if not value or any(c in "/\\" or ord(c) < 32 for c in value):
        raise BadPath
    return quote(value, safe="")


def content(asked: moves.Request) -> bytes | None:
    """Numbers as they are, to the last digit."""
    if asked.method == "get":
        return None
    pairs = [(name, _json(value)) for name, value in asked.sends]
    pairs += [(name, json.dumps(secret)) for name, secret in asked.secrets]
    return ("{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in pairs) + "}").encode()


def _json(value: Value) -> str:
    return values.written(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def traceparent(contact: str, key: str) -> str:
    """W3C Trace Context: one trace for each contact, one span for each request."""

    def digest(text: str, size: int) -> str:
        return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()

    return f"00-{digest(contact, 16)}-{digest(key, 8)}-01"


def places(body: Any, most: int) -> list[str]:
    """Where in an answer something stands that a flow can keep."""
    return sorted(_places(body, "", 8))[:most]


def _places(body: Any, at: str, depth: int) -> Iterable[str]:
    if not depth:
        return
    match body:
        case {}:
            for name, value in list(body.items())[:100]:
                yield from _places(value, f"{at}.{name}" if at else str(name), depth - 1)
        case [*items]:
            if at:
                yield f"{at}.count"
            for n, value in enumerate(items[:3]):
                yield from _places(value, f"{at}.{n}" if at else str(n), depth - 1)
        case _ if at:
            yield at
