"""Self-service under load, on the sample flow of a telecommunications company.

    python -m bench.flow --json

`dialogues_in_parallel` in `memory_mib`: 10,000 callers in the middle of the flow in one process (`parallel.py`).
`voice_dialogues`: callers on the telephone at once, with prompts played, keys pressed and another system asked, and
how many `gaps` they heard in prompts. `key_to_prompt_p99_ms`: from the end of a key's tone to the first packet of
what follows. `setup_per_s`: short dialogues begun and ended at that rate, none lost. Callers, engine and application
share the machine's processors.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvloop

from bench.voice import cpu
from bench.voice.side import Ports

from .callers import Caller, call

ROOT = Path(__file__).parents[2]
NUMBER = "10081"
WALK = ("1", "2", "*")
"""Mandarin, packages, and their list again and again."""
RAMP_PER_S = 30.0
MET = {"dialogues": 10_000, "memory_mib": 200.0, "voice": 300, "setup_per_s": 30.0, "key_to_prompt_p99_ms": 250.0}


class Centre:
    def __init__(self, folder: Path, ports: Ports) -> None:
        argv = [sys.executable, "-m", "bench.flow.centre", "--data", str(folder / "data")]
        argv += ["--runtime", str(ROOT / ".runtime"), "--voice", json.dumps(asdict(ports.engine))]
        (folder / "data").mkdir(mode=0o700)
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the centre ended before it was ready")
        self._engine = int(json.loads(line)["engine"])

    def books(self) -> tuple[float, float]:
        """CPU seconds so far: (engine, Python)."""
        return cpu.of(self._engine), cpu.of_tree(self._process.pid, self._engine)

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def percentile(values: list[float], share: float) -> float | None:
    values = sorted(values)
    return round(values[min(len(values) - 1, int(len(values) * share))] * 1000, 1) if values else None


async def at_once(folder: Path, ports: Ports, centre: Centre, count: int, hold_s: float) -> dict[str, Any]:
    before, began = centre.books(), time.monotonic()
    callers, ended = await call(
        folder, f"127.0.0.1:{ports.engine.sip_port}", NUMBER,
        port=ports.callers, count=count, rate=RAMP_PER_S, hold_s=count / RAMP_PER_S + hold_s, keys=WALK,
    )  # fmt: skip
    seconds, after = time.monotonic() - began, centre.books()
    answers = [each for caller in callers for each in caller.answers_s]
    return {
        "voice_dialogues": min(ended, sum(1 for caller in callers if caller.answers_s)),
        "gaps": sum(caller.gaps for caller in callers),
        "packets": sum(caller.packets for caller in callers),
        "keys": len(answers),
        "key_to_prompt_p50_ms": percentile(answers, 0.5),
        "key_to_prompt_p99_ms": percentile(answers, 0.99),
        "engine_cpu_percent": round((after[0] - before[0]) / seconds * 100),
        "python_cpu_percent": round((after[1] - before[1]) / seconds * 100),
    }


async def short(folder: Path, ports: Ports, rate: float, seconds: float) -> dict[str, Any]:
    count = int(rate * seconds)
    began = time.monotonic()
    callers, ended = await call(
        folder, f"127.0.0.1:{ports.engine.sip_port}", NUMBER,
        port=ports.callers + 1, count=count, rate=rate, hold_s=2.0, keys=("1",),
    )  # fmt: skip
    took = time.monotonic() - began - 2.0
    heard: list[Caller] = [caller for caller in callers if caller.packets]
    return {
        "setup_per_s": round(min(ended, len(heard)) / max(took, seconds), 1),
        "setup_lost": count - min(ended, len(heard)),
    }


async def measure(folder: Path, calls: int, hold_s: float) -> dict[str, Any]:
    ports = Ports(14000)
    centre = Centre(folder, ports)
    try:
        found = await short(folder, ports, 32.0, 6.5)
        await asyncio.sleep(1.0)
        return found | await at_once(folder, ports, centre, calls, hold_s)
    finally:
        centre.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="only the result, as one line")
    parser.add_argument("--calls", type=int, default=310)
    parser.add_argument("--hold", type=float, default=7.0, help="seconds that all are there at once")
    parser.add_argument("--dialogues", type=int, default=10_000)
    args = parser.parse_args()
    began, load = time.perf_counter(), os.getloadavg()[0]
    argv = [sys.executable, "-m", "bench.flow.parallel", "--count", str(args.dialogues)]
    memory = json.loads(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
    gc.disable()  # or a packet that was heard in time would be looked at late
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = {"bench": "flow", **memory, **runner.run(measure(Path(folder), args.calls, args.hold))}
    result["load_before"], result["seconds"] = round(load, 1), round(time.perf_counter() - began, 1)
    p99 = result["key_to_prompt_p99_ms"]
    result["met"] = {
        "memory": result["dialogues_in_parallel"] >= MET["dialogues"] and result["memory_mib"] <= MET["memory_mib"],
        "voice": result["voice_dialogues"] >= MET["voice"] and result["gaps"] == 0,
        "setup": result["setup_per_s"] >= MET["setup_per_s"] and result["setup_lost"] == 0,
        "key_to_prompt": p99 is not None and p99 <= MET["key_to_prompt_p99_ms"],
    }
    print(json.dumps(result) if args.json else json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
