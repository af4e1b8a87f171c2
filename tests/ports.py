"""Ports for servers that a test starts, and that it may kill and start again at the same place."""

from __future__ import annotations

import os
import random
import socket
from pathlib import Path

RTP = range(10_000, 20_000)
_given: set[int] = set()
_next_rtp = random.randrange(100)


def free_ports(count: int) -> list[int]:
    """Free for UDP and TCP at this moment, and nobody's by chance later: the kernel takes ports for outgoing
    connections from a range of its own, other processes of this run are given other remainders, and none of ours
    is given twice."""
    first, last = (int(it) for it in Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    of, mine = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1)), os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    candidates = [
        it
        for it in (*range(RTP.stop, first), *range(max(last + 1, RTP.stop), 65_536))
        if it % of == int(mine.removeprefix("gw")) and it not in _given
    ]
    ports: list[int] = []
    while len(ports) < count:
        port = candidates.pop(random.randrange(len(candidates)))
        if _is_free(port):
            ports.append(port)
    _given.update(ports)
    return ports


def rtp_ports(count: int) -> tuple[int, int]:
    """First and last of a range for sound. Engines look for a free pair in it by themselves."""
    global _next_rtp
    _next_rtp = (_next_rtp + 1) % (len(RTP) // count)
    first = RTP.start + _next_rtp * count
    return first, first + count - 1


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        try:
            udp.bind(("", port))
            tcp.bind(("", port))
        except OSError:
            return False
    return True
