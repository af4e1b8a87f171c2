"""A copy of everything, made while the centre runs, and the way back.

A backup is a folder: `journal.db` and `records.db` (both SQLite, whatever the records are kept in), the
encrypted recordings and whatever else stands in the data folder, and `manifest.json` with the size and SHA-256
of each. The keys are left out unless asked for (`secrets/`), or packed under a passphrase (`escrow.key`):
without them nobody can open recordings or sealed settings. Audio that is not yet encrypted stays out as well.

Both databases are of one instant, as after a power failure of the whole machine: what was durable is there.
"""

from .make import backup
from .manifest import Manifest, verify
from .restore import restore

__all__ = ["Manifest", "backup", "restore", "verify"]
