"""What a flow may write between braces is what every language has words for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qingting.flow.reading import KINDS
from qingting.runtime.flow_tools.speech import LONGEST
from qingting.speech import say_as
from qingting.speech.in_words import in_words

from .said import SAID


def test_flows_write_the_kinds_that_are_spoken() -> None:
    """The room of flows knows nothing of speech, and has a list of its own."""
    assert set(KINDS) == set(say_as.KINDS) == set(LONGEST)
    assert [kind for kind, value in LONGEST.items() if say_as.problem(kind, value)] == []


@pytest.mark.parametrize("language", say_as.LANGUAGES)
def test_a_value_in_a_text_is_said_as_the_language_does(language: str) -> None:
    for kind, value, words in SAID[language]:
        assert in_words(f"({{it:{kind}}})", {"it": value}, language) == f"({words})"


@pytest.mark.parametrize("language", say_as.LANGUAGES)
def test_a_day_of_the_week_is_of_a_date_or_counted_from_monday(language: str) -> None:
    (sunday,) = [words for kind, _, words in SAID[language] if kind == "weekday"]
    for value in ("2026-11-22", "7", Decimal(7)):
        assert in_words("{day:weekday}", {"day": value}, language) == sunday
    week = {in_words("{day:weekday}", {"day": f"2026-11-{day}"}, language) for day in range(16, 23)}
    assert len(week) == 7
