# SPDX-License-Identifier: GPL-3.0-or-later
"""Mandarin text as espeak-ng can read it: pinyin with tones for Chinese, Latin words for an English voice.

espeak-ng's own Mandarin dictionary is not complete enough to read characters, so they are turned into pinyin
for its voice `cmn-latn-pinyin`; numbers are first written out as a Chinese reader would say them.
"""

from __future__ import annotations

import re

from pypinyin import Style, lazy_pinyin

PINYIN_VOICE = "cmn-latn-pinyin"
LATIN_VOICE = "en-us"

DIGITS = "零一二三四五六七八九"
PAUSES = str.maketrans("，。！？、：；（）“”《》…—", ",.!?,:;,,,,,,,,")
LATIN = re.compile(r"[A-Za-z][A-Za-z'’&. -]*")
NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
COUNTED = "位个個分名条條次点點天秒元種种家人蚊毫"
"""Before these, 2 is 两."""


def segments(text: str) -> list[tuple[str, str]]:
    """Pairs of voice and text, in order."""
    spoken = NUMBER.sub(lambda m: number(m.group(), text[m.end() : m.end() + 1]), text)
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
        syllables = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True)
        found.append((PINYIN_VOICE, " ".join(syllables).translate(PAUSES)))


def number(text: str, after: str, one: str = "幺") -> str:
    """`one`: how 1 is said in rows of digits."""
    if text.endswith("%"):
        return "百分之" + number(text[:-1], "", one)
    whole, _, part = text.partition(".")
    if part:
        return cardinal(int(whole[:12])) + "点" + "".join(DIGITS[int(d)] for d in part)
    if len(whole) > 4 or (len(whole) > 1 and whole[0] == "0"):  # a phone number, a code
        return "".join(one if d == "1" else DIGITS[int(d)] for d in whole)
    if whole == "2" and after and after in COUNTED:
        return "两"
    return cardinal(int(whole))


def cardinal(n: int) -> str:
    """As it is said: 12 十二, 105 一百零五, 20000 二万."""
    if n < 10:
        return DIGITS[n]
    if n >= 10_000:
        high, low = divmod(n, 10_000)
        rest = ("零" if low < 1000 else "") + cardinal(low) if low else ""
        return cardinal(high) + "万" + rest
    words, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // unit % 10
        if digit:
            words += ("零" if zero and words else "") + DIGITS[digit] + name
        zero = digit == 0
    return words[1:] if words.startswith("一十") else words
