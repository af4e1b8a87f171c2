"""What the house itself says to callers, in every language it speaks. `{…}` are filled with `fill`."""

from __future__ import annotations

import math

from . import ar, de, en, es, fr, ja, ko, yue, zh

LANGUAGES = {
    "zh": zh.TEXTS,
    "yue": yue.TEXTS,
    "en": en.TEXTS,
    "ja": ja.TEXTS,
    "ko": ko.TEXTS,
    "fr": fr.TEXTS,
    "de": de.TEXTS,
    "es": es.TEXTS,
    "ar": ar.TEXTS,
}
STANDARD = {name: {language: texts[name] for language, texts in LANGUAGES.items()} for name in zh.TEXTS}
"""By name and language; every prompt is there in every language."""


def text_of(name: str, language: str, **values: int) -> str:
    """Raises KeyError for an unknown name. A language we do not speak hears English."""
    texts = STANDARD[name]
    return texts.get(language, texts["en"]).format(**values)


def say_place(place: int) -> tuple[str, dict[str, int]]:
    """Name and values of the prompt for a place in the queue, 1 being next."""
    if place <= 1:
        return "place_next", {}
    return ("place_one", {}) if place == 2 else ("place", {"ahead": place - 1})


def say_wait(wait_s: float) -> tuple[str, dict[str, int]]:
    """Name and values of the prompt for an estimated wait: minutes up to ten, then fives, then an hour."""
    minutes = math.ceil(wait_s / 60) if wait_s <= 600 else math.ceil(wait_s / 300) * 5
    if wait_s < 50:
        return "wait_short", {}
    if minutes <= 1:
        return "wait_one", {}
    return ("wait", {"minutes": minutes}) if minutes <= 60 else ("wait_long", {})
