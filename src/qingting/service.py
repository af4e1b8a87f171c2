"""What the scripts that install and upgrade ask: which version have its tables."""

from __future__ import annotations

import asyncio

from .config import Config


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
