"""Every key counts once, however the engine tells of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qingting.telephony.asterisk.keys import Keys

PRESSED = st.lists(st.tuples(st.sampled_from("012#"), st.sampled_from([80, 120]), st.booleans(), st.booleans()))


@given(PRESSED)
def test_ends_that_are_told_twice_count_for_nothing(pressed: list[tuple[str, int, bool, bool]]) -> None:
    """A key that is put off ends twice, and the next may begin between."""
    keys, told = Keys(), ""
    begun = 0
    for n, (key, lasted_ms, put_off, next_between) in enumerate(pressed):
        if begun == n:
            told, begun = told + key * keys.begins(), n + 1
        told += key * keys.ends(key, lasted_ms, n)
        if put_off and next_between and n + 1 < len(pressed):
            following = pressed[n + 1][0]
            told, begun = told + following * keys.begins(), n + 2
        if put_off:
            told += key * keys.ends(key, lasted_ms, n)
    assert told == "".join(key for key, *_ in pressed)


def test_an_end_that_was_lost_harms_no_other_key() -> None:
    keys = Keys()
    assert keys.begins()
    assert keys.begins()
    assert not keys.ends("2", 100, 0.5)
    assert keys.begins()
    assert not keys.ends("1", 100, 1.0)


def test_without_beginnings_ends_count() -> None:
    """SIP INFO: the second 1 comes while the tone of the first still lasts and is told again when that is over."""
    keys = Keys()
    told = [(key, at) for key, at in (("1", 0.0), ("2", 0.10), ("2", 0.21), ("3", 0.6)) if keys.ends(key, 160, at)]
    assert told == [("1", 0.0), ("2", 0.10), ("3", 0.6)]


def test_without_beginnings_the_same_key_may_be_pressed_again() -> None:
    keys = Keys()
    assert sum(keys.ends("1", 160, at) for at in (0.0, 0.4, 0.8)) == 3
    keys = Keys()
    assert sum(keys.ends("1", 160, at) for at in (0.0, 0.1, 0.21)) == 2, "the second was put off"
