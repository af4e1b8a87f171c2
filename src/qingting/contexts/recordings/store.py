"""An encrypted file that can be read from any place.

    magic (8) | chunk size (u32) | length (u16) of the sealed data key | sealed data key | chunk 0 | chunk 1 | …

Each file has a data key of its own, sealed by the vault: with the master keys and this file alone it can be
opened, without them not at all. Each chunk is AES-256-GCM over `chunk size` bytes (the last: what is left),
nonce = chunk number and a flag for the last one, associated data = header and the file's name. So chunks
cannot be changed, swapped, taken from another file, left out or cut off (the STREAM construction of
Hoang, Reyhanitabar, Rogaway and Vizár, as in age and Tink). A data key never writes twice.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ...errors import Refused
from ...files import private_folder, sync_folder
from ...vault import Vault

MAGIC = b"QTREC1\r\n"
CHUNK = 64 * 1024
TAG = 16
_FIXED = struct.Struct(">8sIH")


def write(path: Path, pieces: Iterable[bytes], vault: Vault, name: str) -> int:
    """Durable on return, or not there at all; takes the place of an older one. Returns the bytes of plain text."""
    raw = AESGCM.generate_key(bit_length=256)
    lock = AESGCM(raw)
    sealed = vault.seal(raw, f"recording:{name}").encode()
    header = _FIXED.pack(MAGIC, CHUNK, len(sealed)) + sealed
    associated = header + name.encode()
    private_folder(path.parent)
    partial = path.with_name(path.name + ".partial")
    waiting, number, size = bytearray(), 0, 0
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(header)
        for piece in pieces:
            size += len(piece)
            waiting += piece
            while len(waiting) > CHUNK:
                file.write(lock.encrypt(_nonce(number, last=False), bytes(waiting[:CHUNK]), associated))
                del waiting[:CHUNK]
                number += 1
        file.write(lock.encrypt(_nonce(number, last=True), bytes(waiting), associated))
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
    sync_folder(path.parent)
    return size


class Reader:
    """Reads any stretch, decrypting only the chunks that it touches. Safe to share between threads.

    Raises `Refused("recording.damaged")` on opening when the end is not the end that was written, on reading
    when a chunk is not what was written there; `Refused("recording.gone")` when there is no file;
    `Invalid("vault.key_missing")` without the master key.
    """

    def __init__(self, path: Path, vault: Vault, name: str) -> None:
        try:
            self._file = os.open(path, os.O_RDONLY)
        except FileNotFoundError as e:
            raise Refused("recording.gone", f"the file of recording {name} is not there") from e
        try:
            self._open(vault, name)
        except BaseException:
            os.close(self._file)
            raise

    def _open(self, vault: Vault, name: str) -> None:
        self._name = name
        fixed = os.pread(self._file, _FIXED.size, 0)
        if len(fixed) < _FIXED.size:
            raise self._damaged()
        magic, self._chunk, key_length = _FIXED.unpack(fixed)
        if magic != MAGIC or not 1024 <= self._chunk <= 1 << 24:
            raise self._damaged()
        sealed = os.pread(self._file, key_length, _FIXED.size)
        try:
            self._lock = AESGCM(vault.open(sealed.decode("ascii", "replace"), f"recording:{name}"))
        except ValueError as e:
            raise self._damaged() from e
        self._associated = fixed + sealed + name.encode()
        self._start = len(fixed) + len(sealed)
        body = os.fstat(self._file).st_size - self._start
        self._last, tail = divmod(body, self._chunk + TAG)
        if tail == 0:
            self._last, tail = self._last - 1, self._chunk + TAG
        if self._last < 0 or tail < TAG:
            raise self._damaged()
        self.size = self._last * self._chunk + tail - TAG
        self._read_chunk(self._last)

    def read(self, offset: int, length: int) -> bytes:
        """Bytes of plain text; fewer at the end."""
        end = min(offset + length, self.size)
        if offset >= end:
            return b""
        first, last = offset // self._chunk, (end - 1) // self._chunk
        plain = b"".join(self._read_chunk(number) for number in range(first, last + 1))
        return plain[offset - first * self._chunk : end - first * self._chunk]

    def _read_chunk(self, number: int) -> bytes:
        box = os.pread(self._file, self._chunk + TAG, self._start + number * (self._chunk + TAG))
        try:
            return self._lock.decrypt(_nonce(number, last=number == self._last), box, self._associated)
        except InvalidTag as e:
            raise self._damaged() from e

    def _damaged(self) -> Refused:
        return Refused("recording.damaged", f"the file of recording {self._name} was changed or cut short")

    def close(self) -> None:
        os.close(self._file)

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
