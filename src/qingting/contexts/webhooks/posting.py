"""One POST to an address that somebody typed: no redirects, bounded in time; what is answered is not read."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping

import httpcore

from qingting.judged import AWAY, Judged, why

TIMEOUT_S = 15.0


async def post(
    url: str, headers: Mapping[str, str], content: bytes, trust: ssl.SSLContext, *, inside: bool = False
) -> int:
    """The status of the answer; its body is nobody's business. `inside`: addresses of private networks will do.

    Raises `judged.Failed`.
    """
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            httpcore.AsyncConnectionPool(ssl_context=trust, network_backend=Judged(inside)) as pool,
            pool.stream("POST", url, headers=list(headers.items()), content=content) as answer,
        ):
            return int(answer.status)
    except AWAY as error:
        raise why(error) from error
