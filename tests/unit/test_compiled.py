"""Who finds the compiled core, and when. A marked copy of the sources stands for machine code; `make compiled` makes
the real one, and judges it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
MOST = "from qingting.core.decisions.relaxing import MOST; print(MOST)"


def ask(prefix: Path, src: Path, words: str, **env: str) -> str:
    code = f"import sys; sys.prefix = {str(prefix)!r}; {words}"
    env = {**os.environ, "QINGTING_CORE": "", "PYTHONPATH": str(src), "PYTHONDONTWRITEBYTECODE": "1", **env}
    return subprocess.run(
        [sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    src = tmp_path / "src"
    for name in ("__init__.py", "compiled.py", "errors.py", "core"):
        whence, where = SRC / "qingting" / name, src / "qingting" / name
        where.parent.mkdir(exist_ok=True, parents=True)
        if whence.is_dir():
            shutil.copytree(whence, where, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(whence, where)
    return src


def test_it_is_found_by_the_very_sources_it_was_made_of(tmp_path: Path, sources: Path) -> None:
    true = ask(tmp_path, sources, MOST)
    made = Path(ask(tmp_path, sources, "from qingting import compiled; print(compiled.folder())"))
    shutil.copytree(sources / "qingting" / "core", made / "core")
    (made / "core" / "decisions" / "relaxing.py").write_text("MOST = 'made'\n")
    assert ask(tmp_path, sources, MOST) == "made"
    assert ask(tmp_path, sources, "import qingting; print(qingting.CORE_IS_COMPILED)") == "True"
    assert ask(tmp_path, sources, MOST, QINGTING_CORE="source") == true
    with (sources / "qingting" / "core" / "timers.py").open("a") as timers:
        timers.write("# changed\n")
    assert ask(tmp_path, sources, MOST) == true, "made of other sources"
