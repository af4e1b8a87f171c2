"""Master keys outside the database, and what is sealed under them.

Each master key is a file of 32 bytes, `master-<id>.key`, readable by its owner only, in a directory that is
readable by its owner only. The newest seals, all of them open: after `rotate()` what was sealed before stays
readable. Sealed text is `v1.<key id>.<base64url of nonce + AES-256-GCM ciphertext>`; version, key id and
purpose are associated data, so that what was sealed for one purpose cannot be passed off as another.

Whoever loses these files loses what was sealed: `escrow_export` packs them under a passphrase, to be kept
elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import re
import secrets
import stat
import threading
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from .errors import Invalid, Refused
from .files import private_folder, write_private

_KEY_FILE = re.compile(r"master-(\d{4}-[0-9a-f]{8})\.key")
_KEY_ID = re.compile(r"\d{4}-[0-9a-f]{8}")
_ESCROW_MAGIC = b"QTESCROW1"
_ESCROW_LOG2N = 17
"""scrypt cost: 128 MiB and some tenths of a second for each guess."""
_ESCROW_MOST = 1 << 20
PASSPHRASE_LEAST = 12


class Vault:
    """Safe to share between threads. Several processes may use one directory: new keys are taken up."""

    def __init__(self, directory: Path) -> None:
        """Makes directory and first key when there is none.

        Raises `Invalid("vault.key_exposed" | "vault.key_bad")`, naming the file.
        """
        self.directory = Path(directory)
        self._lock = threading.Lock()
        self._keys: dict[str, AESGCM] = {}
        self._seen = 0
        """Of the directory, when it was last read."""
        private_folder(self.directory)
        _only_ours(self.directory)
        self._load()
        if not self._keys:
            self.rotate()

    @property
    def key_ids(self) -> list[str]:
        """Oldest first; the last one seals."""
        with self._lock:
            return sorted(self._keys)

    def rotate(self) -> str:
        """Make a new master key, durable on return; it seals from now on. Returns its id."""
        self._load()
        with self._lock:
            number = max((int(key.split("-")[0]) for key in self._keys), default=0) + 1
            key = f"{number:04d}-{secrets.token_hex(4)}"
            self._keep(key, AESGCM.generate_key(bit_length=256))
        return key

    def seal(self, plain: bytes, purpose: str) -> str:
        if self.directory.stat().st_mtime_ns != self._seen:
            self._load()
        key = self.key_ids[-1]
        nonce = os.urandom(12)
        box = nonce + self._keys[key].encrypt(nonce, plain, _associated(key, purpose))
        return f"v1.{key}.{_text(box)}"

    def open(self, sealed: str, purpose: str) -> bytes:
        """Raises `Invalid("vault.sealed_wrong")`, or `Invalid("vault.key_missing")` naming the key that it needs."""
        version, _, rest = sealed.partition(".")
        key, _, text = rest.partition(".")
        if version != "v1" or not _KEY_ID.fullmatch(key):
            raise Invalid("vault.sealed_wrong", "this is nothing that was sealed here")
        if key not in self._keys:
            self._load()
        if key not in self._keys:
            raise Invalid("vault.key_missing", f"sealed under key {key}, which is not in {self.directory}", key=key)
        try:
            box = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if _text(box) != text:
                raise ValueError("another spelling of the same bytes")
            return self._keys[key].decrypt(box[:12], box[12:], _associated(key, purpose))
        except (InvalidTag, binascii.Error, ValueError) as e:
            raise Invalid("vault.sealed_wrong", "sealed for another purpose, or changed since") from e

    def digest(self, text: str, purpose: str) -> str:
        """32 hexadecimal digits, the same for the same text and purpose, telling nothing of it without our keys.

        Under the oldest key, so that it stays the same after `rotate()`.
        """
        raw = _key_path(self.directory, self.key_ids[0]).read_bytes()
        key = hashlib.blake2b(purpose.encode(), key=raw).digest()
        return hashlib.blake2b(text.encode(), key=key, digest_size=16).hexdigest()

    def escrow_export(self, passphrase: str) -> bytes:
        """All keys, under a passphrase of at least 12 characters. Takes tenths of a second."""
        if len(passphrase) < PASSPHRASE_LEAST:
            raise Invalid("vault.passphrase_weak", f"at least {PASSPHRASE_LEAST} characters")
        self._load()
        keys = {key: _key_path(self.directory, key).read_bytes().hex() for key in self.key_ids}
        header = _ESCROW_MAGIC + bytes([_ESCROW_LOG2N]) + os.urandom(16)
        nonce = os.urandom(12)
        lock = AESGCM(_stretch(passphrase, header))
        return header + nonce + lock.encrypt(nonce, json.dumps(keys).encode(), header)

    def escrow_import(self, packed: bytes, passphrase: str) -> list[str]:
        """Take keys back; returns the ids that were not here yet.

        Raises `Invalid("vault.escrow_wrong")` for a wrong passphrase or a damaged file,
        `Refused("vault.key_conflict")` when a key of the same id but other content is here; then nothing changes.
        """
        keys = _unpack_escrow(packed, passphrase)
        self._load()
        with self._lock:
            new = sorted(key for key in keys if key not in self._keys)
            for key in keys:
                if key not in new and _key_path(self.directory, key).read_bytes() != keys[key]:
                    raise Refused("vault.key_conflict", f"another key {key} is here already", key=key)
            for key in new:
                self._keep(key, keys[key])
        return new

    def _keep(self, key: str, raw: bytes) -> None:
        write_private(_key_path(self.directory, key), raw)
        self._keys[key] = AESGCM(raw)

    def _load(self) -> None:
        found: dict[str, AESGCM] = {}
        seen = self.directory.stat().st_mtime_ns
        for path in self.directory.iterdir():
            if not (named := _KEY_FILE.fullmatch(path.name)):
                continue
            _only_ours(path)
            raw = path.read_bytes()
            if len(raw) != 32:
                raise Invalid("vault.key_bad", f"{path} is not a key of 32 bytes", path=str(path))
            found[named[1]] = AESGCM(raw)
        with self._lock:
            self._keys.update(found)
            self._seen = seen


def _text(box: bytes) -> str:
    return base64.urlsafe_b64encode(box).decode().rstrip("=")


def _key_path(directory: Path, key: str) -> Path:
    return directory / f"master-{key}.key"


def _associated(key: str, purpose: str) -> bytes:
    return f"v1|{key}|{purpose}".encode()


def _only_ours(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise Invalid(
            "vault.key_exposed",
            f"{path} is open to others (mode {mode:o}): chmod go= {path}, and rotate the keys if others were here",
            path=str(path),
        )


def _stretch(passphrase: str, header: bytes) -> bytes:
    cost, salt = header[len(_ESCROW_MAGIC)], header[len(_ESCROW_MAGIC) + 1 :]
    return Scrypt(salt=salt, length=32, n=1 << cost, r=8, p=1).derive(passphrase.encode())


def _unpack_escrow(packed: bytes, passphrase: str) -> dict[str, bytes]:
    wrong = Invalid("vault.escrow_wrong", "the passphrase is wrong or the file is damaged")
    size = len(_ESCROW_MAGIC) + 17
    header, nonce, box = packed[:size], packed[size : size + 12], packed[size + 12 :]
    if not header.startswith(_ESCROW_MAGIC) or len(packed) > _ESCROW_MOST or len(box) < 16:
        raise wrong
    if not 14 <= header[len(_ESCROW_MAGIC)] <= 20:
        raise wrong
    try:
        keys = json.loads(AESGCM(_stretch(passphrase, header)).decrypt(nonce, box, header))
    except InvalidTag as e:
        raise wrong from e
    unpacked = {key: bytes.fromhex(raw) for key, raw in keys.items()}
    if not all(_KEY_ID.fullmatch(key) and len(raw) == 32 for key, raw in unpacked.items()):
        raise wrong
    return unpacked
