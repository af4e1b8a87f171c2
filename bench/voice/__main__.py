"""Calls through Qingting and through app_queue, on one machine, one after the other, with the same load.

    python -m bench.voice --json                # 500 agents, 100 calls/s for 8 s, each held for 2 s
    python -m bench.voice --json --promise      # for 60 s
    python -m bench.voice --json --no-browser   # without `audio_after_answer_ms`

Signalling: callers come by trunk (sipp), agents' phones answer at once (sipp); `p50_ms`, `p99_ms` are from the
caller's INVITE to the agent leg's 200. CPU time is what the kernel booked for the engine and for Python (all
of the centre's processes), per call. `audio` are pairs apart from that, talking, recorded by both sides.
`audio_after_answer_ms`: `answering.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from qingting.telephony.asterisk.provision import provision

from .answering import Answering
from .app_queue_side import AppQueueSide
from .qingting_side import QingtingSide
from .side import HOLD_S, Ports, Side, speak

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / ".runtime"
ANSWERED = 10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--promise", action="store_true")
    parser.add_argument("--no-browser", action="store_true", help="without audio_after_answer_ms")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", type=Path, help="leave logs here")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whoever has no patience leaves no Asterisk behind
    calls = int((arguments.seconds or (60.0 if arguments.promise else 8.0)) * arguments.rate)
    provision(RUNTIME, say)
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="qtvoice-"))
    try:
        figures = run(folder, arguments.agents, arguments.rate, calls, browser=not arguments.no_browser)
    finally:
        if arguments.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(figures))
    return 0


def run(folder: Path, agents: int, rate: float, calls: int, *, browser: bool) -> dict[str, Any]:
    """All is set up at once where that disturbs nobody; whatever is measured has the machine to itself."""
    began = time.monotonic()
    figures: dict[str, Any] = {"agents": agents, "rate": rate, "hold_s": HOLD_S}
    figures["load_before"] = round(os.getloadavg()[0], 1)  # beyond 1, figures tell more of others than of us
    prompts = RUNTIME / "bench-prompts"  # what they say is spoken once in a centre's life, not once a call
    prompts.mkdir(exist_ok=True)
    for name in ("pages", "qingting", "app_queue"):
        (folder / name).mkdir(parents=True)
    speech = speak(folder / "speech.alaw")
    with ExitStack() as running:
        ours = QingtingSide(folder / "qingting" / "data", RUNTIME, prompts, Ports(10000), agents)
        running.callback(ours.stop)
        if browser:
            answering = Answering(folder / "pages", prompts)
            running.callback(answering.stop)
        ours.wait()
        stamp(began, "set up")
        if browser:
            figures["audio_after_answer_ms"] = answering.measure(ANSWERED)
            answering.stop()
            stamp(began, f"answered: {figures['audio_after_answer_ms']}")
        figures["qingting"] = Side(folder / "qingting", Ports(10000), ours).measure(calls, rate, speech)
        ours.stop()
        stamp(began, f"qingting: {figures['qingting']}")
        theirs = AppQueueSide(folder / "app_queue" / "data", RUNTIME, Ports(20000), agents)
        running.callback(theirs.stop)
        figures["app_queue"] = Side(folder / "app_queue", Ports(20000), theirs).measure(calls, rate, speech)
        stamp(began, f"app_queue: {figures['app_queue']}")
    figures["seconds"] = round(time.monotonic() - began, 1)
    figures["met"] = met(figures["qingting"], figures["app_queue"])
    return figures


def met(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, bool]:
    def spent(side: dict[str, Any]) -> float:
        return float(side["engine_cpu_ms_per_call"] + side["python_cpu_ms_per_call"])

    return {
        "none_lost": ours["lost"] == 0,
        "p99": (ours["p99_ms"] or 1e9) <= (theirs["p99_ms"] or 0) + 25,
        "cpu": spent(ours) <= spent(theirs),
    }


def stamp(began: float, words: str) -> None:
    say(f"{time.monotonic() - began:5.1f} s  {words}")


def say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
