"""What the scripts that install and upgrade ask: does the centre answer, and which version have its tables.

Small enough to be asked once a second: neither the centre nor its parts are imported for it.
"""

from __future__ import annotations

import asyncio
import ssl
import urllib.error
import urllib.request

from .config import Config
from .errors import Unavailable

ANSWER_S = 5.0


def health(config: Config) -> str:
    """What `/health` of the centre on this machine says. Raises `Unavailable("serve.no_answer" | "serve.down")`."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)
    url = f"{'https' if config.tls else 'http'}://{host}:{config.port}/health"
    # It is our own address; which names its certificate has is the doctor's matter.
    anyone = ssl._create_unverified_context() if config.tls else None
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=anyone))
    try:
        with direct.open(url, timeout=ANSWER_S) as answer:
            return str(answer.read(10_000).decode())
    except urllib.error.HTTPError as e:
        raise Unavailable("serve.down", f"{url} says {e.read(10_000).decode(errors='replace')}") from e
    except OSError as e:
        raise Unavailable("serve.no_answer", f"{url} does not answer: {e}") from e


def tables(config: Config, to: str = "") -> str:
    """The revision of the records' tables; with `to` they are brought back to that one first.

    What only newer tables held is lost then. Raises what a migration raises.
    """
    from . import migrate
    from .records import Records

    if to:
        migrate.downgrade(config.effective_records_url, to)

    async def ask() -> str:
        records = Records(config.effective_records_url)
        try:
            return await migrate.revision_of(records)
        finally:
            await records.close()

    return asyncio.run(ask())
