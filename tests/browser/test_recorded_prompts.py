"""A prompt in a person's voice: recorded and uploaded in the page, a version chosen, heard there and on the line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ..caller import Caller
from ..centre import Client, Running
from ..contract import tones
from .pages import person, sign_in
from .story import AGENT_TONE, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

UPLOADED, ON_THE_LINE = 1200, 1000
FLOW = """
languages: [zh]
person: service
nodes:
  greeting:
    menu:
      say: {recorded: greeting, zh: 您好，这里是客户服务中心，请按一。}
      repeat: 5
      timeout_s: 1
      keys: {1: bye}
  bye:
    hangup: {say: 再见。}
"""


HEARD = """async (audio) => {
  if (!audio.analyser) {
    const context = new AudioContext();
    audio.analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    context.createMediaElementSource(audio).connect(audio.analyser);
    audio.loop = true;
    await Promise.all([context.resume(), audio.play()]);
  }
  const bins = new Float32Array(audio.analyser.frequencyBinCount);
  audio.analyser.getFloatFrequencyData(bins);
  const top = bins.reduce((best, level, n) => (n > 2 && level > bins[best] ? n : best), 3);
  return bins[top] < -80 ? 0 : (top * audio.analyser.context.sampleRate) / audio.analyser.fftSize;
}"""
"""The loudest tone of what a player plays, again and again."""


def listens(page: Page, version: str, tone: float) -> None:
    row = page.get_by_test_id("prompt-version").filter(has_text=version)
    row.get_by_role("button", name="试听").click()
    player = page.get_by_test_id("prompt-player")
    until(lambda: abs(player.evaluate(HEARD) - tone) < 15, what=f"{version} is heard: {tone} Hz")


def test_a_prompt_is_recorded_uploaded_heard_and_taken_back(
    centre: Running, staff_browser: Browser, tmp_path: Path
) -> None:
    """The microphone of this browser plays `AGENT_TONE`."""
    file = tmp_path / "jingle.wav"
    tones.write(file, UPLOADED, 1.5)
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in(page, centre, "admin")
        page.goto("/manage/prompts")
        page.get_by_test_id("new").click()
        page.get_by_test_id("prompt-id").fill("jingle")
        page.keyboard.press("Enter")
        page.get_by_test_id("prompt-text").fill("叮咚。")
        page.get_by_test_id("prompt-save").click()
        heard = page.get_by_test_id("prompt-heard")
        expect(heard).to_contain_text("语音引擎朗读")

        page.get_by_test_id("prompt-record").click()
        expect(page.get_by_test_id("prompt-stop")).to_contain_text("0:01")
        page.get_by_test_id("prompt-stop").click()
        page.get_by_test_id("prompt-use").click()
        expect(heard).to_contain_text("第 1 版")
        page.get_by_test_id("prompt-file").set_input_files(file)
        expect(heard).to_contain_text("第 2 版")
        versions = page.get_by_test_id("prompt-version")
        expect(versions).to_have_count(2)
        expect(versions.first).to_contain_text("上传")
        expect(versions.last).to_contain_text("录音")
        listens(page, "第 2 版", UPLOADED)
        listens(page, "第 1 版", AGENT_TONE)

        versions.last.get_by_test_id("prompt-choose").click()
        expect(heard).to_contain_text("第 1 版")
        page.get_by_test_id("prompt-to-engine").click()
        expect(heard).to_contain_text("语音引擎朗读")
        versions.first.get_by_test_id("prompt-choose").click()
        expect(heard).to_contain_text("第 2 版")

        page.reload()  # found again among many, by what it says
        page.get_by_test_id("prompt-search").fill("叮咚")
        expect(page.get_by_test_id("prompt-count")).to_contain_text("1")
        page.get_by_test_id("prompts").get_by_label("上下键选择").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("prompt-heard")).to_contain_text("第 2 版")


def test_a_caller_hears_the_recording_and_without_one_the_engine(
    centre: Running, caller: Callable[..., Caller], tmp_path: Path
) -> None:
    admin = centre.client("admin")
    a_flow_with_a_recording(admin)
    tones.write(tmp_path / "tone.wav", ON_THE_LINE, 20)
    sound = (tmp_path / "tone.wav").read_bytes()
    admin.put("/prompts/greeting/recordings/zh", content=sound).raise_for_status()
    first = caller("13500009001", dial="10096")
    first.wait_tone(ON_THE_LINE)
    first.hang_up()

    admin.post("/prompts/greeting/recordings/zh/current", json={"number": 0}).raise_for_status()
    second = caller("13500009002", dial="10096")
    second.wait_sound()
    until(lambda: second.heard(1.0)[0] > 0, what="it is said")
    tone, share = second.heard(1.0)
    assert abs(tone - ON_THE_LINE) > 25 or share < 0.5, (tone, share)
    second.hang_up()

    admin.post("/prompts/greeting/recordings/zh/current", json={"number": 1}).raise_for_status()
    third = caller("13500009003", dial="10096")
    third.wait_tone(ON_THE_LINE)


def a_flow_with_a_recording(admin: Client) -> None:
    admin.post("/prompts", json={"id": "greeting", "name": "问候"}).raise_for_status()
    admin.post("/flows", json={"id": "greeted", "name": "Greeted", "text": FLOW}).raise_for_status()
    admin.post("/flows/greeted/publish", json={"version": 1}).raise_for_status()
    entry = {"id": "greeted", "name": "Greeted", "key": "10096", "flow": "greeted"}
    admin.post("/entry-points", json=entry).raise_for_status()
