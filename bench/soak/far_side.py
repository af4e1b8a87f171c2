"""Many far parties behind one trunk: they answer every call at once and say a mark at each whole 5 s of one clock.

All in one thread: SIP over one UDP socket, one socket of RTP for each party. What they hear is not looked at.
"""

from __future__ import annotations

import asyncio
import random
import re
import socket
import struct
import time
from dataclasses import dataclass, field

import numpy as np

RATE, FRAME = 8000, 160
FRAME_S = FRAME / RATE
MARK_EVERY_S = 5.0
MARK_SAMPLES = 640
TICK_S = 0.005
LATE_S = 0.03


@dataclass(frozen=True)
class Manner:
    """How a party sends."""

    ppm: float = 0.0
    """How much faster its clock runs."""
    stall_s: tuple[float, float] = (0.0, 0.0)
    """Now and then nothing comes for so long (from, to) …"""
    stall_every_s: float = 0.0
    makes_up: bool = True
    """… and then all of it at once, else what was missed is lost."""


@dataclass
class Party:
    manner: Manner
    door: socket.socket
    far: tuple[str, int] | None = None
    due: float = 0.0
    mark_at: float = 0.0
    stalled_until: float = 0.0
    next_stall: float = 0.0
    sequence: int = field(default_factory=lambda: random.randrange(30000))
    stamp: int = field(default_factory=lambda: random.randrange(1 << 30))
    source: int = field(default_factory=lambda: random.randrange(1 << 31))


class FarSide(asyncio.DatagramProtocol):
    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._at = (host, port)
        self.manners: dict[str, Manner] = {}
        """By dialled number."""
        self.late_ms = 0.0
        """The longest that this process itself came too late: beyond this its own figures mean little."""
        self._parties: dict[str, Party] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._talking: asyncio.Task[None] | None = None
        t = np.arange(MARK_SAMPLES)
        self._mark = (12000 * np.sin(2 * np.pi * 1000 * t / RATE)).astype(np.int16)
        self._hush = _alaw((60 * np.sin(2 * np.pi * 200 * np.arange(FRAME) / RATE)).astype(np.int16))

    async def open(self) -> int:
        """The port that a trunk leads to."""
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, local_addr=self._at
        )
        self._talking = asyncio.create_task(self._talk())
        return int(self._transport.get_extra_info("sockname")[1])

    async def close(self) -> None:
        if self._talking is not None:
            self._talking.cancel()
            await asyncio.wait([self._talking])
        if self._transport is not None:
            self._transport.close()
        for party in self._parties.values():
            party.door.close()

    # --- signalling

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        method = first.split()[0]
        if method.startswith("SIP/") or method == "ACK" or self._transport is None:
            return
        headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        same = [(n, v) for n, v in headers if n in ("Via", "From", "To", "Call-ID", "CSeq", "Record-Route")]
        call = dict(headers)["Call-ID"]
        answer, sdp = [(n, v if n != "To" or ";tag=" in v else f"{v};tag=far") for n, v in same], ""
        if method == "INVITE":
            party = self._parties.get(call) or self._begin(call, re.search(r"sip:([^@;]+)", first), body)
            port, (host, at) = party.door.getsockname()[1], self._transport.get_extra_info("sockname")
            answer += [("Contact", f"<sip:far@{host}:{at}>"), ("Content-Type", "application/sdp")]
            sdp = (
                f"v=0\r\no=far 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
                f"m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n"
            )
        elif method == "BYE" and call in self._parties:
            self._parties.pop(call).door.close()
        text = "".join(f"{n}: {v}\r\n" for n, v in [*answer, ("Content-Length", str(len(sdp)))])
        self._transport.sendto(f"SIP/2.0 200 OK\r\n{text}\r\n{sdp}".encode(), address)

    def _begin(self, call: str, dialled: re.Match[str] | None, sdp: str) -> Party:
        door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        door.bind((self._at[0], 0))
        door.setblocking(False)
        manner = self.manners.get(dialled[1] if dialled else "", Manner())
        found = re.search(r"^m=audio (\d+)", sdp, re.MULTILINE)
        now = time.monotonic()
        party = Party(manner, door, ("127.0.0.1", int(found[1])) if found else None, due=now)
        party.mark_at = (now // MARK_EVERY_S + 1) * MARK_EVERY_S
        party.next_stall = now + manner.stall_every_s * random.uniform(0.5, 1.5) if manner.stall_every_s else 1e18
        self._parties[call] = party
        return party

    # --- voices

    async def _talk(self) -> None:
        while True:
            now = time.monotonic()
            for party in list(self._parties.values()):
                self._say(party, now)
            await asyncio.sleep(TICK_S)

    def _say(self, party: Party, now: float) -> None:
        manner = party.manner
        if now >= party.next_stall:
            party.stalled_until = now + random.uniform(*manner.stall_s)
            party.next_stall = now + manner.stall_every_s * random.uniform(0.5, 1.5)
        if now < party.stalled_until:
            return
        if not party.stalled_until:
            self.late_ms = max(self.late_ms, (now - party.due) * 1000)
        # A mark that comes late tells of its sender, not of the recording.
        while party.due <= party.mark_at < now - LATE_S:
            party.mark_at += MARK_EVERY_S
        while party.due <= now:
            lost = party.stalled_until and not manner.makes_up and party.due < party.stalled_until
            payload = self._words(party)
            party.sequence, party.stamp = (party.sequence + 1) & 0xFFFF, (party.stamp + FRAME) & 0xFFFFFFFF
            if not lost and party.far is not None:
                head = struct.pack("!BBHII", 0x80, 8, party.sequence, party.stamp, party.source)
                party.door.sendto(head + payload, party.far)
            party.due += FRAME_S / (1 + manner.ppm / 1e6)
        party.stalled_until = 0.0

    def _words(self, party: Party) -> bytes:
        """The frame that begins at `due`: a part of the mark, which begins anywhere in a frame, or nearly nothing."""
        begins = round((party.mark_at - party.due) * RATE)
        if begins >= FRAME:
            return self._hush
        if begins + MARK_SAMPLES <= FRAME:
            party.mark_at += MARK_EVERY_S
        frame = np.zeros(FRAME, dtype=np.int16)
        first, last = max(0, begins), min(FRAME, begins + MARK_SAMPLES)
        frame[first:last] = self._mark[first - begins : last - begins]
        return _alaw(frame)


def _alaw(samples: np.ndarray) -> bytes:
    """G.711 A-law."""
    values = samples.astype(np.int32) >> 3
    sign = np.where(values >= 0, 0xD5, 0x55)
    magnitude = np.where(values >= 0, values, -values - 1)
    segment = np.zeros_like(magnitude)
    for n, end in enumerate((0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF), start=1):
        segment = np.where(magnitude > end, n, segment)
    step = np.where(segment < 2, magnitude >> 1, magnitude >> segment) & 0x0F
    return bytes(((segment << 4 | step) ^ sign).astype(np.uint8))
