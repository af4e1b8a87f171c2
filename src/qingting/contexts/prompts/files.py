"""The recordings in use as files, where prompts are looked for: `<folder>/<tenant>/<prompt>.<language>.wav`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def path(folder: Path, tenant: str, prompt: str, language: str) -> Path:
    return folder / tenant / f"{prompt}.{language}.wav"


def put(file: Path, wav: bytes | None) -> None:
    """Whole or not at all; who hears the one before hears it to its end. None: away with it. Blocking."""
    if wav is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(wav)
            os.fchmod(out.fileno(), 0o644)
        os.replace(draft, file)
    except BaseException:
        os.unlink(draft)
        raise


def same(file: Path, wav: bytes) -> bool:
    try:
        return file.stat().st_size == len(wav) and file.read_bytes() == wav
    except FileNotFoundError:
        return False
