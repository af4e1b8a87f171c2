import io
import wave
from collections.abc import AsyncIterator, Callable

import httpx
import numpy as np
import pytest
from fastapi import FastAPI, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Identity
from qingting.contexts.recordings.http import router
from qingting.errors import NotAllowed, NotFound, Refused
from qingting.records import Records

from .conftest import Room

QUALITY = Identity("t1", "u1", "Qi", frozenset({"contacts.view", "recordings.play", "recordings.download"}))


@pytest.fixture
def records(sqlite_records: Records) -> Records:
    """The database is not the subject here: `test_life.py` runs on both."""
    return sqlite_records


class Edge:
    """The recordings' routes as the web app mounts them, with a person signed in."""

    def __init__(self, room: Room) -> None:
        self.who = QUALITY
        self.audit: list[tuple] = []
        app = FastAPI()

        @app.middleware("http")
        async def sign_in(request: Request, go_on: Callable):
            request.state.identity = self.who
            return await go_on(request)

        app.include_router(router(room.recordings, self.note))
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t/api/v1/recordings")

    async def note(self, connection: AsyncConnection, who: Identity, action: str, target: str, detail: dict) -> None:
        self.audit.append((who.user, action, target, detail.get("channel")))


@pytest.fixture
async def edge(room: Room) -> AsyncIterator[Edge]:
    edge = Edge(room)
    yield edge
    await edge.client.aclose()


def samples(content: bytes) -> tuple[int, int, np.ndarray]:
    with wave.open(io.BytesIO(content)) as file:
        both = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return file.getnchannels(), file.getframerate(), both.reshape(-1, file.getnchannels())


async def test_plays_both_channels_or_one(room: Room, edge: Edge) -> None:
    recording, (customer, agent) = await room.ready("v1")
    answer = await edge.client.get(f"/{recording}/audio")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")
    assert answer.headers["cache-control"] == "private, no-store"
    assert "content-disposition" not in answer.headers
    channels, rate, both = samples(answer.content)
    assert (channels, rate) == (2, 8000)
    assert np.array_equal(both, np.stack([customer, agent], axis=1))
    for channel, sound in (("customer", customer), ("agent", agent)):
        one = await edge.client.get(f"/{recording}/audio", params={"channel": channel})
        assert np.array_equal(samples(one.content)[2][:, 0], sound)


@pytest.mark.parametrize("channel", ["both", "customer", "agent"])
async def test_any_range_is_that_part_of_the_whole(room: Room, edge: Edge, channel: str) -> None:
    recording = await room.begin("v1")
    room.engine_writes(recording, seconds=40)
    await room.finish(recording)
    await room.recordings.ingest_pending()
    url = f"/{recording}/audio?channel={channel}"
    whole = (await edge.client.get(url)).content
    for first, last in ((0, 0), (0, 43), (10, 100), (43, 45), (44, 44), (65_535, 65_700), (300_001, 600_000)):
        answer = await edge.client.get(url, headers={"Range": f"bytes={first}-{last}"})
        last = min(last, len(whole) - 1)
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"
        assert answer.headers["content-length"] == str(len(answer.content))
        assert answer.content == whole[first : last + 1]
    tail = await edge.client.get(url, headers={"Range": "bytes=-3"})
    assert tail.content == whole[-3:]
    past = await edge.client.get(url, headers={"Range": f"bytes={len(whole)}-"})
    assert (past.status_code, past.headers["content-range"]) == (416, f"bytes */{len(whole)}")
    stale = await edge.client.get(url, headers={"Range": "bytes=0-1", "If-Range": '"older"'})
    assert (stale.status_code, stale.content) == (200, whole)


async def test_a_range_opens_only_the_chunks_it_needs(room: Room, edge: Edge) -> None:
    recording = await room.begin("v1")
    room.engine_writes(recording, seconds=40)
    await room.finish(recording)
    await room.recordings.ingest_pending()
    path = room.data / "recordings" / (await room.row(recording)).path
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    url = f"/{recording}/audio"
    assert (await edge.client.get(url, headers={"Range": "bytes=0-70000"})).status_code == 206
    with pytest.raises(Refused, match=r"recording\.damaged"):
        await edge.client.get(url)
    path.write_bytes(raw[:-1])
    with pytest.raises(Refused, match=r"recording\.damaged"):
        await edge.client.get(url, headers={"Range": "bytes=0-1"})


async def test_download_needs_its_own_permission(room: Room, edge: Edge) -> None:
    recording, _ = await room.ready("v1")
    answer = await edge.client.get(f"/{recording}/audio?download=1&channel=agent")
    assert answer.headers["content-disposition"] == f'attachment; filename="{recording}.agent.wav"'
    edge.who = Identity("t1", "u2", "Bo", frozenset({"contacts.view", "recordings.play"}))
    assert (await edge.client.get(f"/{recording}/audio")).status_code == 200
    with pytest.raises(NotAllowed):
        await edge.client.get(f"/{recording}/audio?download=1")
    edge.who = Identity("t1", "u3", "An", frozenset({"contacts.view"}))
    assert (await edge.client.get(f"/{recording}")).status_code == 200
    for part in ("audio", "waveform"):
        with pytest.raises(NotAllowed):
            await edge.client.get(f"/{recording}/{part}")


@pytest.mark.parametrize("part", ["", "/audio", "/waveform"])
async def test_tenant_and_line_keep_people_apart(room: Room, edge: Edge, part: str) -> None:
    recording, _ = await room.ready("v1", line="mobile")
    may = QUALITY.permissions
    edge.who = Identity("t1", "u1", "Qi", may, lines=frozenset({"mobile"}))
    assert (await edge.client.get(f"/{recording}{part}")).status_code == 200
    noted = len(edge.audit)
    for stranger in (
        Identity("t2", "u9", "Xu", may),
        Identity("t1", "u1", "Qi", may, lines=frozenset({"internet"})),
    ):
        edge.who = stranger
        with pytest.raises(NotFound, match=r"recording\.unknown"):
            await edge.client.get(f"/{recording}{part}")
    assert len(edge.audit) == noted


async def test_each_access_is_audited_once_before_the_first_byte(room: Room, edge: Edge) -> None:
    recording, _ = await room.ready("v1")
    for start in (5, 0, 100):
        await edge.client.get(f"/{recording}/audio", headers={"Range": f"bytes={start}-"})
    await edge.client.get(f"/{recording}/audio?channel=agent")
    await edge.client.get(f"/{recording}/audio?download=1")
    await edge.client.get(f"/{recording}/waveform")
    assert edge.audit == [
        ("u1", "recording.played", recording, "both"),
        ("u1", "recording.played", recording, "agent"),
        ("u1", "recording.downloaded", recording, "both"),
        ("u1", "recording.waveform_viewed", recording, None),
    ]


async def test_no_audit_no_sound(room: Room, edge: Edge) -> None:
    recording, _ = await room.ready("v1")

    async def breaks(*_: object) -> None:
        raise OSError("the audit log cannot be written")

    app = FastAPI()

    @app.middleware("http")
    async def sign_in(request: Request, go_on: Callable):
        request.state.identity = QUALITY
        return await go_on(request)

    app.include_router(router(room.recordings, breaks))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
        with pytest.raises(OSError, match="audit log"):
            await client.get(f"/api/v1/recordings/{recording}/audio")


async def test_waveform_and_description(room: Room, edge: Edge) -> None:
    recording, _ = await room.ready("v1")
    wave_form = (await edge.client.get(f"/{recording}/waveform")).json()
    assert wave_form["seconds"] == 1.0
    assert set(wave_form["channels"]) == {"customer", "agent"}
    assert max(wave_form["channels"]["customer"]) == pytest.approx(8000 / 32767, abs=0.01)
    assert max(wave_form["channels"]["agent"]) == pytest.approx(3000 / 32767, abs=0.01)
    described = (await edge.client.get(f"/{recording}")).json()
    assert (described["id"], described["contact"], described["state"]) == (recording, "c-v1", "ready")


async def test_says_why_there_is_nothing_to_hear(room: Room, edge: Edge) -> None:
    recording = await room.begin("v1")
    with pytest.raises(Refused, match=r"recording\.pending"):
        await edge.client.get(f"/{recording}/audio")
    await room.finish(recording)
    await room.recordings.ingest_pending()
    with pytest.raises(Refused, match=r"recording\.no_file"):
        await edge.client.get(f"/{recording}/audio")
