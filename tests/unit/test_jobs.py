"""Jobs that fail start again; health and doctor tell which, and why."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from qingting.bootstrap.jobs import Jobs
from qingting.config import Config
from qingting.datalock import DataLock
from qingting.doctor import parts
from tests.ports import free_ports


@pytest.fixture
def expected_errors() -> list[str]:
    return ["job.failed"]


async def test_started_again_until_it_is_well() -> None:
    jobs, tries, well = Jobs(pause_s=(0.001, 0.002), steady_s=0.05), 0, asyncio.Event()

    async def work() -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(asyncio.sleep(3600))
                raise ConnectionError("13812345678 is not known")
        well.set()
        await asyncio.Event().wait()

    jobs.start("relay", work)
    jobs.start("once", lambda: asyncio.sleep(0))
    await well.wait()
    assert jobs.failing == {"relay": "ConnectionError"}, "not well yet, and no words of the error"
    for _ in range(3000):
        if not jobs.failing:
            break
        await asyncio.sleep(0.01)
    assert not jobs.failing, "it has run on for a while"
    assert tries == 4
    await jobs.stop()


async def _says(port: int, status: str, body: str) -> asyncio.Server:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", port)


async def test_the_doctor_asks_the_running_centre(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    config = Config(data=tmp_path, port=port)

    async def told() -> list[tuple[str, str]]:
        return [(it.state, it.message) for it in await asyncio.to_thread(lambda: list(parts.running(config)))]

    assert await told() == [("ok", "the centre does not run")]
    with DataLock(tmp_path):
        ((state, words),) = await told()
        assert (state, "does not answer" in words) == ("fail", True)
        for status, body, wanted in (
            (
                "200 OK",
                '{"parts": {"jobs": {"state": "ok", "words": ""}}}',
                [("ok", "1 of the running centre are well")],
            ),
            (
                "200 OK",
                '{"parts": {"jobs": {"state": "degraded", "words": "relay (OSError)"}, "mail": {"state": "ok"}}}',
                [("warn", "jobs degraded: relay (OSError)")],
            ),
            ("503 No", '{"parts": {"journal": {"state": "down"}}}', [("fail", "journal down")]),
            ("200 OK", "<html>", [("fail", "its health could not be read")]),
        ):
            async with await _says(port, status, body):
                assert await told() == wanted
