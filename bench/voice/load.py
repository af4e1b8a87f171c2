"""sipp as callers by trunk and as agents' phones; who was connected, and how long after the INVITE."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SCENARIOS = Path(__file__).parent / "sipp"
SPEAK = '<action><exec rtp_stream="{file},-1,8"/></action>'


@dataclass(frozen=True)
class Outcome:
    calls: int
    lost: int
    """Callers that no agent's phone answered, or whose call did not end as it should."""
    waits_ms: list[float]
    """From the caller's INVITE to the agent leg's 200, sorted."""


class Phones:
    """All agents' phones, on one port."""

    def __init__(self, folder: Path, server: str, port: int, media_port: int, speech: Path | None = None) -> None:
        self.folder, self.server, self.port, self.media_port = folder, server, port, media_port
        self.log = folder / "agents.log"
        self.scenario = _scenario(folder, "agent", speech)
        self._running: subprocess.Popen[bytes] | None = None

    def register(self, phones: Sequence[tuple[str, str]]) -> None:
        listing = self.folder / "phones.csv"
        listing.write_text("SEQUENTIAL\n" + "".join(map(_credential, phones)))
        argv = [*_sipp(self.folder, SCENARIOS / "register.xml", self.port), "-inf", str(listing)]
        argv += ["-m", str(len(phones)), "-r", "500", "-timeout", "30s", "-timeout_error", self.server]
        done = subprocess.run(argv, capture_output=True, text=True, cwd=self.folder, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"phones were not registered: {done.stdout[-400:]} {done.stderr[-400:]}")

    def answer(self) -> None:
        argv = [
            *_sipp(self.folder, self.scenario, self.port),
            "-aa",
            "-trace_logs",
            "-log_file",
            str(self.log),
            "-log_overwrite",
            "false",
        ]
        argv += ["-mp", str(self.media_port), self.server]
        quiet = subprocess.DEVNULL
        self._running = subprocess.Popen(argv, cwd=self.folder, stdin=quiet, stdout=quiet, stderr=quiet)

    def stop(self) -> None:
        if self._running is not None:
            self._running.terminate()
            self._running.wait()


def call(
    folder: Path,
    server: str,
    dialled: str,
    *,
    port: int,
    media_port: int,
    numbers: Sequence[str],
    rate: float,
    hold_s: float,
    speech: Path | None = None,
) -> None:
    """One call from each of the `numbers`, which no two runs share; returns when all have hung up."""
    scenario = _scenario(folder, "caller", speech, HOLD_MS=str(int(hold_s * 1000)))
    listing, calls = folder / "callers.csv", len(numbers)
    listing.write_text("SEQUENTIAL\n" + "".join(f"{number}\n" for number in numbers))
    argv = [*_sipp(folder, scenario, port), "-inf", str(listing), "-m", str(calls), "-r", str(rate), "-s", dialled]
    argv += ["-l", "4000", "-timeout", f"{calls / rate + hold_s + 20:.0f}s"]
    argv += ["-trace_logs", "-log_file", str(folder / "callers.log"), "-log_overwrite", "false"]
    argv += ["-mp", str(media_port), server]
    subprocess.run(argv, capture_output=True, cwd=folder, check=False)  # who is lost shows in the logs


def outcome(folder: Path, phones: Phones, numbers: Sequence[str]) -> Outcome:
    callers = _read(folder / "callers.log")
    agents = _read(phones.log)
    waits = []
    for number in numbers:
        asked, answered = callers.get(("C", number)), agents.get(("A", number))
        if asked is not None and answered is not None and ("E", number) in callers:
            waits.append(max(0.0, (answered - asked) * 1000))
    return Outcome(len(numbers), len(numbers) - len(waits), sorted(waits))


def percentile(sorted_values: Sequence[float], share: float) -> float | None:
    if not sorted_values:
        return None
    return round(sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))], 1)


def _sipp(folder: Path, scenario: Path, port: int) -> list[str]:
    base = ["sipp", "-sf", str(scenario), "-i", "127.0.0.1", "-p", str(port), "-nostdin", "-timer_resol", "1"]
    return [*base, "-trace_err", "-error_file", str(folder / f"{scenario.stem}.errors")]


def _scenario(folder: Path, name: str, speech: Path | None, **words: str) -> Path:
    text = (SCENARIOS / f"{name}.xml").read_text()
    words["SPEAK"] = SPEAK.format(file=speech) if speech else ""
    words["MEDIA"] = "[rtpstream_audio_port]" if speech else "[auto_media_port]"
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    path = folder / f"{name}.xml"
    path.write_text(text)
    return path


def _credential(phone: tuple[str, str]) -> str:
    name, secret = phone
    return f"{name};[authentication username={name} password={secret}]\n"


def _read(log: Path) -> dict[tuple[str, str], float]:
    """(letter, last eleven digits) -> instant; the first of each counts."""
    found: dict[tuple[str, str], float] = {}
    if log.exists():
        for line in log.read_text(errors="replace").splitlines():
            parts = line.split()
            if len(parts) == 5:  # letter, number, day, time, seconds since the epoch
                found.setdefault((parts[0], parts[1][-11:]), float(parts[4]))
    return found
