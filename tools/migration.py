"""Write the next migration by comparing an upgraded, empty SQLite database with the tables in the code."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from qingting import migrate

VERSIONS = Path(__file__).parents[1] / "migrations" / "versions"


def main(words: str) -> int:
    before = set(VERSIONS.glob("[0-9]*.py"))
    number = f"{len(before) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/empty.db"
        if before:
            migrate.upgrade(url)
        migrate.write_revision(url, words, number)
    for file in set(VERSIONS.glob("*.py")) - before:
        for tool in (["format", "-q"], ["check", "--fix", "-q"]):
            subprocess.run([sys.executable, "-m", "ruff", *tool, str(file)], check=True)
        print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
