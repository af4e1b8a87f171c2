"""The real speech worker, spoken to through the port."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from qingting.speech.espeak import Espeak
from qingting.speech.port import SpeechFailed
from tests.patience import PATIENCE_S


@pytest.fixture
async def speech() -> AsyncIterator[Espeak]:
    engine = Espeak()
    yield engine
    await engine.close()


def samples(wav: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)


@pytest.mark.parametrize(
    ("language", "text"), [("zh", "您前面还有3位客户，请稍候。"), ("en", "There are 3 callers ahead of you.")]
)
async def test_speaks(speech: Espeak, language: str, text: str) -> None:
    heard = samples(await speech.say(text, language))
    assert 1.0 < len(heard) / 8000 < 8.0
    assert np.abs(heard.astype(int)).max() > 3000
    assert np.abs(heard.astype(int)).max() <= 32767


async def test_numbers_and_latin_words_are_said_in_mandarin_texts(speech: Espeak) -> None:
    short = samples(await speech.say("请按键", "zh"))
    longer = samples(await speech.say("请按1键，VIP客户请按23键", "zh"))
    assert len(longer) > 2 * len(short)
    assert len(samples(await speech.say("12345", "zh"))) > len(short)


async def test_unknown_language_and_silence_are_failures_that_leave_it_working(speech: Espeak) -> None:
    with pytest.raises(SpeechFailed, match="no voice"):
        await speech.say("x", "zz")
    with pytest.raises(SpeechFailed, match="nothing to be heard"):
        await speech.say("。", "zh")
    with pytest.raises(SpeechFailed, match="at most"):
        await speech.say("x" * 3000, "en")
    assert await speech.say("hello", "en")


async def test_many_at_once_are_all_answered(speech: Espeak) -> None:
    texts = [f"number {n}" for n in range(12)]
    heard = await asyncio.gather(*(speech.say(text, "en") for text in texts))
    assert len(set(heard)) == len(texts)


async def test_worker_that_was_killed_is_started_again(speech: Espeak) -> None:
    await speech.say("one", "en")
    process = speech._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    with pytest.raises(SpeechFailed):
        await speech.say("two", "en")
    assert await speech.say("three", "en")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import time; print('{\"ready\": 1}', flush=True); time.sleep(600)", "too long"),
        ("raise SystemExit(1)", "gone"),
        ("print('{\"ready\": 1}', flush=True); input(); print('{\"id\": 99}', flush=True); input()", "lost count"),
        ("print('{\"ready\": 1}', flush=True); input(); print('nonsense', flush=True); input()", "gone"),
    ],
)
async def test_worker_that_misbehaves_is_given_up_in_words(tmp_path: Path, body: str, words: str) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(body)
    engine = Espeak(worker, timeout_s=0.3 if words == "too long" else PATIENCE_S)
    with pytest.raises(SpeechFailed, match=words):
        await engine.say("hello", "en")
    await engine.close()


async def test_who_gives_up_waiting_does_not_mix_up_answers(speech: Espeak) -> None:
    short, long = "two", "one two three four five six seven eight nine ten"
    impatient = asyncio.create_task(speech.say(long, "en"))
    await asyncio.sleep(0)
    impatient.cancel()
    assert len(samples(await speech.say(short, "en"))) < 16000 < len(samples(await speech.say(long, "en")))


async def test_worker_with_nothing_to_say_rests_and_speaks_again() -> None:
    speech = Espeak(idle_s=0.05)
    assert await speech.say("one", "en")
    async with asyncio.timeout(PATIENCE_S):
        while speech.running:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await speech.say("two", "en")
    await speech.close()
