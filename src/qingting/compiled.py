"""The core as machine code, where `make compiled` has made it: the same files, the same decisions, a third cheaper.

It stands in the Python environment, below the digest of the very sources and interpreter that it was made for: after
any change nobody finds it, and the sources are interpreted until it is made again. `QINGTING_CORE=source` in the
environment leaves it aside.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path

CORE = Path(__file__).with_name("core")
_SHELF = Path(sys.prefix) / "share" / "qingting" / "core"
_SUFFIX = importlib.machinery.EXTENSION_SUFFIXES[0]


def folder() -> Path:
    """Where machine code of the sources as they are now belongs: modules as in `core`, what they share beside."""
    digest = hashlib.sha256(f"{_SUFFIX} {sys.version}".encode())
    for file in sorted(CORE.rglob("*.py")):
        digest.update(f"\0{file.relative_to(CORE)}\0".encode() + file.read_bytes())
    return _SHELF / digest.hexdigest()[:16]


def use() -> bool:
    """Whether the core will be machine code; to be asked before any of it is imported."""
    if not _SHELF.is_dir() or os.environ.get("QINGTING_CORE") == "source":
        return False
    found = folder()
    if not found.is_dir():
        return False
    for shared in found.glob(f"*__mypyc{_SUFFIX}"):
        name = shared.name.removesuffix(_SUFFIX)
        spec = importlib.util.spec_from_file_location(name, shared)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    importlib.import_module("qingting.core").__path__.insert(0, str(found / "core"))
    return True
