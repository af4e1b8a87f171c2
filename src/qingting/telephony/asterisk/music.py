"""What waiting callers hear: classes of music, one for each folder `data/music/<tenant>/<class>/`, and a default.

Folders are looked at again now and then, so that a tune that somebody puts there is heard without a restart.
"""

from __future__ import annotations

import hashlib
import time
import wave
from pathlib import Path

import structlog

from . import calm
from .layout import Layout

log = structlog.get_logger(__name__)

DEFAULT = "default"
LOOK_AGAIN_S = 30.0
_RAW = frozenset({".alaw", ".al", ".ulaw", ".ul", ".pcm", ".gsm"})


class Music:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._classes: dict[str, str] = {}
        """`<tenant>/<class>` -> the engine's name for it."""
        self._looked = float("-inf")
        self._complained: set[str] = set()

    def engine_class(self, name: str) -> str:
        """The engine's name of a class; of the default, and a word in the log, for one that is not there."""
        found = self._classes.get(name)
        if found is None and name:
            self._complain(name, "no such music: the default is played")
        return found or DEFAULT

    def is_stale(self) -> bool:
        """Whether somebody should `refresh` before the next class is asked for."""
        return time.monotonic() - self._looked > LOOK_AGAIN_S

    def refresh(self) -> bool:
        """Look at the folders and write what the engine reads; true when it has to read it again. Blocks."""
        self._looked = time.monotonic()
        if not (self._layout.music / "calm.wav").exists():
            calm.write(self._layout.music / "calm.wav")
        self._classes, text = {}, _section(DEFAULT, self._layout.music)
        for folder in sorted(self._layout.tunes.glob("*/*/")):
            name = f"{folder.parent.name}/{folder.name}"
            if self._has_sound(name, folder):
                engine_name = "m" + hashlib.sha256(name.encode()).hexdigest()[:16]
                self._classes[name] = engine_name
                text += _section(engine_name, folder)
        written = self._layout.etc / "musiconhold.conf"
        if written.exists() and written.read_text() == text:
            return False
        new = written.with_suffix(".new")
        new.write_text(text)
        new.replace(written)
        return True

    def _has_sound(self, name: str, folder: Path) -> bool:
        files = [it for it in sorted(folder.iterdir()) if it.is_file() and not it.name.startswith(".")]
        good = [it for it in files if it.suffix in _RAW or (it.suffix == ".wav" and _is_telephone_sound(it))]
        for bad in [it for it in files if it not in good]:
            self._complain(f"{name}/{bad.name}", "not played: a WAV must be 8 kHz, 16 bit, mono")
        return bool(good)

    def _complain(self, what: str, why: str) -> None:
        """Once for each."""
        if what not in self._complained:
            self._complained.add(what)
            log.warning("music.unknown", music=what, why=why)


def _section(name: str, folder: Path) -> str:
    """The stamp makes the text another one when files come or go: the engine reads folders only when told."""
    stamp = int(folder.stat().st_mtime_ns)
    return f"[{name}]\nmode=files\ndirectory={folder.absolute()}\nsort=alpha\n; {stamp}\n\n"


def _is_telephone_sound(path: Path) -> bool:
    try:
        with wave.open(str(path), "rb") as sound:
            return (sound.getframerate(), sound.getsampwidth(), sound.getnchannels()) == (8000, 2, 1)
    except (OSError, EOFError, wave.Error):
        return False
