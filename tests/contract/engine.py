"""Real Asterisks for tests, and for the bench: each in a folder of its own, on free ports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qingting.config import Config, Voice
from qingting.telephony.asterisk.engine import Engine

from ..ports import free_ports, rtp_ports

RUNTIME = Path(__file__).parents[2] / ".runtime"
RTP_PORTS = 200


def engine(data: Path, host: str = "127.0.0.1", certificate: Path | None = None, trust: Path | None = None) -> Engine:
    """Not started yet. With a `certificate` (key in the same file) it is reached by TLS, too."""
    sip, http, ami, tls = free_ports(4)
    first, last = rtp_ports(RTP_PORTS)
    voice = Voice(sip_host=host, sip_port=sip, http_port=http, ami_port=ami, rtp_first=first, rtp_last=last)
    if certificate is not None:
        voice = replace(voice, sip_tls_port=tls, sip_tls_trust=str(trust or ""))
    files = (certificate, certificate) if certificate is not None else None
    return Engine.find(Config(data=data, runtime=RUNTIME, voice=voice), certificate=files)
