import io
import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from qingting.contexts.recordings import store, wav
from qingting.contexts.recordings.ingest import PEAKS, Ingested, ingest
from qingting.contexts.recordings.ranges import Unsatisfiable, wanted
from qingting.errors import Invalid
from qingting.vault import Vault

from .sounds import RATE, Samples, tone, write_wav


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(tmp_path_factory.mktemp("vault"))


class Room:
    def __init__(self, directory: Path, vault: Vault) -> None:
        self.customer, self.agent = directory / "x.customer.wav", directory / "x.agent.wav"
        self.target, self.vault = directory / "x.qtr", vault

    def ingest(self) -> Ingested:
        return ingest(self.customer, self.agent, self.target, self.vault, "x")

    def stored(self) -> tuple[Samples, Samples]:
        with store.Reader(self.target, self.vault, "x") as reader:
            both = np.frombuffer(reader.read(0, reader.size), dtype="<i2").reshape(-1, 2)
        return both[:, 0], both[:, 1]


@pytest.fixture
def room(tmp_path: Path, vault: Vault) -> Room:
    return Room(tmp_path, vault)


def test_channels_come_out_as_they_went_in(room: Room) -> None:
    write_wav(room.customer, customer := tone(3, 400))
    write_wav(room.agent, agent := tone(3, 700, loudness=2000))
    done = room.ingest()
    assert (done.rate, done.frames, done.skew_s, done.error) == (RATE, 3 * RATE, 0.0, "")
    assert np.array_equal(room.stored()[0], customer)
    assert np.array_equal(room.stored()[1], agent)
    assert room.customer.exists(), "the spool is emptied only after the row says ready"


def test_half_an_hour_with_hold_and_pause_stays_in_step(room: Room) -> None:
    """Both channels get a click at the same instants; hold and pause are silence; one channel ends 40 ms early."""
    seconds = 30 * 60
    clicks = np.arange(5, seconds, 7.25)
    silent = [(600.0, 780.0), (1200.0, 1290.0)]
    heard = [at for at in clicks if not any(start - 1 <= at <= end + 1 for start, end in silent)]
    both = []
    for lag_s in (0.0, 0.02):
        samples = np.random.default_rng(3).integers(-40, 40, seconds * RATE).astype("<i2")
        for at in heard:
            place = round((at + lag_s) * RATE)
            samples[place : place + 80] = 20000
        for start, end in silent:
            samples[round(start * RATE) : round(end * RATE)] = 0
        both.append(samples)
    write_wav(room.customer, both[0])
    write_wav(room.agent, both[1][: -round(0.04 * RATE)])
    done = room.ingest()
    assert done.frames == seconds * RATE
    assert done.error == ""
    edges = []
    for channel in room.stored():
        loud = np.flatnonzero(channel > 15000)
        edges.append(loud[np.insert(np.diff(loud) > 1000, 0, True)] / RATE)
    assert len(edges[0]) == len(edges[1]) == len(heard)
    assert np.max(np.abs(edges[0] - edges[1])) < 0.05
    assert np.allclose(edges[0], heard, atol=0.001), "no stretch was dropped: times are the call's own"


def test_says_when_channels_differ_and_fills_the_shorter(room: Room) -> None:
    write_wav(room.customer, tone(3, 400))
    write_wav(room.agent, tone(2, 700))
    done = room.ingest()
    assert (done.skew_s, done.error) == (1.0, "recording.channels_differ")
    assert not room.stored()[1][2 * RATE :].any()


def test_keeps_the_one_channel_that_there_is(room: Room) -> None:
    write_wav(room.customer, customer := tone(1, 400))
    assert room.ingest().error == "recording.one_channel"
    assert np.array_equal(room.stored()[0], customer)


def test_reads_what_a_killed_engine_left(room: Room) -> None:
    for path in (room.customer, room.agent):
        write_wav(path, tone(2, 400))
        raw = bytearray(path.read_bytes())
        struct.pack_into("<I", raw, 40, 0)
        path.write_bytes(raw[:-1])
    assert room.ingest().frames == 2 * RATE - 1


def test_peaks_show_loud_and_quiet_stretches(room: Room) -> None:
    write_wav(room.customer, np.concatenate([tone(50, 400, 32767), tone(50, 400, 0)]))
    write_wav(room.agent, np.concatenate([tone(50, 400, 0), tone(50, 400, 16384)]))
    customer, agent = np.frombuffer(room.ingest().peaks, dtype=np.uint8).reshape(2, PEAKS)
    assert set(customer[:499]) == {255}
    assert not customer[501:].any()
    assert not agent[:499].any()
    assert set(agent[501:]) == {127}


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda room: None, "recording.no_file"),
        (lambda room: write_wav(room.customer, tone(0, 1)), "recording.empty"),
        (lambda room: room.customer.write_bytes(b"RIFFnothing"), "recording.bad_file"),
        (lambda room: room.customer.write_bytes(b"RIFF\0\0\0\0WAVE" + bytes(2000)), "recording.bad_file"),
        (
            lambda room: (write_wav(room.customer, tone(1, 1)), write_wav(room.agent, tone(1, 1), rate=16000)),
            "recording.rates_differ",
        ),
    ],
)
def test_names_what_is_wrong_with_the_files(room: Room, make, code: str) -> None:
    make(room)
    with pytest.raises(Invalid, match=code):
        room.ingest()


def test_header_is_what_players_expect() -> None:
    with wave.open(io.BytesIO(wav.header(100, RATE, 2) + bytes(400))) as file:
        assert file.getparams()[:4] == (2, 2, RATE, 100)


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", None),
        ("bytes=0-", (0, 999)),
        ("bytes=0-0", (0, 0)),
        ("bytes=10-5000", (10, 999)),
        ("bytes=-100", (900, 999)),
        ("bytes=-5000", (0, 999)),
        ("bytes=5-2", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("lines=0-1", None),
        ("bytes=x-", None),
    ],
)
def test_ranges(header: str, part: tuple[int, int] | None) -> None:
    assert wanted(header, 1000) == part


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=-0"])
def test_ranges_past_the_end(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        wanted(header, 1000)
