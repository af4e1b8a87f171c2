"""Callers of a flow: sipp signals, a socket here hears the prompts of all and presses keys by RFC 4733.

A *gap* is what a listener hears as one: of the packets of one prompt (RTP time goes on by one packet) one is missing,
or came more than `LATE_S` after it was due, as a telephone's jitter buffer would have run dry.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

SCENARIO = Path(__file__).parent / "sipp" / "caller.xml"
FRAME, FRAME_S = 160, 0.02
LATE_S = 0.08
IMPATIENT_S = 1.5
QUIET_S = 0.25
"""So long without a packet, and the prompt is over: then a key is pressed."""
TICK_S = 0.05
KEYS = "0123456789*#"
ALAW, EVENT = 8, 101
_HEAD = struct.Struct("!BBHII")


class Caller:
    """Cuts prompts short with the first of `keys`, then presses the last again and again as prompts have ended."""

    def __init__(self, line: Line, far: tuple[str, int], keys: Sequence[str]) -> None:
        self.gaps = 0
        self.answers_s: list[float] = []
        """From the end of a key to the first packet of the next prompt."""
        self.packets = 0
        self._line, self._far, self._keys = line, far, list(keys)
        self._at, self._last, self._time = 0.0, 0, 0
        """When the last packet came, its number and time."""
        self._began, self._pressed_at = 0.0, 0.0
        self._speaking = False
        self._number, self._stamp = random.randrange(30000), random.randrange(1 << 30)
        self._source = random.randrange(1 << 31)

    def hear(self, number: int, stamp: int, now: float) -> None:
        self.packets += 1
        steps = number - self._last
        if self._speaking and steps > 0 and stamp - self._time == FRAME * steps:
            if steps > 1 or now - self._at > FRAME_S + LATE_S:
                self.gaps += 1
        elif not self._speaking:
            self._speaking, self._began = True, now
            if self._pressed_at:
                self.answers_s.append(now - self._pressed_at)
                self._pressed_at = 0.0
        self._at, self._last, self._time = now, number, stamp

    def tick(self, now: float) -> None:
        if not self._speaking:
            return
        if now - self._at >= QUIET_S:
            self._speaking = False
            self._press(self._keys.pop(0) if len(self._keys) > 1 else self._keys[0])
        elif len(self._keys) > 1 and now - self._began >= IMPATIENT_S:
            self._began = now
            self._press(self._keys.pop(0), measured=False)

    def _press(self, key: str, n: int = 1, measured: bool = True) -> None:
        """Six packets of 20 ms; from the first that says it is over the answer is awaited."""
        over, marker = n >= 6, 0x80 if n == 1 else 0
        head = _HEAD.pack(0x80, EVENT | marker, self._number & 0xFFFF, self._stamp & 0xFFFFFFFF, self._source)
        event = struct.pack("!BBH", KEYS.index(key), (0x80 if over else 0) | 10, min(n, 6) * FRAME)
        self._line.say(head + event, self._far)
        self._number += 1
        if n == 6 and measured:
            self._pressed_at = self._line.now()
        if n < 8:
            self._line.later(FRAME_S, self._press, key, n + 1, measured)
        else:
            self._stamp += 8 * FRAME


class Line:
    """One socket for all: who is who is told by the source that each packet names (the engine's ports come again)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.callers: dict[int, Caller] = {}
        self._keys = keys
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._read)
        self.now, self._open = self._loop.time, True
        self._tick()

    def say(self, packet: bytes, far: tuple[str, int]) -> None:
        if self._open:
            self._socket.sendto(packet, far)

    def later(self, seconds: float, do: object, *args: object) -> None:
        if self._open:
            self._loop.call_later(seconds, do, *args)  # type: ignore[arg-type]

    def close(self) -> None:
        self._open = False
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        now, receive, callers = time.monotonic(), self._socket.recvfrom, self.callers
        try:
            while True:
                data, far = receive(200)
                _, kind, number, stamp, source = _HEAD.unpack_from(data)
                if kind & 0x7F == ALAW:
                    caller = callers.get(source)
                    if caller is None:
                        caller = callers[source] = Caller(self, far, self._keys)
                    caller.hear(number, stamp, now)
        except BlockingIOError:
            pass

    def _tick(self) -> None:
        now = time.monotonic()
        for caller in list(self.callers.values()):
            caller.tick(now)
        self.later(TICK_S, self._tick)


async def call(
    folder: Path, server: str, dialled: str, *, port: int, count: int, rate: float, hold_s: float, keys: Sequence[str]
) -> tuple[list[Caller], int]:
    """Those who heard anything, when all have hung up; and how many calls went as they should."""
    line = Line(keys)
    scenario, listing, log = folder / "caller.xml", folder / "callers.csv", folder / f"callers-{port}.log"
    scenario.write_text(SCENARIO.read_text().replace("@HOLD_MS@", str(int(hold_s * 1000))))
    listing.write_text("SEQUENTIAL\n" + "".join(f"1390{n:07d};{line.port}\n" for n in range(count)))
    argv = ["sipp", "-sf", str(scenario), "-i", "127.0.0.1", "-p", str(port), "-nostdin", "-inf", str(listing)]
    argv += ["-m", str(count), "-r", str(rate), "-l", str(count), "-s", dialled]
    argv += ["-timeout", f"{count / rate + hold_s + 20:.0f}s", "-trace_logs", "-log_file", str(log), server]
    quiet = subprocess.DEVNULL
    sipp = await asyncio.create_subprocess_exec(*argv, cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet)
    await sipp.wait()
    line.close()
    told = log.read_text(errors="replace").splitlines() if log.exists() else []
    return list(line.callers.values()), sum(1 for each in told if each.startswith("E "))
