"""Rules of people that need no database."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingting.access import PERMISSIONS, ROLES, Identity
from qingting.contexts.people import credentials, model
from qingting.errors import Invalid, NotAllowed


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "short"),
        ("x" * 201, "long"),
        ("wangwei-2026", "name"),
        ("WangWei-2026", "name"),
        ("１２３４５６７８９０", "common"),
        ("password1234", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("abcdefghijkl", "common"),
        ("0987654321", "common"),
        ("20260101!!", "common"),
    ],
)
def test_weak_passwords_say_why(password: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        model.check_password(password, ("wangwei", "王伟"))
    assert refused.value.code == "password.weak"
    assert refused.value.detail["why"] == why


@pytest.mark.parametrize(
    "password",
    [
        "correct horse 7",
        "今天天气很好我们去散步",
        "tK9#vv2!pq",
        pytest.param(credentials.one_time_password(), id="made"),
    ],
)
def test_others_are_taken(password: str) -> None:
    model.check_password(password, ("wangwei", "王伟"))


@pytest.mark.parametrize("name", ["wang.wei", "王伟", "a", "eve@example.com", "w-1_2+3"])
def test_names(name: str) -> None:
    assert model.user_name(f" {name} ") == name


@pytest.mark.parametrize("name", ["", " ", "a/b", "a b", "-a", "x" * 65, "a\0", "<b>", "a\u202eb"])
def test_bad_names(name: str) -> None:
    with pytest.raises(Invalid, match=r"user\.bad_name"):
        model.user_name(name)


def test_what_is_typed_at_sign_in() -> None:
    assert model.split_name(" Wang ") == ("", "wang")
    assert model.split_name("Cicada/Eve") == ("cicada", "eve")
    assert model.split_name("/eve") == ("", "eve")
    assert model.split_name("ＷＡＮＧ") == ("", "wang")


@given(st.text(max_size=300))
def test_no_text_breaks_the_rules(text: str) -> None:
    model.split_name(text)
    credentials.recovery_hash(text)
    credentials.hashed(text)
    assert credentials.totp_step("JBSWY3DPEHPK3PXP", text, 1e9) in (None, *range(33333332, 33333335))
    for rule in (model.user_name, model.mail_address, lambda t: model.check_password(t, (t,))):
        with contextlib.suppress(Invalid):
            rule(text)


@given(st.integers(1, 10_000))
def test_waiting_never_shrinks_and_has_an_end(count: int) -> None:
    assert model.guess_delay_s(count) <= model.guess_delay_s(count + 1) <= 900


roles = st.lists(st.sampled_from(sorted(ROLES)), max_size=3)
scope = st.frozensets(st.sampled_from(["a", "b", "c"]), max_size=3)


@given(st.frozensets(st.sampled_from(sorted(PERMISSIONS))), scope, scope, roles, scope, scope)
def test_nobody_gives_more_than_they_have(
    mine: frozenset[str],
    my_sites: frozenset[str],
    my_lines: frozenset[str],
    given_roles: list[str],
    sites: frozenset[str],
    lines: frozenset[str],
) -> None:
    giver = Identity("t", "u", "n", mine, sites=my_sites, lines=my_lines)
    try:
        model.check_grant(giver, given_roles, sites, lines)
    except NotAllowed:
        return
    assert model.permissions_of(given_roles) <= mine
    for own, theirs in ((my_sites, sites), (my_lines, lines)):
        assert not own or (theirs and theirs <= own)


def test_roles_hold_known_permissions_only() -> None:
    assert all(model.permissions_of([role]) <= set(PERMISSIONS) for role in ROLES)
    with pytest.raises(Invalid, match=r"role\.unknown"):
        model.check_grant(Identity("t", "u", "n", frozenset(PERMISSIONS)), ["king"], (), ())
