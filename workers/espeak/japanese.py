# SPDX-License-Identifier: GPL-3.0-or-later
"""Japanese text as espeak-ng can read it: kana. Kanji by pykakasi; numbers and what they count by rules of our own,
since both sounds change where they meet (六分 ろっぷん, 四時 よじ, 二十日 はつか)."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import Any

ONES = ["", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう"]
HUNDREDS = {3: "さんびゃく", 6: "ろっぴゃく", 8: "はっぴゃく", 1: "ひゃく"}
THOUSANDS = {3: "さんぜん", 8: "はっせん", 1: "せん"}
LARGE = ((10**12, "ちょう"), (10**8, "おく"), (10**4, "まん"))
KANJI = "〇一二三四五六七八九"
NUMERAL = "0-9〇零一二三四五六七八九十百千万億兆"
COUNTERS = ("時間", "分間", "分", "時", "日間", "日", "月", "円", "元", "秒", "名", "人", "番", "年", "位")
COUNTED = re.compile(rf"([{NUMERAL}]+)({'|'.join(COUNTERS)}|(?=点))?")
DAYS = {
    1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか", 7: "なのか", 8: "ようか",
    9: "ここのか", 10: "とおか", 14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか",
}  # fmt: skip
ENDS = {
    "時": {4: "よじ", 7: "しちじ", 9: "くじ"},
    "時間": {4: "よじかん", 7: "しちじかん", 9: "くじかん"},
    "月": {4: "しがつ", 7: "しちがつ", 9: "くがつ"},
    "分": {0: "ぷん", 1: "いっぷん", 3: "さんぷん", 4: "よんぷん", 6: "ろっぷん", 8: "はっぷん"},
    "円": {4: "よえん"},
    "年": {4: "よねん"},
}
"""The last digit together with what is counted; 0 is any ten."""
COUNTER = {
    "時": "じ", "時間": "じかん", "分": "ふん", "月": "がつ", "日": "にち", "日間": "にちかん",
    "円": "えん", "元": "げん", "秒": "びょう", "名": "めい", "人": "にん", "番": "ばん", "年": "ねん", "位": "い",
}  # fmt: skip
PARTICLES = {"は": "わ", "へ": "え"}
"""As they sound where they stand alone."""
PAUSES = str.maketrans("、。！？・：；「」（）", ",.!? ;;    ")


def kana(text: str) -> str:
    read = COUNTED.sub(partial(_as_kana, text), text)
    words = (PARTICLES.get(word["orig"], word["hira"]) for word in _kakasi().convert(read))
    return re.sub(r" +", " ", " ".join(words)).translate(PAUSES).strip()


def _as_kana(text: str, found: re.Match[str]) -> str:
    return f" {_counted(found[1], found[2] or '')} " if _is_number(found, text) else found[0]


def _is_number(found: re.Match[str], text: str) -> bool:
    """A single kanji that counts nothing is a part of a word (一般, 千葉), unless it stands alone or follows 点."""
    if len(found[0]) > 1 or found[0].isascii():
        return True
    return found[0] == text.strip() or text[: found.start()].endswith("点")


@lru_cache(maxsize=1)
def _kakasi() -> Any:
    import pykakasi  # large: only when it is asked for

    return pykakasi.kakasi()


def _counted(numeral: str, counter: str) -> str:
    n = value(numeral)
    if n is None:  # a row of digits
        return " ".join(_digit(c) for c in numeral) + (" " + COUNTER[counter] if counter else "")
    if not counter:
        return number(n)
    if counter == "日" and n in DAYS:
        return DAYS[n]
    if counter == "人" and n in (1, 2):
        return ("ひとり", "ふたり")[n - 1]
    minutes = counter in ("分", "分間")
    ends = ENDS.get("分" if minutes else counter, {})
    last = n % 10
    if minutes and n and last == 0 and n % 100:
        before = number(n - n % 100) if n >= 100 else ""
        tens = number(n % 100)
        return before + tens.removesuffix("う") + "っぷん" + ("かん" if counter == "分間" else "")
    if last in ends and last:
        return (number(n - last) if n > last else "") + ends[last] + ("かん" if counter == "分間" else "")
    return number(n) + COUNTER["分" if minutes else counter] + ("かん" if counter == "分間" else "")


def value(numeral: str) -> int | None:
    """None: no number but a row of digits, such as 〇九〇 or 090."""
    if numeral.isascii():
        return int(numeral) if len(numeral) <= 12 and (numeral[0] != "0" or len(numeral) == 1) else None
    total = part = 0
    digit: int | None = None
    for c in numeral:
        if c in KANJI or c == "零" or c.isascii():
            if digit is not None:
                return None
            digit = int(c) if c.isascii() else 0 if c == "零" else KANJI.index(c)
        elif c in "十百千":
            part += (1 if digit is None else digit) * {"十": 10, "百": 100, "千": 1000}[c]
            digit = None
        else:
            total += (part + (digit or 0)) * {"万": 10**4, "億": 10**8, "兆": 10**12}[c]
            part, digit = 0, None
    return total + part + (digit or 0)


def number(n: int) -> str:
    if n == 0:
        return "ぜろ"
    words = ""
    for size, name in LARGE:
        many, n = divmod(n, size)
        if many:
            words += (_below_ten_thousand(many, one=True) + name).replace("いちちょう", "いっちょう")
    return words + _below_ten_thousand(n, one=False)


def _below_ten_thousand(n: int, *, one: bool) -> str:
    """`one`: a thousand before 万 is いっせん."""
    thousand, hundred, ten, rest = n // 1000, n // 100 % 10, n // 10 % 10, n % 10
    words = ""
    if thousand:
        words += (
            "いっせん" if one and thousand == 1 and not n % 1000 else THOUSANDS.get(thousand, ONES[thousand] + "せん")
        )
    if hundred:
        words += HUNDREDS.get(hundred, ONES[hundred] + "ひゃく")
    if ten:
        words += (ONES[ten] if ten > 1 else "") + "じゅう"
    return words + ONES[rest]


def _digit(c: str) -> str:
    n = int(c) if c.isascii() else 0 if c == "零" else KANJI.find(c)
    return "ぜろ" if n == 0 else ONES[n] if n > 0 else c
