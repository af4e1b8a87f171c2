"""The process is killed (kill -9) while it takes recordings in: nothing is lost, nothing is left over."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from .conftest import Room

CALLS = 6
INGESTING = """
import asyncio, sys
from pathlib import Path
from qingting.contexts.recordings.api import Recordings
from qingting.records import Records
from qingting.vault import Vault

async def main(url, data):
    recordings = Recordings(Records(url), Vault(data / "secrets"), data)
    await recordings.start()
    print("started", flush=True)
    await asyncio.sleep(3600)

asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
"""


def written(data: Path) -> int:
    return sum(1 for _ in (data / "recordings").rglob("*.qtr*"))


@pytest.mark.parametrize("after_files", [1, 3, CALLS])
async def test_killed_while_taking_in(room: Room, after_files: int) -> None:
    calls = {}
    for number in range(CALLS):
        recording = await room.begin(f"v{number}")
        calls[recording] = room.engine_writes(recording, seconds=40)
        await room.finish(recording)
    url = room.records.engine.url.render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", INGESTING, url, str(room.data), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    await process.stdout.readline()
    for _ in range(60_000):
        if await asyncio.to_thread(written, room.data) >= after_files:
            break
        await asyncio.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    await room.recordings.start()
    for recording, sounds in calls.items():
        await room.until(recording, "ready")
        assert np.array_equal(await room.stored(recording), np.stack(sounds, axis=1))
    await room.recordings.sweep()
    await room.recordings.stop()
    assert room.spool() == set()
    assert {path.suffix for path in (room.data / "recordings").rglob("*.*")} == {".qtr"}
