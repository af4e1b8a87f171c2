"""STUN and TURN: is the server there, what does it see of us, does it relay for whom we send to it?"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import socket
import struct
import time

from ..config import Config
from ..machine import resolved
from ..telephony import ice
from .check import Checks, fail, ok, warn

WAIT_S = 2.0
_COOKIE = 0x2112A442
_BIND, _ALLOCATE, _REFRESH = 0x0001, 0x0003, 0x0004
_FAILED = 0x0110
_USERNAME, _INTEGRITY, _ERROR, _LIFETIME, _RELAYED, _REALM, _NONCE, _TRANSPORT, _MAPPED = (
    *(0x0006, 0x0008, 0x0009, 0x000D, 0x0016, 0x0014, 0x0015, 0x0019, 0x0020),
)
_UDP = bytes([17, 0, 0, 0])


def stun(config: Config) -> Checks:
    voice = config.voice
    if not voice.enabled or not voice.stun:
        return
    try:
        with _Exchange(voice.stun) as exchange:
            seen = exchange.address(exchange.ask(_BIND)[1], _MAPPED)
    except OSError as e:
        mend = "check voice.stun (host:port) and that UDP may leave; without it remote browsers may hear nothing"
        yield warn("stun", f"{voice.stun} does not answer ({type(e).__name__})", mend)
        return
    external = resolved(voice.external_address) if voice.external_address else ""
    if external and external != seen:
        mend = "mend voice.external_address, unless calls leave another way than this"
        yield warn("stun", f"{voice.stun} sees us as {seen}, not as {external}", mend)
    else:
        yield ok("stun", f"{voice.stun} sees us as {seen}")


def turn(config: Config) -> Checks:
    voice, file = config.voice, ice.secret_file(config)
    if not voice.enabled or not voice.turn:
        return
    if not file.exists():
        mend = f"put what coturn has as static-auth-secret into {file}, readable by the owner only"
        yield fail("turn", "a TURN server, but no secret that we share with it", mend)
        return
    name, password = ice.credentials(file.read_text().strip(), time.time() + 60)
    try:
        with _Exchange(voice.turn) as exchange:
            relayed = exchange.allocate(name, password)
    except PermissionError as e:
        mend = "coturn needs use-auth-secret and the same static-auth-secret; both clocks must be right"
        yield fail("turn", f"{voice.turn} refuses our credentials ({e})", mend)
    except OSError as e:
        mend = "check voice.turn (host:port) and the server; browsers behind strict firewalls need it"
        yield warn("turn", f"{voice.turn} does not relay ({type(e).__name__}: {e})", mend)
    else:
        yield ok("turn", f"{voice.turn} relays for us at {relayed}")


Attributes = dict[int, bytes]


class _Exchange:
    """Requests of RFC 8489 and 8656 over one UDP socket, one at a time. All that goes wrong is an `OSError`."""

    def __init__(self, server: str) -> None:
        host, _, port = server.partition(":")
        address = socket.getaddrinfo(host, int(port or 3478), type=socket.SOCK_DGRAM)[0]
        self._socket = socket.socket(address[0], socket.SOCK_DGRAM)
        self._socket.settimeout(WAIT_S)
        self._socket.connect(address[4])
        self._transaction = b""

    def __enter__(self) -> _Exchange:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, kind: int, attributes: Attributes | None = None, key: bytes = b"") -> tuple[int, Attributes]:
        """Sent three times at most. With a `key` the request is signed."""
        self._transaction = secrets.token_bytes(12)
        body = b"".join(_packed(*it) for it in (attributes or {}).items())
        if key:
            head = struct.pack(">HHI", kind, len(body) + 24, _COOKIE) + self._transaction
            body += _packed(_INTEGRITY, hmac.new(key, head + body, hashlib.sha1).digest())
        request = struct.pack(">HHI", kind, len(body), _COOKIE) + self._transaction + body
        for left in (2, 1, 0):
            try:
                self._socket.send(request)
                answer = self._socket.recv(1500)
                break
            except TimeoutError:
                if not left:
                    raise
        if len(answer) < 20 or answer[8:20] != self._transaction:
            raise ConnectionError("not an answer to what was asked")
        return struct.unpack_from(">H", answer)[0], _read(answer[20:])

    def allocate(self, name: str, password: str) -> str:
        """The address at which it relays for us, given back at once. `PermissionError` when it refuses us."""
        kind, asked = self.ask(_ALLOCATE, {_TRANSPORT: _UDP})
        if kind & _FAILED != _FAILED or _REALM not in asked:
            raise ConnectionError("it asks for no credentials")
        who = {_USERNAME: name.encode(), _REALM: asked[_REALM], _NONCE: asked[_NONCE]}
        key = hashlib.md5(b":".join((who[_USERNAME], who[_REALM], password.encode())), usedforsecurity=False).digest()
        kind, given = self.ask(_ALLOCATE, {_TRANSPORT: _UDP, **who}, key)
        if kind & _FAILED == _FAILED:
            error = given.get(_ERROR, b"\0\0\0\0")
            words = f"{error[2]}{error[3]:02} {error[4:].decode(errors='replace')}"
            raise PermissionError(words) if error[2] == 4 else ConnectionError(words)
        self.ask(_REFRESH, {_LIFETIME: bytes(4), **who}, key)
        return self.address(given, _RELAYED)

    def address(self, attributes: Attributes, kind: int) -> str:
        value = attributes.get(kind, b"")
        if len(value) not in (8, 20):
            raise ConnectionError("an answer without an address")
        mask = struct.pack(">I", _COOKIE) + self._transaction
        return str(ipaddress.ip_address(bytes(a ^ b for a, b in zip(value[4:], mask, strict=False))))


def _packed(kind: int, value: bytes) -> bytes:
    return struct.pack(">HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _read(body: bytes) -> Attributes:
    attributes, at = {}, 0
    while at + 4 <= len(body):
        kind, size = struct.unpack_from(">HH", body, at)
        attributes[kind] = body[at + 4 : at + 4 + size]
        at += 4 + size + -size % 4
    return attributes
