"""One centre on one data folder: a lock that dies with its process.

`serve` holds it, `restore` takes it, `backup` needs none.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from .errors import Unavailable
from .files import private_folder

NAME = "qingting.lock"
UNFINISHED = ".restoring"
"""Stands in a data folder for as long as a restore is not complete."""


class DataLock:
    """Raises `Unavailable("data.in_use")` naming the process, or `Unavailable("data.restore_unfinished")`.

    >>> with DataLock(config.data): ...
    """

    def __init__(self, data: Path, *, restoring: bool = False) -> None:
        private_folder(data)
        self._file = os.open(data / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            pid = os.pread(self._file, 20, 0).decode(errors="replace").strip()
            os.close(self._file)
            raise Unavailable("data.in_use", f"process {pid or '?'} works on {data}: stop it first", pid=pid) from e
        if not restoring and (data / UNFINISHED).exists():
            os.close(self._file)
            words = f"a restore into {data} was interrupted: run it again before anything else"
            raise Unavailable("data.restore_unfinished", words)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> DataLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.release()


def holder(data: Path) -> int | None:
    """Process that works on this folder now, or None."""
    try:
        DataLock(data, restoring=True).release() if (data / NAME).exists() else None
    except Unavailable as e:
        return int(e.detail["pid"]) if str(e.detail.get("pid", "")).isdigit() else 0
    return None
