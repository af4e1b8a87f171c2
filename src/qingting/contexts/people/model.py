"""Rules of people: names, passwords, how long things live, how fast one may guess, who may give what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from ...access import ROLES, Identity
from ...errors import Invalid, NotAllowed

SESSION_IDLE_S = 2 * 3600.0
"""A desk's live socket counts as a sign of life, so a long call does not end a session."""
SESSION_MOST_S = 14 * 3600.0
"""A shift with overtime; then sign in again."""
SESSIONS_MOST = 10
"""Of one person at a time; the one unseen for longest gives way."""
INVITATION_S = 7 * 86400.0
RESET_S = 3600.0
RECOVERY_CODES = 10
TOKENS_MOST = 50
"""API tokens of one person."""

PASSWORD_LEAST = 10
PASSWORD_MOST = 200

GUESSES_FREE = 5
GUESSES_FORGOTTEN_S = 3600.0
RESETS_FREE = 3
GUESSES_AT_NAME_FREE = 20
"""From all addresses together."""
GUESSES_FROM_ADDRESS_FREE = 300
"""At all names together: a whole floor mistypes from one address, and 200 may be signing in at once."""
ADDRESS_KNOWN_S = 90 * 86_400.0

_NAME = re.compile(r"[\w][\w.@+\-]{0,63}")
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")
_COMMON = (
    "password", "passw0rd", "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "letmein", "welcome", "admin",
    "administrator", "iloveyou", "woaini", "abc", "abcd", "qingting", "changeme", "secret", "login", "master",
    "1qaz2wsx", "1q2w3e4r", "1q2w3e4r5t", "q1w2e3r4", "qazwsx", "5201314", "147258369", "88888888",
)  # fmt: skip


class Person(NamedTuple):
    """What others may know of a user."""

    id: str
    name: str
    display_name: str
    agent: str
    active: bool


def fold(text: str) -> str:
    """As names and addresses are compared: without case and width."""
    return unicodedata.normalize("NFKC", text).casefold()


def user_name(text: str) -> str:
    """Raises `Invalid("user.bad_name")`."""
    name = unicodedata.normalize("NFC", text.strip())
    if not _NAME.fullmatch(name):
        raise Invalid("user.bad_name", "letters, digits and . @ + - _, at most 64", fields={"name": "bad_name"})
    return name


def mail_address(text: str) -> str:
    """Empty stays empty. Raises `Invalid("user.bad_mail")`."""
    mail = text.strip()
    if mail and (not _MAIL.fullmatch(mail) or any(unicodedata.category(c)[0] == "C" for c in mail)):
        raise Invalid("user.bad_mail", "not a mail address", fields={"mail": "bad_mail"})
    return mail


def split_name(text: str) -> tuple[str, str]:
    """What was typed at sign-in, as (code of the tenant or empty, name): `name` or `tenant/name`."""
    tenant, slash, name = text.strip().rpartition("/")
    return (fold(tenant) if slash else "", fold(name))


def check_password(password: str, names: Iterable[str]) -> None:
    """Long enough, and not what everybody tries first. Raises `Invalid("password.weak")`, `detail.why` says why."""
    plain = fold(password)
    why = ""
    if len(password) < PASSWORD_LEAST:
        why = "short"
    elif len(password) > PASSWORD_MOST:
        why = "long"
    elif any(len(name) >= 3 and fold(name) in plain for name in names):
        why = "name"
    elif len(set(plain)) < 4 or _is_run(plain) or re.sub(r"[\W\d_]+$", "", plain) in (*_COMMON, ""):
        why = "common"
    if why:
        raise Invalid(
            "password.weak",
            f"at least {PASSWORD_LEAST} characters, without your name, not a common one",
            why=why,
            least=PASSWORD_LEAST,
            fields={"password": why},
        )


def _is_run(text: str) -> bool:
    """`1234567890`, `abcdefghij`, and backwards."""
    steps = {(ord(b) - ord(a)) for a, b in pairwise(text)}
    return len(steps) == 1 or text in ("1234567890", "0987654321")


def guess_delay_s(count: int, free: int = GUESSES_FREE) -> float:
    """How long nobody may try again after the `count`-th wrong guess: none, then 15 s, doubling up to 15 min."""
    return 0.0 if count < free else min(900.0, 15.0 * 2.0 ** min(count - free, 10))


def joint_delay_s(count: int, free: int) -> float:
    """The same for guesses that many make at one name, or one address at many: 1 s, doubling up to a minute.

    Short enough that nobody is shut out by what others do, and no more than 1,440 guesses a day.
    """
    return 0.0 if count < free else min(60.0, 2.0 ** min(count - free, 6))


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    return frozenset(p for role in roles for p in ROLES.get(role, ()))


def check_grant(giver: Identity, roles: Iterable[str], sites: Iterable[str], lines: Iterable[str]) -> None:
    """Nobody gives, or lays hands on, more than they have.

    Raises `Invalid("role.unknown")`, `NotAllowed("people.beyond_own")`.
    """
    roles = tuple(roles)
    if unknown := sorted(set(roles) - set(ROLES)):
        raise Invalid("role.unknown", f"no role {unknown[0][:40]}", fields={"roles": "unknown"})
    beyond = sorted(permissions_of(roles) - giver.permissions)
    if beyond:
        raise NotAllowed("people.beyond_own", f"you do not hold {beyond[0]} yourself", permission=beyond[0])
    for mine, theirs, what in ((giver.sites, frozenset(sites), "sites"), (giver.lines, frozenset(lines), "lines")):
        if mine and (not theirs or not theirs <= mine):
            raise NotAllowed("people.beyond_own", f"outside your own {what}", scope=what)
