"""Prompts as files: kept, found again, recorded ones first. With the real speech worker."""

from __future__ import annotations

import asyncio
import os
import re
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from qingting.flow.nodes import Prompt
from qingting.runtime.flow_tools import publishable
from qingting.speech import say_as
from qingting.speech.espeak import Espeak
from qingting.speech.port import SpeechFailed
from qingting.speech.prompts import PromptStore
from qingting.speech.standard import LANGUAGES, STANDARD, say_place, say_wait, text_of


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[PromptStore]:
    speech = Espeak()
    yield PromptStore(speech, tmp_path / "prompts", tmp_path / "recorded")
    await speech.close()


DEMO = Path("flows/demo.zh-en.yaml").read_text()


def wavs(folder: Path) -> dict[Path, int]:
    """Files and their sizes."""
    return {path: path.stat().st_size for path in folder.rglob("*.wav")}


def written(path: str) -> int:
    return Path(path + ".wav").stat().st_mtime_ns


def record(tmp_path: Path, tenant: str, name: str) -> str:
    folder = tmp_path / "recorded" / tenant
    folder.mkdir(parents=True, exist_ok=True)
    with wave.open(str(folder / f"{name}.wav"), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(8000)
        wav.writeframes(bytes(1600))
    return str(folder / name)


async def test_text_becomes_a_file_that_is_found_again(store: PromptStore, tmp_path: Path) -> None:
    prompt = Prompt((("zh", "您好"), ("en", "Hello")))
    [path] = await store.paths([prompt], "en")
    with wave.open(path + ".wav") as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (8000, 1, 2)
    assert await store.paths([prompt], "en") == [path]
    assert await store.paths([prompt], "zh") != [path]
    later = PromptStore(store.engines[0], tmp_path / "prompts", tmp_path / "recorded")
    before = written(path)
    assert await later.paths([prompt], "en") == [path]
    assert written(path) == before


async def test_many_who_want_the_same_text_make_it_once(store: PromptStore, tmp_path: Path) -> None:
    prompt = Prompt((("en", "Please hold"),))
    paths = await asyncio.gather(*(store.paths([prompt], "en") for _ in range(20)))
    assert len({tuple(p) for p in paths}) == 1
    assert len(wavs(tmp_path)) == 1


async def test_recorded_comes_first_and_speech_is_the_fallback(store: PromptStore, tmp_path: Path) -> None:
    prompt = Prompt((("zh", "欢迎"),), recorded="welcome")
    [spoken] = await store.paths([prompt], "zh", "demo")
    assert spoken.startswith(str(tmp_path / "prompts"))
    recorded = record(tmp_path, "demo", "welcome.zh")
    assert await store.paths([prompt], "zh", "demo") == [recorded]
    assert await store.paths([prompt], "zh", "other") == [spoken]


async def test_recording_alone_that_is_missing_fails(store: PromptStore) -> None:
    with pytest.raises(SpeechFailed, match="no recording"):
        await store.paths([Prompt(recorded="welcome")], "zh", "demo")


async def test_names_never_lead_out_of_the_folder(store: PromptStore, tmp_path: Path) -> None:
    record(tmp_path, "secret", "x.zh")
    with pytest.raises(SpeechFailed):
        await store.paths([Prompt(recorded="x")], "zh", "demo/../secret")


async def test_only_language_is_kept(store: PromptStore) -> None:
    prompt = Prompt((("en", "For English, press 2."),), only="en")
    assert await store.paths([prompt], "zh") == await store.paths([prompt], "en")


async def test_standard_prompts(store: PromptStore, tmp_path: Path) -> None:
    [zh] = await store.standard("please_stay", "zh")
    [en] = await store.standard("please_stay", "en")
    assert zh != en
    assert await store.standard("please_stay", "it") == [en]
    assert await store.standard("place", "en", ahead=3) != await store.standard("place", "en", ahead=4)
    recorded = record(tmp_path, "demo", "please_stay.zh")
    assert await store.standard("please_stay", "zh", "demo") == [recorded]
    with pytest.raises(KeyError):
        await store.standard("sing", "zh")


async def test_one_file_speaks_several_languages(store: PromptStore, tmp_path: Path) -> None:
    await store.one_file("please_stay", ("zh", "en"), tmp_path / "fallback.wav")
    sizes = wavs(tmp_path)
    whole = sizes.pop(tmp_path / "fallback.wav")
    assert whole == sum(sizes.values()) - 44  # one header less


async def test_whole_flow_is_made_ahead(store: PromptStore, tmp_path: Path) -> None:
    document = publishable(DEMO)
    assert await store.prepare(document) == []
    made = wavs(tmp_path)
    await store.paths(document.nodes["main"].prompts, "en")  # type: ignore[union-attr]
    assert wavs(tmp_path) == made


async def test_engine_that_is_down_is_told_and_what_is_kept_is_still_said(tmp_path: Path) -> None:
    working = Espeak()
    kept = PromptStore(working, tmp_path / "prompts", tmp_path / "recorded")
    [path] = await kept.standard("closed", "en")
    await working.close()
    (tmp_path / "broken.py").write_text("raise SystemExit(1)")
    broken = PromptStore(Espeak(tmp_path / "broken.py"), tmp_path / "prompts", tmp_path / "recorded")
    assert await broken.standard("closed", "en") == [path]
    with pytest.raises(SpeechFailed):
        await broken.standard("goodbye", "en")
    document = publishable(DEMO)
    assert len(await broken.prepare(document)) > 5
    await broken.engines[0].close()


async def test_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "prompts").write_text("a file stands here")
    speech = Espeak()
    store = PromptStore(speech, tmp_path / "prompts", tmp_path / "recorded")
    with pytest.raises(SpeechFailed, match="cannot be kept"):
        await store.standard("closed", "en")
    await speech.close()


async def test_a_value_is_said_in_words_and_kept_for_an_hour(store: PromptStore, tmp_path: Path) -> None:
    path = await store.value("money", "128.50", "zh")
    assert path.startswith(str(tmp_path / "prompts" / "passing"))
    assert await store.value("money", "128.50", "zh") == path
    whole = await store.seconds("您的余额是。", "zh")
    part = await store.seconds("您的余额是", "zh")
    assert 0.3 < whole - part < 0.6  # silence at the end of a sentence; none between its parts
    assert await store.tidy(10**9) == 0
    os.utime(path + ".wav", (1, 1))
    assert await store.tidy(10**9) == 1
    assert await store.value("money", "128.50", "zh") == path
    assert written(path)


async def test_how_long_prompts_are(store: PromptStore, tmp_path: Path) -> None:
    record(tmp_path, "demo", "welcome.zh")
    prompts = [Prompt((("zh", "欢迎"),), recorded="welcome"), Prompt((("zh", "请稍候。"),))]
    said = await store.seconds("请稍候。", "zh")
    assert said > 0.5
    assert await store.seconds_of(prompts, "zh", "demo") == pytest.approx(said + 0.1)
    assert await store.seconds_of(prompts[:1], "zh") == pytest.approx(await store.seconds("欢迎", "zh"))
    with pytest.raises(SpeechFailed):
        await store.seconds("x", "zz")


async def test_tidying_keeps_the_size(store: PromptStore, tmp_path: Path) -> None:
    for n in range(2, 6):
        await store.standard("place", "en", ahead=n)
    size = max(wavs(tmp_path).values())
    assert await store.tidy(2 * size) >= 2
    assert sum(wavs(tmp_path).values()) <= 2 * size
    [again] = await store.standard("place", "en", ahead=2)
    assert written(again)


def test_every_standard_prompt_speaks_every_language_with_the_same_values() -> None:
    for name, texts in STANDARD.items():
        assert set(texts) == set(LANGUAGES) == set(say_as.LANGUAGES), name
        assert len({frozenset(re.findall(r"\{\w+\}", text)) for text in texts.values()}) == 1, name


def test_places_and_waits_in_words() -> None:
    def say(said: tuple[str, dict[str, int]], language: str) -> str:
        name, values = said
        return text_of(name, language, **values)

    assert say(say_place(1), "zh") == "您是下一位。"
    assert say(say_place(2), "en") == "There is one caller ahead of you."
    assert say(say_place(4), "zh") == "您前面还有3位客户。"
    assert [say(say_wait(s), "en").removeprefix("The expected wait is ") for s in (10, 55, 61, 610, 3500, 4000)] == [
        "less than a minute.",
        "about one minute.",
        "about 2 minutes.",
        "about 15 minutes.",
        "about 60 minutes.",
        "more than one hour.",
    ]


async def test_a_value_is_spoken_in_its_text_and_does_not_stay(store: PromptStore, tmp_path: Path) -> None:
    document = publishable(
        "languages: [zh, en]\nfacts: [balance]\nnodes:\n  tell:\n    end:\n"
        '      say: {zh: "您的余额是{balance:money}。", en: "Your balance is {balance:money}."}\n'
    )
    assert await store.prepare(document) == []
    assert wavs(tmp_path) == {}, "nobody knows yet what it will be"
    (prompt,) = document.nodes["tell"].prompts  # type: ignore[union-attr]
    [twelve] = await store.paths([prompt._replace(values=(("balance", "12.5"),))], "zh")
    [thousand] = await store.paths([prompt._replace(values=(("balance", "1250"),))], "zh")
    assert twelve != thousand
    assert all("passing" in path for path in (twelve, thousand))
    assert written(thousand)
