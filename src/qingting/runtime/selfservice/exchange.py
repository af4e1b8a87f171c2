"""One request to another system and its answer: bounded in size, nothing followed, nothing believed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpcore

ANSWER_MOST = 256 * 1024
"""Bytes."""


@dataclass(slots=True)
class Attempt:
    """How far one request came; whoever asks may stop waiting at any moment."""

    sent: bool = False
    """Something of it may have reached them."""
    status: int = 0
    """0: no answer came."""
    body: Any = None
    """As JSON reads it, numbers as `Decimal`."""
    trouble: str = ""
    """Of `judged.Failed`, or of what they answered: `size`, `not_json`."""


async def exchange(
    attempt: Attempt,
    pool: httpcore.AsyncConnectionPool,
    url: httpcore.URL,
    method: str,
    headers: Mapping[str, str],
    content: bytes | None,
) -> None:
    """Raises what `judged.why` tells, and `judged.Failed`; `attempt` knows what happened until then."""

    async def seen(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            attempt.sent = True

    async with pool.stream(
        method.upper(), url, headers=list(headers.items()), content=content, extensions={"trace": seen}
    ) as answer:
        attempt.status = answer.status
        attempt.trouble = ""
        if answer.status == 204 or not (200 <= answer.status < 300 or 400 <= answer.status < 500):
            return  # what else it says is of no use
        told = {name.lower(): value for name, value in answer.headers}
        media = told.get(b"content-type", b"").split(b";")[0].strip().lower()
        if media != b"application/json" and not media.endswith(b"+json"):
            attempt.trouble = "not_json" if 200 <= answer.status < 300 and told.get(b"content-length") != b"0" else ""
            return
        found = bytearray()
        attempt.trouble = "timeout"  # until all of it is there
        async for piece in answer.aiter_stream():
            found += piece
            if len(found) > ANSWER_MOST:
                attempt.trouble = "size"
                return
        attempt.trouble = ""
    try:
        attempt.body = json.loads(found, parse_float=Decimal, parse_constant=_no_number) if found else None
    except (ValueError, RecursionError):
        attempt.trouble = "not_json"


def _no_number(said: str) -> None:
    raise ValueError(said)
