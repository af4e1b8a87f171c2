# SPDX-License-Identifier: GPL-3.0-or-later
"""Cantonese text as espeak-ng can read it: its own dictionary reads characters, traditional and simplified; numbers
are written out first, and Latin words go to an English voice."""

from __future__ import annotations

from mandarin import LATIN, LATIN_VOICE, NUMBER, PAUSES, number

VOICE = "yue"
SPOKEN = str.maketrans("两点万负", "兩點萬負")


def segments(text: str) -> list[tuple[str, str]]:
    """Pairs of voice and text, in order."""
    spoken = NUMBER.sub(lambda m: number(m.group(), text[m.end() : m.end() + 1], one="一"), text).translate(SPOKEN)
    found: list[tuple[str, str]] = []
    at = 0
    for latin in LATIN.finditer(spoken):
        _chinese(found, spoken[at : latin.start()])
        found.append((LATIN_VOICE, latin.group()))
        at = latin.end()
    _chinese(found, spoken[at:])
    return found


def _chinese(found: list[tuple[str, str]], text: str) -> None:
    if any(c.isalnum() for c in text):
        found.append((VOICE, text.translate(PAUSES)))
