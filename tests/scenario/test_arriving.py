"""The first moments of a call, in which the journal does not know of it yet."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from qingting.contexts.configuration import demo
from qingting.journal.port import Entry
from qingting.runtime import names

from .fake_centre import fake_centre


async def test_who_hangs_up_before_the_journal_knows_of_them(made_prompts: Path, tmp_path: Path) -> None:
    async with fake_centre(tmp_path, made_prompts) as centre:
        entries: list[Entry] = []
        centre.room.live.subscribe(entries.append)
        source = f"trunk:{centre.room.tenant}.local"
        leg = centre.engine.arrive(demo.NUMBER, "13812340001", source=source)
        while not centre.state.contacts:  # noqa: ASYNC110  decided, though not durable
            await asyncio.sleep(0)
        assert not entries, "nobody was told yet"
        centre.engine.hang_up(leg)
        contact = names.contact_of_leg(leg)
        await centre.until(lambda: bool(entries) and entries[-1].kind == "ContactEnds")
        assert entries[0].kind == "ContactArrives"
        assert contact not in centre.state.contacts


async def test_a_call_that_is_not_kept_is_told_so_and_counted(
    made_prompts: Path, tmp_path: Path, expected_errors: list[str]
) -> None:
    """Another program holds the journal when the very first of a call is to be written."""
    expected_errors.append("live.failed")
    async with fake_centre(tmp_path, made_prompts) as centre:
        source = f"trunk:{centre.room.tenant}.local"
        other = sqlite3.connect(centre.house.config.journal_path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        leg = centre.engine.arrive(demo.NUMBER, "13812340002", source=source)
        words = "technical_trouble"
        await centre.until(lambda: any(words in it for it in centre.engine.legs[leg].playing))
        assert centre.engine.legs[leg].state != "up", "it is no answered call"
        await centre.skip_words(leg, lambda: leg not in centre.engine.legs)
        assert centre.voice.arrivals.refused == {"technical_trouble": 1}
        other.execute("ROLLBACK")
        other.close()
        await centre.until(lambda: not centre.room.live.failed)
        assert names.contact_of_leg(leg) not in centre.state.contacts
        again = await centre.caller("13812340003", keys="")
        assert names.contact_of_leg(again) in centre.state.contacts
