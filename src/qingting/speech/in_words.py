"""Values in what a flow says: `您的余额是{balance:money}。` with the balance in words."""

from __future__ import annotations

from collections.abc import Mapping

from ..flow.reading import SPOKEN
from ..flow.values import Value, written
from .say_as import spoken


def in_words(text: str, known: Mapping[str, Value], language: str) -> str:
    """The text as it is spoken; what is not known leaves nothing behind."""
    return SPOKEN.sub(lambda it: as_spoken(it[2] or "text", known.get(it[1]), language), text)


def as_spoken(kind: str, value: Value, language: str) -> str:
    """`kind` as flows write it: `money:USD` is an amount of dollars."""
    kind, _, currency = kind.partition(":")
    text = written(value)
    return spoken(kind, f"{text} {currency}" if currency else text, language)
