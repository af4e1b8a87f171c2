"""What a backup brings back of people who have been erased since is erased again.

Who that is stands, by ids alone, in the table `erasure` of whatever is newer than the backup: the other backups
beside it, and the records that were in use, where they are named.
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from functools import partial
from pathlib import Path

from ..config import Config
from ..contexts.customers.importing.api import forget as forget_imports
from ..contexts.people import api as people
from ..contexts.recordings import api as recordings
from ..contexts.retention.api import Erased, erasures
from ..errors import Invalid
from ..journal.sqlite import SqliteJournal
from ..records import Records
from ..runtime.erasure import Places, carry_out
from . import manifest as manifests

RECORDS = "records.db"


def since(source: Path, at: float, named: Path | None) -> list[Erased]:
    """Those of the backups beside `source`, and of `named`: another backup, a data folder, or its `records.db`.

    Raises `Invalid("restore.no_erasures")` when nothing is found in what was named.
    """
    places = [entry / RECORDS for entry in source.absolute().parent.iterdir() if (entry / manifests.NAME).is_file()]
    if named is not None:
        places.append(named / RECORDS if named.is_dir() else named)
        if not places[-1].is_file():
            raise Invalid("restore.no_erasures", f"no records are kept in {named}")
    found = {(it.tenant, it.id): it for place in places if place.is_file() for it in _read(place, at)}
    return sorted(found.values(), key=lambda it: (it.at, it.id))


def _read(place: Path, at: float) -> list[Erased]:
    """Looked at only: a byte written into a backup would damage it."""
    what = "SELECT tenant, id, at, user_id, customers, contacts, others, refs, recordings FROM erasure WHERE at >= ?"
    try:
        with closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True, timeout=10.0)) as database:
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'erasure'").fetchone():
                return []
            rows = database.execute(what, (at,)).fetchall()
        return [_erased(*row) for row in rows]
    except (sqlite3.Error, ValueError) as error:
        raise Invalid("restore.no_erasures", f"{place} cannot be read: {type(error).__name__}") from error


def _erased(
    tenant: str, id: str, at: float, user: str, customers: str, contacts: str, others: str, refs: str, recordings: int
) -> Erased:
    def ids(told: str) -> tuple[str, ...]:
        return tuple(json.loads(told))

    return Erased(tenant, id, at, user, ids(customers), ids(contacts), ids(others), ids(refs), bool(recordings))


async def erase_again(config: Config, some: list[Erased]) -> int:
    """In what has been restored; also those that the backup itself has begun. Returns how many."""
    records = Records(config.effective_records_url)
    try:
        async with records.write() as connection:
            await erasures.remember(connection, some)
            wanted = await erasures.unfinished(connection, time.time())
        if not wanted:
            return 0
        journal = await SqliteJournal.open(config.journal_path)
        try:
            for it in wanted:
                places = Places(
                    partial(recordings.remove_of, records, config.data),
                    partial(forget_imports, records, config.data, at_work=True),
                )
                told = await carry_out(records, journal, it, places)
                async with records.write() as connection:
                    await erasures.done(connection, it, time.time())
                    target = it.customers[0] if it.customers else ""
                    await people.record_audit(
                        connection, people.system(it.tenant), "customer.erased_again", target, told
                    )
        finally:
            await journal.close()
        return len(wanted)
    finally:
        await records.close()
