"""Recorded prompts by their doors: recorded, replaced, taken back; who says them, and what callers hear then."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from qingting.config import Config
from qingting.contexts.prompts import model
from qingting.contexts.prompts.api import Prompts
from qingting.flow.nodes import Prompt
from qingting.speech.engines import prompt_store
from qingting.speech.standard import STANDARD

from .conftest import PromptHouse as House

FLOW = """\
languages: [zh, en]
person: service
nodes:
  main:
    say: [{recorded: welcome, zh: 欢迎。, en: Welcome.}, {standard: please_hold}]
    next: on
  on:
    queue: {to: service}
"""


def tone(hertz: float, seconds: float = 0.5, rate: int = 16_000) -> bytes:
    samples = 12_000 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setparams((1, 2, rate, 0, "NONE", ""))
        wav.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()


def heard(wav: bytes) -> float:
    """Its tone; of a file that telephones can play."""
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return round(float(np.abs(np.fft.rfft(samples)).argmax() * 8000 / len(samples)), -1)


def bytes_of(path: str) -> bytes:
    return Path(path + ".wav").read_bytes()


async def record(client: httpx.AsyncClient, at: str, sound: bytes, source: str = "recorded") -> dict[str, Any]:
    answer = await client.put(f"/prompts/{at}?source={source}", content=sound)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_a_prompt_is_recorded_replaced_taken_back_and_heard(house: House, tmp_path: Path) -> None:
    ada, looker = await house.user("ada", "administrator"), await house.user("looker", "supervisor")
    made = await ada.post("/prompts", json={"id": "welcome", "name": "欢迎", "texts": {"zh": " 您好。 ", "en": ""}})
    assert made.status_code == 201, made.text
    assert made.json() == {
        "id": "welcome", "name": "欢迎", "texts": {"zh": "您好。"}, "version": 1, "standard": False,
        "recordings": [], "flows": [],
    }  # fmt: skip
    assert await record(ada, "welcome/recordings/zh", tone(440)) == {"language": "zh", "number": 1, "seconds": 0.5}
    assert (await record(ada, "welcome/recordings/zh", tone(880), "uploaded"))["number"] == 2
    assert (await record(ada, "please_hold/recordings/en", tone(550)))["number"] == 1

    shown = (await looker.get("/prompts/welcome")).json()["recordings"]
    assert [(it["number"], it["current"], it["source"], it["by"]) for it in shown] == [
        (2, True, "uploaded", "ada"),
        (1, False, "recorded", "ada"),
    ]
    assert heard((await looker.get("/prompts/welcome/recordings/zh/1")).content) == 440
    listed = (await looker.get("/prompts", params={"limit": 200})).json()["items"]
    assert [it["id"] for it in listed] == ["welcome", *STANDARD]
    assert [it["language"] for it in listed[0]["recordings"]] == ["zh"]

    store = prompt_store(Config(data=tmp_path))
    store.library = house.prompts.text
    said = Prompt(recorded="welcome")

    async def callers_hear(language: str, prompt: Prompt = said) -> float:
        [path] = await store.paths([prompt], language, house.tenant)
        return heard(bytes_of(path))

    assert await callers_hear("zh") == 880
    assert await callers_hear("en", Prompt(standard="please_hold")) == 550
    assert (await ada.post("/prompts/welcome/recordings/zh/current", json={"number": 1})).status_code == 204
    assert await callers_hear("zh") == 440
    assert (await ada.post("/prompts/welcome/recordings/zh/current", json={})).status_code == 204
    spoken = (await ada.post("/prompts/spoken", json={"text": "您好。", "language": "zh"})).content
    [path] = await store.paths([said], "zh", house.tenant)  # the text beside it, by the engine
    assert bytes_of(path) == spoken
    assert code_of(await ada.post("/prompts/spoken", json={"text": "x", "language": "zz"})) == (
        422,
        "speech.unspeakable",
    )
    await store.close()

    actions = {(it["action"], it["target"]) for it in await house.audited("prompt.record")}
    assert actions == {("prompt.record", "welcome"), ("prompt.record", "please_hold")}


async def test_files_follow_the_rows_and_flows_hold_their_prompts(house: House, tmp_path: Path) -> None:
    ada = await house.user("ada", "administrator")
    await ada.post("/prompts", json={"id": "welcome"})
    await record(ada, "welcome/recordings/zh", tone(440))
    file = tmp_path / "recorded" / house.tenant / "welcome.zh.wav"
    file.write_bytes(b"broken")
    again = Prompts(house.records, tmp_path / "recorded", None, None)  # type: ignore[arg-type]
    await again.start()
    assert heard(file.read_bytes()) == 440

    await ada.post("/queues", json={"id": "service", "name": "Service"})
    assert (await ada.post("/flows", json={"id": "main", "name": "Main", "text": FLOW})).status_code == 201
    assert (await ada.get("/prompts/welcome")).json()["flows"] == [{"id": "main", "name": "Main"}]
    assert (await ada.get("/prompts/please_hold")).json()["flows"] == [{"id": "main", "name": "Main"}]
    assert code_of(await ada.delete("/prompts/welcome")) == (409, "prompt.in_use")
    assert (await ada.delete("/flows/main")).status_code == 204
    assert (await ada.delete("/prompts/welcome")).status_code == 204
    assert not file.exists()
    assert code_of(await ada.get("/prompts/welcome")) == (404, "prompt.unknown")


async def test_what_is_not_a_prompt_is_refused(sqlite_house: House) -> None:
    ada, eve = await sqlite_house.user("ada", "administrator"), await sqlite_house.user("eve", "agent")
    assert code_of(await eve.get("/prompts")) == (403, "permission.missing")
    looker = await sqlite_house.user("looker", "supervisor")
    assert code_of(await looker.put("/prompts/x/recordings/zh", content=tone(1))) == (403, "permission.missing")
    made = await ada.post("/prompts", json={"id": "welcome"})
    for body, code in (
        ({"id": "Not An Id"}, (422, "request.invalid")),
        ({"id": "welcome"}, (409, "prompt.exists")),
        ({"id": "goodbye"}, (409, "prompt.exists")),
        ({"id": "a", "texts": {"zh": "x" * 801}}, (422, "request.invalid")),
        ({"id": "a", "texts": {"../x": "x"}}, (422, "request.invalid")),
    ):
        assert code_of(await ada.post("/prompts", json=body)) == code, body
    one = {"version": made.json()["version"], "name": "Welcome", "texts": {"en": "Hello"}}
    assert (await ada.put("/prompts/welcome", json=one)).json()["version"] == 2
    assert code_of(await ada.put("/prompts/welcome", json=one)) == (409, "prompt.changed")
    assert code_of(await ada.put("/prompts/goodbye", json=one)) == (409, "prompt.standard")
    assert code_of(await ada.delete("/prompts/goodbye")) == (409, "prompt.standard")
    for at, sound, code in (
        ("nothing/recordings/zh", tone(440), (404, "prompt.unknown")),
        ("welcome/recordings/ZH", tone(440), (422, "prompt.bad_language")),
        ("welcome/recordings/zh", b"", (422, "sound.empty")),
        ("welcome/recordings/zh", b"<html>", (422, "sound.unknown")),
        ("welcome/recordings/zh", tone(440, 121, 8000), (422, "sound.too_long")),
        ("welcome/recordings/zh", bytes(3 * 2**20), (413, "request.too_large")),
    ):
        answer = await ada.put(f"/prompts/{at}", content=sound)
        assert answer.status_code == code[0], (at, answer.text)
        assert code_of(answer) == code, at
    assert (await ada.get("/prompts/welcome")).json()["recordings"] == []
    assert code_of(await ada.get("/prompts/welcome/recordings/zh/1")) == (404, "prompt.no_recording")


async def test_no_more_versions_are_kept_than_anybody_wants(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "VERSIONS_MOST", 3)
    ada = await sqlite_house.user("ada", "administrator")
    await ada.post("/prompts", json={"id": "welcome"})
    for _ in range(5):
        await record(ada, "welcome/recordings/zh", tone(440, 0.1))
    shown = (await ada.get("/prompts/welcome")).json()["recordings"]
    assert [(it["number"], it["current"]) for it in shown] == [(5, True), (4, False), (3, False)]


async def test_many_are_listed_a_page_at_a_time_and_found_by_id_name_and_text(house: House) -> None:
    ada = await house.user("ada", "administrator")
    for n in range(25):
        body = {
            "id": f"promo-{n:02}",
            "name": f"活动{n}",
            "texts": {"zh": f"第{n}期优惠。", "en": f"OFFER number {n}."},
        }
        assert (await ada.post("/prompts", json=body)).status_code == 201
    await record(ada, "promo-13/recordings/zh", tone(440))

    async def pages(**asked: Any) -> list[list[dict[str, Any]]]:
        found, cursor = [], ""
        while True:
            answer = (await ada.get("/prompts", params={**asked, "cursor": cursor})).json()
            found.append(answer["items"])
            assert answer["total"] is not None
            if answer["next"] is None:
                assert answer["total"] == sum(map(len, found))
                return found
            cursor = answer["next"]

    own = await pages(which="own", limit=10)
    assert [len(each) for each in own] == [10, 10, 5]
    flat = [it for each in own for it in each]
    assert [it["id"] for it in flat] == [f"promo-{n:02}" for n in range(25)]
    assert [it["id"] for it in flat if it["recordings"]] == ["promo-13"]
    assert [it["id"] for each in await pages(limit=7) for it in each] == [it["id"] for it in flat] + list(STANDARD)
    for q, ids in (
        ("PROMO-07", ["promo-07"]),
        ("活动11", ["promo-11"]),
        ("offer number 24", ["promo-24"]),
        ("none", []),
    ):
        assert [it["id"] for each in await pages(q=q, which="own") for it in each] == ids, q
    assert [it["id"] for [it] in await pages(q="please_hold", which="standard")] == ["please_hold"]
    assert code_of(await ada.get("/prompts", params={"cursor": "x"})) == (422, "request.invalid")
