"""Values in words, in every language; and values that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingting.speech.say_as import KINDS, LANGUAGES, problem, spoken

from .said import SAID

BAD = (
    ("number", "1,234", "say_as.bad_number"),
    ("number", "1" * 16, "say_as.bad_number"),
    ("number", "", "say_as.bad_number"),
    ("number", "٣", "say_as.bad_number"),
    ("digits", "+86", "say_as.bad_digits"),
    ("money", "12.5 yuan", "say_as.bad_money"),
    ("money", "CNY 12.5 CNY", "say_as.bad_money"),
    ("money", "12.5 XYZ", "say_as.bad_currency"),
    ("date", "2026-02-30", "say_as.bad_date"),
    ("date", "20261122", "say_as.bad_date"),
    ("weekday", "8", "say_as.bad_weekday"),
    ("time", "24:00", "say_as.bad_time"),
    ("duration", "-1", "say_as.bad_duration"),
    ("phone", "call me", "say_as.bad_phone"),
    ("text", " ", "say_as.bad_text"),
    ("text", "x" * 201, "say_as.bad_text"),
    ("colour", "red", "say_as.unknown_kind"),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_said_as_the_language_does(language: str) -> None:
    assert {kind for kind, _, _ in SAID[language]} | {"text"} == set(KINDS)
    for kind, value, words in SAID[language]:
        assert spoken(kind, value, language) == words
        assert problem(kind, value) == ""


@pytest.mark.parametrize(("kind", "value", "code"), BAD)
def test_a_value_that_is_none_has_a_code_and_is_said_as_it_stands(kind: str, value: str, code: str) -> None:
    assert problem(kind, value) == code
    assert spoken(kind, value, "zh") == value.strip()[:200]


def test_other_languages_leave_the_value_to_the_engine() -> None:
    assert spoken("number", "12.5", "it") == "12.5"
    assert spoken("number", "12", "en-GB") == "twelve"
    assert spoken("text", "Hello\x00\nthere", "en") == "Hellothere"


@given(st.sampled_from([*KINDS, "?"]), st.text(max_size=80), st.sampled_from([*LANGUAGES, "it"]))
def test_nothing_that_comes_in_raises(kind: str, value: str, language: str) -> None:
    assert isinstance(spoken(kind, value, language), str)
    assert problem(kind, value) == "" or problem(kind, value).startswith("say_as.")
