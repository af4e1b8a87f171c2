"""Both engines, each with the world behind it, for whoever tests against the port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qingting.telephony import port
from qingting.telephony.asterisk.engine import Engine

from .. import tones
from ..engine import engine
from ..tones import MUSIC
from ..worlds import AsteriskWorld, FakeWorld, World


@pytest.fixture(scope="package")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine, Path]]:
    near, far = engine(tmp_path_factory.mktemp("near")), engine(tmp_path_factory.mktemp("far"))
    sounds = tmp_path_factory.mktemp("sounds")
    for hertz in (0, *tones.ALL):
        tones.write(sounds / f"say-{hertz}.wav", hertz, 60)
    near.layout.make()
    tones.write(near.layout.music / "calm.wav", MUSIC, 30)

    async def both(verb: str) -> None:
        await asyncio.gather(*(getattr(each, verb)() for each in (near, far)))
        if verb == "start":
            await asyncio.gather(near.leave(), far.leave())  # tests kill and start them by themselves

    with ThreadPoolExecutor(1) as aside:  # a test's own loop may be running
        aside.submit(lambda: asyncio.run(both("start"))).result()
        yield near, far, sounds
        aside.submit(lambda: asyncio.run(both("stop"))).result()


REAL = [pytest.param(name, marks=pytest.mark.asterisk) for name in ("asterisk", "asterisk-by-http")]


@pytest.fixture(params=["fake", *REAL])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    made: FakeWorld | AsteriskWorld
    if request.param == "fake":
        made = FakeWorld(tmp_path)
    else:
        near, far, sounds = request.getfixturevalue("engines")
        for each in (near, far):
            await each.process.start()  # unless it runs: a test that lost one harms no other
        made = AsteriskWorld(tmp_path, near, far, sounds, by_http=request.param == "asterisk-by-http")
    await made.start()
    await made.trunk(port.Trunk("t1", "carrier.invalid"))
    yield made
    await made.close()
