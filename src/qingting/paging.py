"""Cursors of lists: the sort key of the last item seen, opaque to whoever carries it."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Any

from fastapi import Query

from .errors import Invalid

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str, Query(max_length=400)]


def cursor(*key: str | float) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def position(text: str, *types: type) -> tuple[Any, ...]:
    """The key of a cursor. Raises `Invalid("request.invalid")`, field `cursor`."""
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if len(key) == len(types) and all(isinstance(k, t) for k, t in zip(key, types, strict=True)):
            return tuple(key)
    except (ValueError, TypeError, binascii.Error):
        pass
    raise Invalid("request.invalid", fields={"cursor": "cursor.bad"})


def page(items: list[Any], next: str | None, total: int | None = None) -> dict[str, Any]:
    return {"items": items, "next": next, "total": total}
