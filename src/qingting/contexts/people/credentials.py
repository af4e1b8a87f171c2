"""How secrets are made, kept and compared. Nothing here knows whose they are."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

import pyotp
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from ...errors import TooMany

P = ParamSpec("P")
T = TypeVar("T")

SESSION_COOKIE = "qt_session"
CSRF_HEADER = "X-CSRF-Token"
TOKEN_PREFIX = "qt_"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class Passwords:
    """Argon2id in threads of its own; `at_once` bounds the memory of a rush (64 MiB each by default)."""

    def __init__(
        self, *, time_cost: int = 3, memory_kib: int = 65536, at_once: int = 2, waiting_most: int = 200
    ) -> None:
        self._hash = PasswordHash((Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1),))
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="argon2")
        self._waiting = 0
        self._waiting_most = waiting_most
        salt, digest = (base64.b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (16, 32))
        self._nobody = f"$argon2id$v=19$m={memory_kib},t={time_cost},p=1${salt}${digest}"
        """Of no password, and as dear to compare with as any."""

    async def hash(self, password: str) -> str:
        """Raises `TooMany("sign_in.busy")` when too many wait already."""
        return await self._aside(self._hash.hash, password)

    async def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether it fits, and a new hash when the kept one is of another strength than today's.

        Takes as long when there is no such person (`kept` is None). Raises `TooMany("sign_in.busy")`.
        """
        fits, newer = await self._aside(self._hash.verify_and_update, password, kept or self._nobody)
        return (fits, newer) if kept else (False, None)

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _aside(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._waiting >= self._waiting_most:
            raise TooMany("sign_in.busy", "too many people are signing in at once", retry_after_s=5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **kwargs))
        finally:
            self._waiting -= 1


def new_token(prefix: str = "") -> str:
    """256 random bits, safe in addresses and headers."""
    return prefix + secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """For secrets of many random bits only: those need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_of(session_token: str) -> str:
    """Derived, so that it need not be kept; whoever has it cannot go back to the session."""
    return hmac.new(session_token.encode(), b"csrf", hashlib.sha256).hexdigest()


def one_time_password() -> str:
    """To be read out or typed over: 79 bits, no letters that look alike."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def new_recovery_codes(count: int) -> list[str]:
    return ["-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3)) for _ in range(count)]


def recovery_hash(typed: str) -> str:
    """However it was typed: spaces, dashes and case do not count."""
    return hashed(re.sub(r"[\s\-]", "", typed.lower()))


def new_totp_secret() -> str:
    return pyotp.random_base32()


def totp_uri(secret: str, name: str, issuer: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def totp_step(secret: str, code: str, now: float) -> int | None:
    """The time step that this code belongs to, of the last, this and the next; None when it fits none."""
    typed = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", typed):
        return None
    totp, this = pyotp.TOTP(secret), int(now // 30)
    fitting = [step for step in (this - 1, this, this + 1) if hmac.compare_digest(totp.generate_otp(step), typed)]
    return fitting[0] if fitting else None
