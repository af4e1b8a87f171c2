"""Real Asterisks for tests, and for the bench: each in a folder of its own, on free ports."""

from __future__ import annotations

import socket
from pathlib import Path

from qingting.config import Voice
from qingting.telephony.asterisk import configure
from qingting.telephony.asterisk.driver import AsteriskTelephony
from qingting.telephony.asterisk.layout import Layout
from qingting.telephony.asterisk.process import AsteriskProcess
from qingting.telephony.asterisk.provision import Installation, provision

RUNTIME = Path(__file__).parents[2] / ".runtime"
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


class Engine:
    """One Asterisk that a test may boot, kill and stop."""

    def __init__(self, data: Path, host: str = "127.0.0.1") -> None:
        global _next_rtp
        sip, http, ami = free_ports(3)
        first = _next_rtp
        _next_rtp = 30000 + (_next_rtp - 30000 + 200) % 30000
        self.voice = Voice(
            sip_host=host, sip_port=sip, http_port=http, ami_port=ami, rtp_first=first, rtp_last=first + 199
        )
        self.installation: Installation = provision(RUNTIME)
        self.layout = Layout.of(data)
        self.process = AsteriskProcess(self.installation, self.layout, http)
        configure.write(self.voice, self.layout, self.installation)

    def driver(self) -> AsteriskTelephony:
        voice, layout = self.voice, self.layout
        return AsteriskTelephony(voice.http_port, layout.secret("ari"), voice.ami_port, layout.secret("ami"))
