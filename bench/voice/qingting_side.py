"""Qingting on its Asterisk, driven as a process of its own (`centre.py`)."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import cpu, load
from .side import Ports, settle


class QingtingSide:
    """Up when `wait` returns, with nobody at work until `ready`."""

    def __init__(self, data: Path, runtime: Path, prompts: Path, ports: Ports, agents: int) -> None:
        data.mkdir(mode=0o700, parents=True)
        (data / "prompts").symlink_to(prompts)
        self._records = data / "records.db"
        argv = [sys.executable, "-m", "bench.voice.centre", "--data", str(data), "--runtime", str(runtime)]
        argv += ["--agents", str(agents), "--voice", json.dumps(asdict(ports.engine))]
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._agents = agents
        self._phones: list[tuple[str, str]] = []
        self._engine = 0

    def wait(self) -> None:
        told = self._told()
        self._phones = [(name, secret) for name, secret in told["phones"]]
        self._engine = told["engine"]

    def ready(self, phones: load.Phones) -> None:
        phones.register(self._phones)
        phones.answer()
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        available = int(self._told()["available"])
        if available != self._agents:
            raise RuntimeError(f"{available} of {self._agents} agents are available")
        settle(self.books)

    def books(self) -> tuple[float, float]:
        return cpu.of(self._engine), cpu.of_tree(self._process.pid, self._engine)

    def channels_recorded(self) -> int:
        """Sealed, both channels of each; waits some seconds until nothing is left to seal."""
        ready = 0
        for _ in range(30):
            with closing(sqlite3.connect(f"file:{self._records}?mode=ro", uri=True)) as records:
                states = dict(records.execute("SELECT state, count(*) FROM recordings GROUP BY state").fetchall())
            ready = states.get("ready", 0)
            if ready == sum(states.values()):
                break
            time.sleep(0.2)
        return 2 * ready

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _told(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the centre ended before it was ready")
        found: dict[str, Any] = json.loads(line)
        return found
