"""Chinese numbers against a slow reading back: words are cut at their largest unit, and both sides read again."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from qingting.speech.say_as import spoken

UNITS = {"亿": 10**8, "万": 10**4, "千": 1000, "百": 100, "十": 10}
DIGITS = {word: n for n, word in enumerate("零一二三四五六七八九")} | {"两": 2}
SIMPLER = str.maketrans("億萬兩點負蚊毫", "亿万两点负元角")

LIKELY = st.one_of(
    st.integers(0, 10**15 - 1),
    st.integers(0, 100_000),
    # Many zeros: where 零 is said once, or not at all.
    st.lists(st.sampled_from("0000012579"), min_size=1, max_size=15).map(lambda digits: int("".join(digits))),
)


def read_back(words: str) -> int:
    for unit, size in UNITS.items():
        at = words.rfind(unit) if size == 10**8 else words.find(unit)
        if at >= 0:
            before, after = words[:at], words[at + 1 :]
            assert before or (unit == "十"), words
            return (read_back(before) if before else 1) * size + (read_back(after) if after else 0)
    assert words == "零" or len(words.lstrip("零")) == 1, words
    return DIGITS[words[-1]]


@given(LIKELY, st.sampled_from(["zh", "yue"]))
def test_whole_numbers_are_read_back(n: int, language: str) -> None:
    words = spoken("number", str(n), language).translate(SIMPLER)
    assert read_back(words) == n, words
    assert "零零" not in words
    assert not words.startswith("一十")
    assert not any(words.startswith("二" + unit) for unit in "千万亿"), words
    assert words == "零" or not words.endswith("零"), words


@given(st.integers(-(10**9), 10**9), st.integers(1, 6), st.sampled_from(["zh", "yue"]))
def test_decimals_are_read_back(n: int, places: int, language: str) -> None:
    value = Decimal(n).scaleb(-places)
    words = spoken("number", format(value, "f"), language).translate(SIMPLER)
    whole, _, part = words.removeprefix("负").partition("点")
    found = Decimal(f"{read_back(whole)}.{''.join(str(DIGITS[c]) for c in part)}")
    assert (-found if words.startswith("负") else found) == value, words


@given(st.integers(0, 10**12), st.sampled_from(["zh", "yue"]))
def test_money_is_read_back(cents: int, language: str) -> None:
    words = spoken("money", format(Decimal(cents).scaleb(-2), "f"), language).translate(SIMPLER)
    total = 0
    rest = words
    for unit, worth in (("元", 100), ("角", 10), ("分", 1)):
        if unit in rest:
            said, _, rest = rest.partition(unit)
            total += read_back(said) * worth
    assert (total, rest) == (cents, ""), words
    assert words[:2] != "二元", words
    assert "二角" not in words, words
    assert words[-2:] != "二分" or words[-3:] == "十二分", words
