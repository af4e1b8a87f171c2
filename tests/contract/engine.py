"""Real Asterisks for tests, and for the bench: each in a folder of its own, on free ports."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

from qingting.config import Config, Voice
from qingting.telephony.asterisk.engine import Engine

RUNTIME = Path(__file__).parents[2] / ".runtime"
RTP_PORTS = 200
_next_rtp = 30000


def free_ports(count: int) -> list[int]:
    """Free for UDP and TCP at this moment."""
    ports: list[int] = []
    while len(ports) < count:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            port = udp.getsockname()[1]
            try:
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
            if port not in ports:
                ports.append(port)
    return ports


def engine(data: Path, host: str = "127.0.0.1", certificate: Path | None = None, trust: Path | None = None) -> Engine:
    """Not started yet. With a `certificate` (key in the same file) it is reached by TLS, too."""
    global _next_rtp
    sip, http, ami, tls = free_ports(4)
    first = _next_rtp
    _next_rtp = 30000 + (first - 30000 + RTP_PORTS) % 20000
    voice = Voice(
        sip_host=host, sip_port=sip, http_port=http, ami_port=ami, rtp_first=first, rtp_last=first + RTP_PORTS - 1
    )
    if certificate is not None:
        voice = replace(voice, sip_tls_port=tls, sip_tls_trust=str(trust or ""))
    files = (certificate, certificate) if certificate is not None else None
    return Engine.find(Config(data=data, runtime=RUNTIME, voice=voice), certificate=files)
