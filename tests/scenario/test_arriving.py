"""The first moments of a call, in which the journal does not know of it yet."""

from __future__ import annotations

import asyncio
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
