"""How much callers hear before they may answer."""

from __future__ import annotations

from pathlib import Path

from qingting import config as configs
from qingting.flow.document import Document
from qingting.flow.levels import too_long
from qingting.flow.nodes import Prompt
from qingting.runtime.flow_tools import heard_at_once, publishable
from qingting.runtime.flow_tools.command import speech
from qingting.speech.engines import prompt_store

VERIFY = Path("flows/verify.yaml").read_text()
HEAD = "languages: [zh, en]\nperson: agents\nprofile: strict\nnodes:\n"
MENU = "  m: {menu: {say: {zh: 十, en: ten}, keys: {1: person, 2: a}}}\n"


def second_per_letter(prompt: Prompt, language: str) -> float:
    """Of the house's own three; numbers in English words as they say."""
    return {"ten": 10.0, "twenty": 20.0, "十": 10.0, "二十": 20.0}.get(prompt.text(language), 3.0)


def found(text: str) -> list[tuple[int, str]]:
    document: Document = publishable(text)
    return [(each.line, each.message) for each in too_long(document, second_per_letter)]


def test_words_before_a_menu_count_with_it() -> None:
    chain = "  a: {say: {zh: 二十, en: twenty}, next: b}\n  b: {say: {zh: 一, en: one}, next: m}\n"
    [(line, told)] = found(HEAD + chain + MENU)
    assert line == 5
    assert told.startswith("33 s are heard in zh before an answer (a → b → m); the profile 'strict' allows 30 s")
    assert (
        found(
            HEAD
            + chain.replace("next: b}", "next: m}").replace("  b: {say: {zh: 一, en: one}, next: m}\n", "")
            + MENU
        )
        == []
    )


def test_each_language_is_judged_for_itself() -> None:
    text = HEAD + "  a: {say: [{zh: 一, en: twenty}, {zh: 一, en: twenty}], next: m}\n" + MENU
    assert [told.split(" (")[0] for _, told in found(text)] == ["50 s are heard in en before an answer"]


def test_what_is_said_again_counts_with_what_is_said_before_it() -> None:
    menu = MENU.replace("keys:", "no_match: {zh: 二十, en: twenty}, no_input: [{zh: 一, en: one}], keys:")
    text = HEAD + menu.replace("{zh: 十, en: ten}", "[{zh: 十, en: ten}, {zh: 一, en: one}]").replace(", 2: a", "")
    assert [(line, told.split(" in ")[0]) for line, told in found(text)] == [(5, "33 s are heard")]


def test_what_is_passed_by_is_not_heard_and_every_way_counts() -> None:
    text = HEAD + (
        "  a: {say: {zh: 二十, en: twenty}, next: w}\n"
        "  w: {branch: [{when: caller == '1', to: c}, {to: person}]}\n"
        "  c: {confirm: {value: vip, say: {zh: 一, en: one}, yes: person, no: l}}\n"
    )
    again = "  l: {lookup: {service: s, path: /x, found: m, missing: person, say: {zh: 一, en: one}}}\n" + MENU
    [(line, told)] = found(text + again)
    assert (line, "(a → w → c → l → m)" in told) == (5, True)


def test_only_profiles_with_a_bound_bound_it() -> None:
    assert (
        found(
            HEAD.replace("strict", "plain")
            + "  a: {say: [{zh: 二十, en: twenty}, {zh: 二十, en: twenty}], next: m}\n"
            + MENU
        )
        == []
    )


async def test_samples_are_measured_as_they_are_spoken(tmp_path: Path) -> None:
    config = configs.load(None, data=tmp_path)
    assert await speech(VERIFY, tmp_path, prompt_store(config)) == (True, [])
    long = VERIFY.replace("en: Please enter your six-digit PIN.", f"en: {'Please enter your PIN. ' * 20}")
    well, lines = await speech(long, tmp_path, prompt_store(config))
    assert not well
    assert [line.split(": ")[:2] for line in lines] == [
        ["11:3", "flow.too_much_speech"],
        ["16:3", "flow.too_much_speech"],
    ]
    assert "are heard in en before an answer (known → pin)" in lines[0]
    told = await heard_at_once(prompts := prompt_store(config), "", long, {})
    await prompts.close()
    assert [each.line for each in told] == [11, 16]
    assert await heard_at_once(prompts, "", long.replace("strict", "plain"), {}) == []
