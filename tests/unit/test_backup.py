import asyncio
import json
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from qingting import migrate
from qingting.backup import backup, restore, verify
from qingting.config import Config
from qingting.contexts.recordings import api as recordings
from qingting.core import commands
from qingting.datalock import UNFINISHED, DataLock, holder
from qingting.errors import Invalid, Refused, Unavailable
from qingting.journal.port import Entry
from qingting.journal.sqlite import SqliteJournal
from qingting.records import Records, outbox, tell
from qingting.vault import Vault

WORDS = "correct horse battery"


def entry(seq: int, epoch: int) -> Entry:
    return Entry(seq, "Tick", 1, float(seq), float(seq), epoch, "test", commands.Tick(), ())


class House:
    """A data folder with something of everything in it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.vault = Vault(config.data / "secrets")

    async def fill(self) -> None:
        await asyncio.to_thread(migrate.upgrade, self.config.effective_records_url)
        await self.write_journal(100)
        records = Records(self.config.effective_records_url)
        async with records.write() as connection:
            told = {"tenant": "t1", "stream": "people", "kind": "Told", "occurred": 1.5}
            await connection.execute(outbox.insert(), [told | {"payload": {"n": n, "中": None}} for n in range(2500)])
            await recordings.begin(connection, "t1", "rec-v1-1", "c1", "v1/1", 1.5)
            await recordings.pause(connection, "t1", "rec-v1-1", 2.25)
            await connection.execute(sa.text("UPDATE recordings SET state = 'ready', rate = 8000, frames = 8000"))
        await records.close()
        sound = self.config.data / "recordings/t1/2026/01/01/rec-v1-1.qtr"
        sound.parent.mkdir(parents=True)
        sound.write_bytes(bytes(range(256)) * 1000)
        (self.config.data / "recorded/zh").mkdir(parents=True)
        (self.config.data / "recorded/zh/hello.wav").write_bytes(b"RIFF")
        (self.config.data / "spool").mkdir()
        (self.config.data / "spool/rec-v2-1.agent.wav").write_bytes(b"plain audio")

    async def write_journal(self, entries: int) -> None:
        journal = await SqliteJournal.open(self.config.journal_path)
        epoch = await journal.lead("t1", "routing")
        first = await journal.last_seq("t1", "routing") + 1
        await journal.append("t1", "routing", epoch, [entry(n, epoch) for n in range(first, first + entries)])
        await journal.close()


async def journal_of(config: Config) -> list[int]:
    journal = await SqliteJournal.open(config.journal_path)
    found = [entry.seq async for entry in journal.read("t1", "routing")]
    await journal.close()
    return found


async def rows_of(config: Config) -> dict[str, list]:
    records = Records(config.effective_records_url)
    found = {}
    async with records.read() as connection:
        for table in migrate.every_table().sorted_tables:
            result = await connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            found[table.name] = [tuple(row) for row in result]
    await records.close()
    return found


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def tree(data: Path) -> dict[str, bytes]:
    skipped = {"journal.db", "records.db", "qingting.lock"}
    files = (path for path in data.rglob("*") if path.is_file() and path.name not in skipped)
    return {str(path.relative_to(data)): path.read_bytes() for path in files}


@pytest.fixture
async def house(empty_records_url: str, tmp_path: Path) -> House:
    url = "" if empty_records_url.startswith("sqlite") else empty_records_url
    house = House(Config(data=tmp_path / "data", records_url=url))
    await house.fill()
    return house


@pytest.fixture
async def small(tmp_path: Path) -> House:
    house = House(Config(data=tmp_path / "data"))
    await house.fill()
    return house


async def test_restored_is_what_was_there(house: House, tmp_path: Path) -> None:
    before = await rows_of(house.config), await journal_of(house.config)
    made = backup(house.config, tmp_path / "copy", with_secrets=True)
    assert verify(tmp_path / "copy") == made
    elsewhere = Config(data=tmp_path / "elsewhere")
    assert restore(tmp_path / "copy", elsewhere).keys
    assert (await rows_of(elsewhere), await journal_of(elsewhere)) == before
    wanted = {name: content for name, content in tree(house.config.data).items() if not name.startswith("spool")}
    assert tree(elsewhere.data) == wanted
    assert Vault(elsewhere.data / "secrets").open(house.vault.seal(b"x", "p"), "p") == b"x"


async def test_calls_under_way_are_named_and_their_recordings_say_why(house: House, tmp_path: Path) -> None:
    records = Records(house.config.effective_records_url)
    async with records.write() as connection:
        await recordings.begin(connection, "t1", "rec-talking", "c-talking", "v2/1", 10.0)
        await recordings.pause(connection, "t1", "rec-talking", 11.0)
        await recordings.begin(connection, "t1", "rec-over", "c-over", "v3/1", 12.0)
        await recordings.finish(connection, "t1", "rec-over", 13.0)
        await recordings.begin(connection, "t1", "rec-broken", "c-broken", "v4/1", 14.0)
        await recordings.fail(connection, "t1", "rec-broken", "recording.no_file", 15.0)
    await records.close()
    backup(house.config, tmp_path / "copy", with_secrets=True)
    elsewhere = Config(data=tmp_path / "elsewhere")
    done = restore(tmp_path / "copy", elsewhere)
    assert done.lost == (("c-talking", "rec-talking"), ("c-over", "rec-over"))
    assert "2 recording(s) without audio" in str(done)
    assert str(done).endswith(": c-talking, c-over")
    records = Records(elsewhere.effective_records_url)
    async with records.read() as connection:
        states = {}
        for contact in ("c1", "c-talking", "c-over", "c-broken"):
            [shown] = await recordings.of_contact(connection, "t1", contact)
            states[contact] = (shown["state"], shown["error"])
        told = await connection.execute(sa.select(outbox.c.payload).where(outbox.c.stream == "recordings"))
        codes = sorted((row.payload["contact"], row.payload["code"]) for row in told)
    await records.close()
    lost = ("failed", "recording.not_in_backup")
    assert states == {
        "c1": ("ready", ""), "c-talking": lost, "c-over": lost, "c-broken": ("failed", "recording.no_file"),
    }  # fmt: skip
    assert codes == [("c-broken", "recording.no_file"), ("c-over", lost[1]), ("c-talking", lost[1])]


@pytest.mark.postgres
async def test_records_move_to_a_server_and_count_on(small: House, postgres_url: str, tmp_path: Path) -> None:
    backup(small.config, tmp_path / "copy")
    onto = Config(data=tmp_path / "elsewhere", records_url=postgres_url)
    restore(tmp_path / "copy", onto)
    assert await rows_of(onto) == await rows_of(small.config)
    records = Records(postgres_url)
    async with records.write() as connection:
        await tell(connection, "t1", "people", "Told", {})
        assert await connection.scalar(sa.select(sa.func.max(outbox.c.id))) == 2501
    await records.close()
    with pytest.raises(Refused, match=r"restore\.records_not_empty"):
        restore(tmp_path / "copy", Config(data=tmp_path / "third", records_url=postgres_url))
    assert not (tmp_path / "third" / UNFINISHED).exists()


async def test_copies_are_of_one_instant_while_both_are_written(house: House, tmp_path: Path) -> None:
    """A writer adds to the records, then to the journal, and on: no copy has a journal ahead of its records."""
    stop = threading.Event()
    journals = sqlite3.connect(house.config.journal_path, timeout=10, check_same_thread=False, isolation_level=None)
    journals.execute("CREATE TABLE beat (n INTEGER)")

    async def write() -> None:
        records, number = Records(house.config.effective_records_url), 10_000
        while not stop.is_set():
            number += 1
            async with records.write() as connection:
                await tell(connection, "t1", "beat", "Beat", {"n": number})
            journals.execute("INSERT INTO beat VALUES (?)", (number,))
        await records.close()

    writer = threading.Thread(target=lambda: asyncio.run(write()))
    writer.start()
    try:
        for copy in range(4):
            await asyncio.sleep(0.1)
            await asyncio.to_thread(backup, house.config, tmp_path / f"copy{copy}")
    finally:
        stop.set()
        await asyncio.to_thread(writer.join)
        journals.close()
    seen = []
    for copy in range(4):
        with closing(sqlite3.connect(tmp_path / f"copy{copy}" / "journal.db")) as journal:
            beat = journal.execute("SELECT coalesce(max(n), 10000) FROM beat").fetchone()[0]
        with closing(sqlite3.connect(tmp_path / f"copy{copy}" / "records.db")) as records:
            told = [json.loads(row[0])["n"] for row in records.execute("SELECT payload FROM outbox")]
        assert 0 <= max(10_000, *told) - beat <= 1
        seen.append(beat)
    assert seen == sorted(set(seen)), "the writer went on between them"


async def test_keys_stay_out_or_go_under_a_passphrase(small: House, tmp_path: Path) -> None:
    sealed = small.vault.seal(b"x", "p")
    made = backup(small.config, tmp_path / "bare")
    assert "keys are not in it" in str(made)
    assert not [path for path in made.files if path.startswith(("secrets", "tls", "spool", "asterisk"))]
    restored = restore(tmp_path / "bare", bare := Config(data=tmp_path / "without"))
    assert not restored.keys
    assert "put data/secrets back" in str(restored)
    with pytest.raises(Invalid, match=r"vault\.key_missing"):
        Vault(bare.data / "secrets").open(sealed, "p")

    backup(small.config, tmp_path / "escrowed", passphrase=WORDS)
    assert small.vault.key_ids[0] not in " ".join(str(p) for p in (tmp_path / "escrowed").rglob("*"))
    restore(tmp_path / "escrowed", again := Config(data=tmp_path / "with"), passphrase=WORDS)
    assert Vault(again.data / "secrets").open(sealed, "p") == b"x"


async def test_backups_are_for_the_owner_only(small: House, tmp_path: Path) -> None:
    backup(small.config, tmp_path / "copy", with_secrets=True)
    for path in [tmp_path / "copy", *(tmp_path / "copy").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize(
    "damage",
    [
        lambda copy: (copy / "recorded/zh/hello.wav").write_bytes(b"RIFX"),
        lambda copy: (copy / "recorded/zh/hello.wav").unlink(),
        lambda copy: (copy / "records.db").write_bytes((copy / "records.db").read_bytes()[:-4096]),
        lambda copy: (copy / "manifest.json").write_text("{}"),
        lambda copy: (copy / "manifest.json").unlink(),
    ],
    ids=["changed", "missing", "cut", "manifest", "no manifest"],
)
async def test_damage_is_noticed_before_anything_is_written(
    small: House, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    backup(small.config, tmp_path / "copy")
    damage(tmp_path / "copy")
    with pytest.raises(Invalid, match=r"backup\.(damaged|unreadable)"):
        restore(tmp_path / "copy", Config(data=tmp_path / "elsewhere"))
    assert "elsewhere" not in names(tmp_path)


async def test_a_manifest_cannot_lead_outside(small: House, tmp_path: Path) -> None:
    backup(small.config, tmp_path / "copy")
    manifest = json.loads((tmp_path / "copy/manifest.json").read_text())
    manifest["files"]["../escaped"] = [0, ""]
    (tmp_path / "copy/manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(Invalid, match=r"backup\.unreadable"):
        restore(tmp_path / "copy", Config(data=tmp_path / "elsewhere"))


async def test_nothing_is_overwritten(small: House, tmp_path: Path) -> None:
    backup(small.config, tmp_path / "copy")
    with pytest.raises(Refused, match=r"backup\.target_exists"):
        backup(small.config, tmp_path / "copy")
    with pytest.raises(Refused, match=r"restore\.not_empty"):
        restore(tmp_path / "copy", small.config)
    with pytest.raises(Refused, match=r"backup\.nothing"):
        backup(Config(data=tmp_path / "nothing"), tmp_path / "copy2")
    assert await journal_of(small.config) == list(range(1, 101))


def test_refuses_while_a_centre_runs_on_the_folder(tmp_path: Path) -> None:
    small = House(Config(data=tmp_path / "data"))
    asyncio.run(small.fill())
    backup(small.config, tmp_path / "copy")
    target = tmp_path / "elsewhere"
    code = (
        "import sys, pathlib, time; from qingting.datalock import DataLock\n"
        "lock = DataLock(pathlib.Path(sys.argv[1])); print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE) as centre:
        try:
            assert centre.stdout
            centre.stdout.readline()
            with pytest.raises(Unavailable, match=r"data\.in_use") as caught:
                restore(tmp_path / "copy", Config(data=target))
            assert str(centre.pid) in caught.value.message
            assert holder(target) == centre.pid
        finally:
            centre.kill()
    restore(tmp_path / "copy", Config(data=target))
    assert holder(target) is None


async def test_an_interrupted_restore_is_run_again(small: House, tmp_path: Path) -> None:
    backup(small.config, tmp_path / "copy")
    elsewhere = Config(data=tmp_path / "elsewhere")
    elsewhere.data.mkdir()
    (elsewhere.data / UNFINISHED).touch()
    (elsewhere.data / "journal.db").write_bytes(b"half")
    with pytest.raises(Unavailable, match=r"data\.restore_unfinished"):
        DataLock(elsewhere.data)
    restore(tmp_path / "copy", elsewhere)
    assert await journal_of(elsewhere) == list(range(1, 101))
    DataLock(elsewhere.data).release()


async def test_a_file_that_cannot_be_read_leaves_no_half_backup(small: House, tmp_path: Path) -> None:
    (small.config.data / "records.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(Unavailable, match=r"backup\.failed"):
        backup(small.config, tmp_path / "copy")
    assert names(tmp_path) == ["data"]
