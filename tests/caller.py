"""A caller on the telephone: sipp for the signalling, a socket here for what they say and hear.

The voice is G.711 A-law in 20 ms packets; keys are RFC 4733 events. `heard` measures the loudest tone,
`wait_words` knows a prompt again.
"""

from __future__ import annotations

import random
import socket
import struct
import subprocess
import threading
import time
import wave
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from .patience import PATIENCE_S
from .ports import free_ports

RATE = 8000
FRAME = 160
KEYS = "0123456789*#ABCD"

SCENARIO = """<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="a caller">
  <send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{number}@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:{number}@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=caller 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio {rtp} RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="404" optional="true" next="refused"/>
  <recv response="403" optional="true" next="refused"/>
  <recv response="401" optional="true" next="refused"/>
  <recv response="603" optional="true" next="refused"/>
  <recv response="200" rrs="true"><action>
    <ereg regexp="m=audio ([0-9]+)" search_in="body" assign_to="all,port"/>
    <ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>
    <log message="[$to] | [call_id] | [$port]"/>
  </action></recv>
  <Reference variables="all"/>
  <send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{number}@[local_ip]:[local_port]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv request="MESSAGE" optional="true" next="leave"/>
  <recv request="BYE"/>
  <send next="over"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
  <label id="leave"/>
  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{number}@[local_ip]:[local_port]>;tag=[call_number]
To:[$to]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>
  <label id="over"/>
  <label id="refused"/>
</scenario>
"""


class Caller:
    def __init__(
        self, folder: Path, sip_port: int, dial: str = "10080", number: str = "13812345678", tone: int = 440
    ) -> None:
        self.dial, self.number = dial, number
        self._folder = folder
        self._sip_port = sip_port
        (self._local,) = free_ports(1)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self._rtp_port = self._socket.getsockname()[1]
        self._far: tuple[str, int] | None = None
        self._heard: list[tuple[float, bytes]] = []
        self._keys: list[str] = []
        self._over = threading.Event()
        t = np.arange(RATE)
        samples = (8000 * np.sin(2 * np.pi * tone * t / RATE)).astype(np.int16)
        self._voice = [bytes(_alaw(samples[i : i + FRAME])) for i in range(0, RATE, FRAME)]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Caller:
        name = f"caller-{self._local}"
        scenario = self._folder / f"{name}.xml"
        scenario.write_text(SCENARIO.format(number=self.number, rtp=self._rtp_port))
        self._log = self._folder / f"{name}.log"
        self._process = subprocess.Popen(
            [
                *("sipp", f"127.0.0.1:{self._sip_port}", "-sf", scenario, "-s", self.dial, "-m", "1"),
                *("-i", "127.0.0.1", "-p", str(self._local), "-trace_logs", "-log_file", self._log, "-nostdin"),
            ],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._talk, self._listen)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.hang_up()
        self._over.set()
        for thread in self._threads:
            thread.join(2)
        self._socket.close()

    # --- what a caller does

    def wait_answered(self, within_s: float = PATIENCE_S) -> None:
        self._until(lambda: self._far is not None, within_s, "was not answered")

    def press(self, key: str) -> None:
        self._keys.append(key)

    def hang_up(self) -> None:
        """sipp is told by a message of ours to say BYE."""
        assert self._process is not None
        if self._process.poll() is None and self._far is not None:
            call, to = self._dialogue
            words = f"MESSAGE sip:leave SIP/2.0\r\nCall-ID: {call}\r\nTo: {to}\r\nCSeq: 9 MESSAGE\r\n\r\n"
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
                door.sendto(words.encode(), ("127.0.0.1", self._local))
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait_over(self, within_s: float = PATIENCE_S) -> None:
        """Until the far side has hung up."""
        process = self._process
        assert process is not None
        self._until(lambda: process.poll() is not None, within_s, "still has a call")

    @property
    def refused(self) -> bool:
        """The call ended before anybody answered it."""
        assert self._process is not None
        return self._process.poll() is not None and self._far is None

    @property
    def talking(self) -> bool:
        assert self._process is not None
        return self._process.poll() is None and self._far is not None

    def heard(self, seconds: float = 1.0) -> tuple[float, float]:
        """(frequency of the loudest tone, its share of the energy) in the last `seconds`."""
        return loudest(_from_alaw(self._lately(seconds)))

    def _lately(self, seconds: float) -> bytes:
        last = self._heard[-int(seconds * 60) :]  # fifty come in a second
        since = time.monotonic() - seconds
        return b"".join(payload for at, payload in last if at >= since)

    def tone_began(self, frequency: float, since: float) -> float:
        """When (`time.monotonic`) it first came after `since`, for three packets at least; 0: not yet."""
        frames = [(at, payload) for at, payload in list(self._heard) if at >= since]
        tones = [abs(loudest(_from_alaw(payload))[0] - frequency) < 60 for _, payload in frames]
        return next((frames[n][0] for n in range(len(frames) - 2) if all(tones[n : n + 3])), 0.0)

    def wait_tone(self, frequency: float, within_s: float = PATIENCE_S) -> None:
        self._until(lambda: abs(self.heard(0.5)[0] - frequency) < 15, within_s, f"does not hear {frequency} Hz")

    def wait_tones(self, *frequencies: float, within_s: float = PATIENCE_S) -> None:
        """All of these at once, and little else."""

        def all_there() -> bool:
            samples = _from_alaw(self._lately(0.5))
            shares = [share(samples, it) for it in frequencies]
            return sum(shares) > 0.8 and min(shares) > 0.1

        self._until(all_there, within_s, f"does not hear {frequencies} Hz together")

    def wait_sound(self, within_s: float = PATIENCE_S) -> None:
        self._until(lambda: loudness(self._heard[-25:]) > 200, within_s, "hears nothing")

    def wait_words(self, wav: Path, within_s: float = PATIENCE_S) -> None:
        """Until they have heard this file to its end, within the last half minute: sample by sample, in G.711."""
        with wave.open(str(wav)) as sound:
            words = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float64)

        def there() -> bool:
            time.sleep(0.2)
            heard = _from_alaw(b"".join(payload for _, payload in self._heard[-1500:]))
            return likeness(heard, words) > 0.8

        self._until(there, within_s, "does not hear the words")

    def _until(self, true: object, within_s: float, complaint: str) -> None:
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            if true():  # type: ignore[operator]
                return
            time.sleep(0.05)  # who listens too often takes the time from who speaks
        raise AssertionError(f"caller {self.number} {complaint} within {within_s} s (hears {self.heard()})")

    # --- the media

    def _talk(self) -> None:
        seq, stamp, ssrc = random.randrange(30000), random.randrange(1 << 30), random.randrange(1 << 31)
        while not self._over.is_set() and self._far is None:
            self._find_far()
            time.sleep(0.01)
        due, n = time.monotonic(), 0
        while not self._over.is_set() and self._far is not None:
            if self._keys:
                seq, stamp = self._send_key(self._keys.pop(0), seq, stamp, ssrc)
                due = time.monotonic()
            header = struct.pack("!BBHII", 0x80, 8, seq & 0xFFFF, stamp & 0xFFFFFFFF, ssrc)
            self._send(header + self._voice[n % len(self._voice)])
            seq, stamp, n, due = seq + 1, stamp + FRAME, n + 1, due + 0.02
            time.sleep(max(0.0, due - time.monotonic()))

    def _send_key(self, key: str, seq: int, stamp: int, ssrc: int) -> tuple[int, int]:
        event = KEYS.index(key)
        for n in range(1, 9):
            end = n >= 6
            marker = 0x80 if n == 1 else 0
            header = struct.pack("!BBHII", 0x80, 101 | marker, seq & 0xFFFF, stamp & 0xFFFFFFFF, ssrc)
            duration = min(n, 6) * FRAME
            self._send(header + struct.pack("!BBH", event, (0x80 if end else 0) | 10, duration))
            seq += 1
            time.sleep(0.02)
        return seq, stamp + 8 * FRAME

    def _send(self, packet: bytes) -> None:
        if self._far is not None:
            try:
                self._socket.sendto(packet, self._far)
            except OSError:
                self._over.set()

    def _find_far(self) -> None:
        if self._log.exists() and (text := self._log.read_text()).count("|") == 2:
            to, call, port = (part.strip() for part in text.strip().split("|"))
            self._dialogue = call, to
            self._far = ("127.0.0.1", int(port))

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                packet = self._socket.recv(2048)
            except TimeoutError:
                continue
            except OSError:
                return
            if len(packet) > 12 and packet[1] & 0x7F == 8:
                self._heard.append((time.monotonic(), packet[12:]))


def loudest(samples: npt.NDArray[np.float64], rate: int = RATE) -> tuple[float, float]:
    """(Hz, share of the energy within 20 Hz of it)."""
    if not len(samples) or float(np.abs(samples).max()) < 50:
        return 0.0, 0.0
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    frequency = np.fft.rfftfreq(len(samples), 1 / rate)
    power[frequency < 60] = 0
    top = float(frequency[int(power.argmax())])
    return top, float(power[np.abs(frequency - top) < 20].sum() / power.sum())


def share(samples: npt.NDArray[np.float64], frequency: float, rate: int = RATE) -> float:
    """Of the energy, what lies within 20 Hz of a frequency."""
    if not len(samples) or float(np.abs(samples).max()) < 50:
        return 0.0
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate)
    return float(power[np.abs(frequencies - frequency) < 20].sum() / power[frequencies >= 60].sum())


def likeness(samples: npt.NDArray[np.float64], words: npt.NDArray[np.float64]) -> float:
    """How much `samples` sound like `words` where they do most: 1 is the same, whatever the volume."""
    room = len(samples) - len(words)
    if room < 0:
        return 0.0
    size = 1 << (len(samples) + len(words)).bit_length()
    met = np.fft.irfft(np.fft.rfft(samples, size) * np.conj(np.fft.rfft(words, size)), size)[: room + 1]
    energy = np.concatenate([[0.0], np.cumsum(samples**2)])
    there = np.sqrt((energy[len(words) :] - energy[: room + 1]) * (words**2).sum())
    return float((met / np.maximum(there, 1.0)).max())


def loudness(frames: list[tuple[float, bytes]]) -> float:
    samples = _from_alaw(b"".join(payload for _, payload in frames))
    return float(np.sqrt((samples**2).mean())) if len(samples) else 0.0


def _alaw(samples: npt.NDArray[np.int16]) -> npt.NDArray[np.uint8]:
    table = _from_alaw(bytes(range(256)))
    order = table.argsort()
    at = np.searchsorted(table[order], samples).clip(0, 255)
    return order[at].astype(np.uint8)


def _from_alaw(payload: bytes) -> npt.NDArray[np.float64]:
    """ITU-T G.711, decoded."""
    a = np.frombuffer(payload, np.uint8).astype(np.int32) ^ 0x55
    exponent, mantissa = (a & 0x70) >> 4, a & 0x0F
    value = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(a & 0x80, value, -value).astype(np.float64)
