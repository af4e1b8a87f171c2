"""What every speech engine does: the bundled one, and one over HTTP, here with its voice."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from qingting.speech.espeak import Espeak
from qingting.speech.over_http import OPENAI, REST_S, Asked, OverHttp, voices_of
from qingting.speech.port import Speech, SpeechFailed
from qingting.speech.prompts import PromptStore

SENTENCES = {
    "zh": "感谢您的来电，再见。",
    "yue": "多謝您嘅來電，再見。",
    "en": "Thank you for calling. Goodbye.",
    "ja": "お電話ありがとうございました。",
    "ko": "전화해 주셔서 감사합니다.",
    "fr": "Merci de votre appel, au revoir.",
    "de": "Vielen Dank für Ihren Anruf.",
    "es": "Gracias por llamar. Adiós.",
    "ar": "شُكْرًا لِاتِّصالِكُمْ.",
}
KEY = "a-secret-key"


class Far:
    """A small engine over HTTP, as strangers write them."""

    def __init__(self, voice: Espeak) -> None:
        self.voice = voice
        self.asked: list[dict[str, str]] = []
        self.headers: list[str] = []
        self.answers: list[bytes] = []
        """Whole answers to give instead, one each."""

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().lower().split("\r\n")
                length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length"))
                self.headers.append(head.decode())
                asked = json.loads(await reader.readexactly(length))
                self.asked.append(asked)
                if self.answers:
                    writer.write(self.answers.pop(0))
                    await writer.drain()
                    if not asked:
                        break
                    continue
                language = asked["voice"].removeprefix("voice-")
                writer.write(ok(loud_at_24_khz(await self.voice.say(asked["input"], language))))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def ok(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def refused(status: int) -> bytes:
    return b"HTTP/1.1 %d no\r\nContent-Length: 0\r\n\r\n" % status


def loud_at_24_khz(wav: bytes) -> bytes:
    """As neural engines answer: another rate, two channels, and a length that nobody knew when it began."""
    samples = np.repeat(np.frombuffer(wav[44:], dtype="<i2"), 3)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((2, 2, 24_000, 0, "NONE", ""))
        file.writeframes(np.repeat(samples, 2).tobytes())
    made = bytearray(out.getvalue())
    made[4:8] = made[40:44] = b"\xff\xff\xff\xff"
    return bytes(made)


@pytest.fixture
async def espeak() -> AsyncIterator[Espeak]:
    engine = Espeak()
    yield engine
    await engine.close()


@pytest.fixture
async def far(espeak: Espeak) -> AsyncIterator[tuple[Far, str]]:
    it = Far(espeak)
    server = await asyncio.start_server(it.take, "127.0.0.1", 0)
    async with server:
        yield it, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/audio/speech"


def over_http(url: str, tmp_path: Path, **changes: object) -> OverHttp:
    (tmp_path / "speech-key").write_text(KEY + "\n")
    voices = {language: f"voice-{language}" for language in SENTENCES}
    asked = Asked(url, voices, model="tts-1")._replace(**changes)  # type: ignore[arg-type]
    return OverHttp(asked, tmp_path / "speech-key")


@pytest.fixture(params=["bundled", "http"])
async def engine(
    request: pytest.FixtureRequest, espeak: Espeak, far: tuple[Far, str], tmp_path: Path
) -> AsyncIterator[Speech]:
    if request.param == "bundled":
        yield espeak
        return
    made = over_http(far[1], tmp_path)
    yield made
    await made.close()


def samples(wav: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)


async def test_speaks_every_language_of_ours_and_says_which(engine: Speech) -> None:
    assert set(SENTENCES) <= await engine.languages()
    assert engine.name
    assert engine.version
    heard = await asyncio.gather(*(engine.say(text, language) for language, text in SENTENCES.items()))
    for language, wav in zip(SENTENCES, heard, strict=True):
        found = samples(wav)
        assert 1.0 < len(found) / 8000 < 6.0, language
        assert np.abs(found.astype(int)).max() > 3000, language


async def test_what_cannot_be_said_fails_in_words_and_the_next_is_said(engine: Speech) -> None:
    with pytest.raises(SpeechFailed, match="no voice"):
        await engine.say("x", "zz")
    with pytest.raises(SpeechFailed, match="at most"):
        await engine.say("x" * 3000, "en")
    with pytest.raises(SpeechFailed):
        await engine.say(" ", "en")
    assert await engine.say("hello", "en")


async def test_whoever_gives_up_takes_it_from_nobody(engine: Speech) -> None:
    impatient = asyncio.create_task(engine.say("one two three four five six seven eight nine ten", "en"))
    await asyncio.sleep(0)
    impatient.cancel()
    assert len(samples(await engine.say("two", "en"))) < 16_000


async def test_an_engine_over_http_is_asked_as_its_settings_say(far: tuple[Far, str], tmp_path: Path) -> None:
    server, url = far
    it = over_http(url, tmp_path)
    await it.say('Say "{voice}"', "en-GB")
    assert server.asked[-1] == {
        "model": "tts-1",
        "input": 'Say "{voice}"',
        "voice": "voice-en",
        "response_format": "wav",
    }
    assert f"Authorization: Bearer {KEY}" in server.headers[-1]
    assert KEY not in repr(it.version)
    other = over_http(
        url, tmp_path, body='{"voice": "voice-{language}", "input": "{text}", "nested": [1, "{model}"]}'
    )
    await other.say("hello", "de")
    assert server.asked[-1] == {"voice": "voice-de", "input": "hello", "nested": [1, "tts-1"]}
    assert other.version != it.version
    await it.close()
    await other.close()


async def test_an_engine_over_http_is_asked_again_then_given_up_then_left_alone(
    far: tuple[Far, str], tmp_path: Path
) -> None:
    server, url = far
    at = 0.0
    it = OverHttp(Asked(url, {"*": "voice-en"}), tmp_path / "no-key", now=lambda: at)
    server.answers = [refused(503)]
    assert await it.say("hello", "en")  # at the second try
    for answers, words in (
        ([refused(500), refused(429)], "429"),
        ([refused(401)], "401"),
        ([ok(b"<html>")], "sound.unknown"),
    ):
        server.answers = answers
        with pytest.raises(SpeechFailed, match=words):
            await it.say("hello", "en")
    asked = len(server.asked)
    with pytest.raises(SpeechFailed, match="asked again shortly"):
        await it.say("hello", "en")
    assert len(server.asked) == asked
    at = REST_S + 1
    assert await it.say("hello", "en")
    await it.close()


async def test_an_engine_that_hangs_or_sends_without_end_is_given_up(far: tuple[Far, str], tmp_path: Path) -> None:
    server, url = far
    server.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nRIFF"]
    hangs = over_http(url, tmp_path, timeout_s=0.3)
    with pytest.raises(SpeechFailed, match="too long"):
        await hangs.say("hello", "en")
    await hangs.close()
    gone = over_http("http://127.0.0.1:1/", tmp_path)
    with pytest.raises(SpeechFailed, match="not reached"):
        await gone.say("hello", "en")
    await gone.close()


async def test_where_the_first_engine_fails_the_second_speaks_and_nothing_is_mixed_up(
    espeak: Espeak, far: tuple[Far, str], tmp_path: Path
) -> None:
    server, url = far
    first = over_http(url, tmp_path)
    store = PromptStore(first, tmp_path / "prompts", tmp_path / "recorded", instead=espeak)
    server.answers = [refused(400)]
    [by_second] = await store.standard("goodbye", "en")
    [by_first] = await store.standard("goodbye", "en")
    assert by_first != by_second
    server.answers = [refused(400)] * 3
    assert await store.standard("goodbye", "en") == [by_first]  # kept
    assert len(server.answers) == 3
    assert set(SENTENCES) <= await store.languages()
    await first.close()


def test_voices_are_pairs() -> None:
    assert voices_of(("zh=a", " en = b c ")) == {"zh": "a", "en": "b c"}
    for wrong in ("zh", "=a", "zh="):
        with pytest.raises(ValueError, match="not language=voice"):
            voices_of((wrong,))
    assert json.loads(OPENAI)["input"] == "{text}"
