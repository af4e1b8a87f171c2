"""Journal files of every schema that was ever in use are read by today's program."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qingting.journal.sqlite import SqliteJournal
from qingting.runtime.replay import replay

from .day import TENANT
from .make_golden import SAMPLES

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.db"))


@pytest.fixture(params=GOLDEN, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(request.param, tmp_path / "journal.db"))


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[SqliteJournal]:
    journal = await SqliteJournal.open(path)
    yield journal
    await journal.close()


def test_there_is_one() -> None:
    assert GOLDEN


def lists(value: Any) -> Any:
    return [lists(part) for part in value] if isinstance(value, tuple | list) else value


def holds(read: Any, written: Any) -> bool:
    """Fields that were added since stand at the end, also of what stands in a field."""
    if isinstance(written, list):
        return len(read) >= len(written) and all(map(holds, read, written))
    return bool(read == written)


async def test_every_kind_is_read(path: Path, journal: SqliteJournal) -> None:
    """Field by field what was written."""
    entries = [entry async for entry in journal.read(SAMPLES, "routing")]
    assert len(entries) > 50
    db = sqlite3.connect(path)
    blobs = db.execute("SELECT entries FROM batches WHERE tenant = ? AND stream = 'routing'", (SAMPLES,)).fetchall()
    db.close()
    written = [entry for (blob,) in blobs for entry in msgspec.msgpack.decode(blob)]
    for entry, (kind, _, *_, command, events) in zip(entries, written, strict=True):
        assert entry.kind == kind
        assert holds(lists(entry.command), command)
        for event, (tag, fields) in zip(entry.events, events, strict=True):
            assert type(event).__name__ == tag
            assert holds(lists(event), fields)


async def test_facts_are_read(journal: SqliteJournal) -> None:
    (fact,) = [entry async for entry in journal.read(SAMPLES, "customers")]
    assert (fact.kind, fact.command, fact.events) == ("CustomerMerged", None, ({"into": "k1", "from": ["k2"]},))


async def test_the_day_is_folded_under_todays_rules(journal: SqliteJournal) -> None:
    folded = await replay(journal, TENANT, fold_only=True)
    assert folded.entries == await journal.last_seq(TENANT, "routing") > 200


async def test_personal_data_is_read(journal: SqliteJournal) -> None:
    assert (await journal.personal(TENANT, ["p1"]))["p1"].value["number"].startswith("+86138")
