"""Where one Asterisk keeps its files, and the secrets by which we speak to it."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

APPLICATION = "qingting"
SYSTEM = "qt"
"""System name: ids of incoming legs begin with it, `qt-1700000000.12`."""


@dataclass(frozen=True)
class Layout:
    """All below `<data>/asterisk`, absolute, made by `make()`."""

    root: Path
    secrets: Path

    @classmethod
    def of(cls, data: Path) -> Layout:
        data = data.absolute()
        return cls(data / "asterisk", data / "secrets")

    @property
    def etc(self) -> Path:
        return self.root / "etc"

    @property
    def lib(self) -> Path:
        return self.root / "lib"

    @property
    def spool(self) -> Path:
        return self.root / "spool"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def music(self) -> Path:
        return self.root / "music"

    @property
    def tunes(self) -> Path:
        """Music that people put there: `<tenant>/<class>/`, a folder of sound files each."""
        return self.root.parent / "music"

    @property
    def sounds(self) -> Path:
        """`fallback.wav` here is what callers hear while no application answers."""
        return self.root / "sounds"

    @property
    def run(self) -> Path:
        """The control socket stands here, and a socket's path has 108 characters: a deep one moves away."""
        run = self.root / "run"
        if len(str(run)) <= 90:
            return run
        name = hashlib.sha256(str(self.root).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"qingting-{os.getuid()}-{name}"

    @property
    def pid_file(self) -> Path:
        return self.run / "asterisk.pid"

    @property
    def conf(self) -> Path:
        return self.etc / "asterisk.conf"

    def make(self) -> None:
        for folder in (self.etc, self.lib, self.spool, self.log, self.music, self.sounds, self.run, self.secrets):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def secret(self, name: str) -> str:
        """Made on first use, readable by the owner only."""
        path = self.secrets / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w") as out:
                out.write(secrets.token_urlsafe(32))
        return path.read_text().strip()
