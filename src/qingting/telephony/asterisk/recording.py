"""Is a recording's file finished? The engine writes a WAV's length when it closes it, and says so to nobody."""

from __future__ import annotations

import os
import struct
from pathlib import Path

HEADER = 44


def problem(path: str) -> str:
    """Empty when the file is there and closed, else why not."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(HEADER)
            size = os.fstat(file.fileno()).st_size
    except OSError as e:
        return f"{Path(path).name}: {e.strerror}"
    if len(head) < HEADER or head[:4] != b"RIFF":
        return f"{Path(path).name}: empty"
    (said,) = struct.unpack("<I", head[40:44])
    if said == 0 or HEADER + said > size:
        return f"{Path(path).name}: not closed"
    return ""
