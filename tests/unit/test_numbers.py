"""Numbers as trunks send them, as people type and read them, and where they are from."""

from __future__ import annotations

import random

import phonenumbers as lib
import pytest

from qingting import numbers


@pytest.mark.parametrize(
    ("raw", "number_format", "country", "expected"),
    [
        ("861088880000", "e164", "CN", "+861088880000"),
        ("+861088880000", "plus", "CN", "+861088880000"),
        ("01088880000", "national", "CN", "+861088880000"),
        ("013812345678", "national", "CN", "+8613812345678"),
        ("0014155552671", "national", "CN", "+14155552671"),
        ("(415) 555-2671", "national", "US", "+14155552671"),
        # not as agreed, yet there is one good reading
        ("13812345678", "e164", "CN", "+8613812345678"),
        ("861088880000", "national", "CN", "+861088880000"),
        ("010 8888 0000", "plus", "CN", "+861088880000"),
        # no numbers
        ("", "e164", "CN", None),
        ("anonymous", "e164", "CN", None),
        ("10086", "national", "CN", None),
        ("88880000", "national", "CN", None),
        ("1" * 41, "e164", "CN", None),
        ("sip:138@example.com", "national", "CN", None),
    ],
)
def test_what_a_trunk_sends_becomes_e164(raw: str, number_format: str, country: str, expected: str | None) -> None:
    assert numbers.to_e164(raw, number_format, country) == expected


@pytest.mark.parametrize("number", ["+861088880000", "+8613812345678", "+14155552671", "+442083661177"])
@pytest.mark.parametrize("number_format", ["e164", "plus", "national"])
@pytest.mark.parametrize("country", ["CN", "US"])
def test_what_we_send_a_trunk_reads_back_as_the_same_number(number: str, number_format: str, country: str) -> None:
    sent = numbers.for_trunk(number, number_format, country)
    assert numbers.to_e164(sent, number_format, country) == number


def test_the_far_sides_forms() -> None:
    assert numbers.for_trunk("+861088880000", "e164") == "861088880000"
    assert numbers.for_trunk("+861088880000", "national") == "01088880000"
    assert numbers.for_trunk("+14155552671", "national") == "0014155552671"
    assert numbers.for_trunk("10086", "plus") == "10086"


def test_short_numbers_can_be_dialled_and_longer_nonsense_cannot() -> None:
    assert numbers.dialled("10086") == "10086"
    assert numbers.dialled("010-8888-0000") == "+861088880000"
    assert numbers.dialled("12") is None
    assert numbers.dialled("s") is None


def test_numbers_for_people() -> None:
    assert numbers.national("+8613812345678") == "138 1234 5678"
    assert numbers.national("+14155552671") == "+1 415-555-2671"
    assert numbers.national("10086") == "10086"


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+8613812345678", "+86138****5678"), ("13812345678", "138****5678"), ("10086", "*****"), ("", "")],
)
def test_masking_hides_the_middle(number: str, shown: str) -> None:
    assert numbers.masked(number) == shown


def test_where_a_number_is_from() -> None:
    assert (numbers.locality("+861088880000"), numbers.locality("+861088880000", "en")) == ("北京市", "Beijing")
    assert numbers.locality("+8675588880000") == "广东省深圳市"
    assert numbers.locality("+8613812345678") == "江苏省连云港市"
    assert numbers.locality("+864008001234", "en") == "China"
    assert numbers.locality("10086") == ""


def test_localities_are_those_of_the_library() -> None:
    """The table that we carry says what the 130 MiB one says."""
    from phonenumbers import geocoder, parse

    for number in ("+8613812345678", "+862987654321", "+14155552671", "+442083661177", "+81312345678"):
        assert numbers.locality(number, "en") == geocoder.description_for_number(parse(number), "en")


def test_a_mobile_number_fits_the_area_that_issued_it() -> None:
    assert numbers.match_locality("+861012345678", "010") == 4
    assert numbers.match_locality("+8613812345678", "0518") == 5
    assert numbers.match_locality("+8613812345678", "010") == 0
    assert numbers.match_locality("+14155552671", "+1415") == 4


@pytest.mark.parametrize("caller", ["", "anonymous", "10086", "+", "+86x", "+²", "\x00"])
def test_what_is_no_number_is_from_nowhere(caller: str) -> None:
    assert numbers.match_locality(caller, "010") == 0
    assert numbers.locality(caller) == ""
    assert numbers.dialled(caller) in (None, "10086")


@pytest.mark.parametrize("country", ["CN", "JP", "US", "DE", "IT", "RU", "AR", "MX"])
def test_the_short_way_for_mobiles_says_what_the_library_says(country: str) -> None:
    """Numbers near a mobile's: for each that comes out, the library's own parser agrees."""
    example = lib.example_number_for_type(country, lib.PhoneNumberType.MOBILE)
    digits = ("0" if example.italian_leading_zero else "") + str(example.national_number)
    chance = random.Random(country)
    for _ in range(200):
        near = "".join(d if chance.random() < 0.6 else chance.choice("0123456789") for d in digits)
        for raw, form in [(near, "national"), (f"{example.country_code}{near}", "e164")]:
            parsed = lib.parse(raw if form == "national" else f"+{raw}", country)
            if lib.is_valid_number(parsed):
                assert numbers.to_e164(raw, form, country) == lib.format_number(parsed, lib.PhoneNumberFormat.E164)
