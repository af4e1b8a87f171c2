"""How often each source was given something lately: a small file, so that a restart forgives nobody.

Sources stand in it as keyed hashes. A line is appended each time and the whole is written anew now
and then; a lost last line costs one count, so nothing is synced.
"""

from __future__ import annotations

import hashlib
import sys
from collections import deque
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


class Issued:
    """Counts within `window_s`. Without a `file` they live as long as the process."""

    def __init__(self, window_s: float, key: bytes, file: Path | None = None) -> None:
        self._window_s = window_s
        self._key = key
        self._file = file
        self._all: deque[float] = deque()
        self._by_source: dict[str, deque[float]] = {}
        self._lines = 0
        if file is not None:
            self._read(file)

    def add(self, source: str, now: float) -> None:
        hashed = self._hashed(source)
        self._count(hashed, now)
        if self._file is None:
            return
        try:
            if self._lines > 2 * len(self._all) + 100:
                self._rewrite(self._file)
            else:
                with self._file.open("a", encoding="ascii") as out:
                    out.write(f"{now:.0f} {hashed}\n")
                self._lines += 1
        except OSError as error:  # it still counts, until the next restart
            log.warning("issued.not_counted_on_disk", why=error.strerror)

    def take_back(self, source: str) -> None:
        """The last one came to nothing; only the file keeps it, until it is written anew."""
        times = self._by_source[self._hashed(source)]
        self._all.remove(times.pop())

    def of(self, source: str, since: float) -> int:
        return sum(1 for at in self._by_source.get(self._hashed(source), ()) if at > since)

    def in_all(self, since: float) -> int:
        count = 0
        for at in reversed(self._all):
            if at <= since:
                break
            count += 1
        return count

    def forget(self, now: float) -> None:
        """What is older than the window."""
        before = now - self._window_s
        while self._all and self._all[0] <= before:
            self._all.popleft()
        for source, times in list(self._by_source.items()):
            while times and times[0] <= before:
                times.popleft()
            if not times:
                del self._by_source[source]

    def _count(self, hashed: str, at: float) -> None:
        self._all.append(at)
        self._by_source.setdefault(hashed, deque()).append(at)

    def _hashed(self, source: str) -> str:
        return hashlib.blake2b(source.encode("utf-8", "surrogatepass"), key=self._key, digest_size=12).hexdigest()

    def _read(self, file: Path) -> None:
        try:
            lines = file.read_text(encoding="ascii", errors="replace").splitlines() if file.exists() else []
        except OSError as error:
            log.warning("issued.counts_unreadable", why=error.strerror)
            return
        for line in sorted(lines):
            at, _, hashed = line.partition(" ")
            if at.isdigit() and len(at) == 10 and len(hashed) == 24:  # one cut short by a crash is none
                self._count(hashed, float(at))
        self._lines = len(lines)
        if self._lines != len(self._all):
            self._lines = sys.maxsize  # so that the next one does not go on in the middle of a line

    def _rewrite(self, file: Path) -> None:
        lines = sorted((at, source) for source, times in self._by_source.items() for at in times)
        fresh = file.with_name(file.name + ".partial")
        fresh.write_text("".join(f"{at:.0f} {source}\n" for at, source in lines), encoding="ascii")
        fresh.chmod(0o600)
        fresh.replace(file)
        self._lines = len(lines)
