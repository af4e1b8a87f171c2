"""Makes machine code of the core (mypyc) and keeps it only if it decides as the sources do.

    python -m tools.compile        # some minutes of one processor, a C compiler and Python's headers

The tests of the core, replays of recorded journals and random worlds run on what was made; where one fails, it is
thrown away. `qingting.compiled` finds it from the next start on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from qingting import compiled

ROOT = Path(__file__).parents[1]
JUDGES = ("tests/unit/core", "tests/replay", "tests/property/test_core.py", "tests/property/test_core_walk.py")
BUILD = """
import sys
from mypyc.build import mypycify
from setuptools import setup
made = mypycify(sys.argv[1:], opt_level="2")
setup(name="core", packages=[], ext_modules=made, script_args=["build_ext", "--inplace"])
"""


def main() -> int:
    place = compiled.folder()
    if place.is_dir():
        print(f"there already: {place}")
        return 0
    compiler = shutil.which((sysconfig.get_config_var("CC") or "cc").split()[0]) or shutil.which("cc")
    if compiler is None or not Path(sysconfig.get_path("include"), "Python.h").exists():
        print("needs a C compiler and Python's headers: apt-get install gcc python3-dev", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder))
        shutil.rmtree(place.parent, ignore_errors=True)  # those of earlier sources
        shutil.copytree(made, place, ignore=shutil.ignore_patterns("__pycache__"))
    print("made; do the core's tests, replays and random worlds say the same?", flush=True)
    if subprocess.run([sys.executable, "-m", "pytest", "-q", "-n", "2", *JUDGES], cwd=ROOT).returncode:
        shutil.rmtree(place)
        print("it decides otherwise: thrown away", file=sys.stderr)
        return 1
    print(f"in use from the next start on: {place}")
    return 0


def make(folder: Path) -> Path:
    """What belongs in `compiled.folder()`."""
    sources = folder / "src" / "qingting"
    shutil.copytree(compiled.CORE.parent, sources, ignore=shutil.ignore_patterns("__pycache__"))
    (sources / "__init__.py").write_text("")
    here = sources.parent
    files = [str(it.relative_to(here)) for it in sorted((sources / "core").rglob("*.py")) if not left(it)]
    words = subprocess.run(
        [sys.executable, "-c", BUILD, *files],
        cwd=here,
        env={**os.environ, "CFLAGS": "-w"},
        capture_output=True,
        text=True,
    )
    if words.returncode:
        sys.exit(words.stdout[-4000:] + words.stderr[-4000:])
    made = folder / "made"
    shutil.copytree(sources / "core", made / "core")
    for shared in here.glob("*__mypyc*.so"):
        shutil.copy(shared, made)
    return made


def left(file: Path) -> bool:
    """Stays as it is. Packages' own files only gather names, by imports of all, which mypyc does not follow; the
    journal's codec reads the annotations of what is written down, which mypyc does not keep; timers' entries would be
    taken apart at each look."""
    return file.name in ("__init__.py", "values.py", "policy.py", "timers.py") or file.parent.name in (
        "commands",
        "events",
    )


if __name__ == "__main__":
    sys.exit(main())
