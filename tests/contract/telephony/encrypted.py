"""What TLS needs: an authority and a certificate for this machine; and whether a leg's sound is encrypted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from qingting.telephony import port
from qingting.telephony.asterisk.ari import path
from qingting.telephony.asterisk.driver import AsteriskTelephony
from qingting.tls.authority import Authority


def issued(folder: Path, names: Sequence[str] = ("localhost", "127.0.0.1")) -> tuple[Path, Path]:
    """(authority, certificate with its key) for this machine."""
    folder.mkdir()
    Authority.in_directory(folder, names, time.time()).issue(names, folder / "server.pem", time.time())
    return folder / "authority.pem", folder / "server.pem"


async def is_encrypted(telephony: port.Telephony, leg: str) -> bool:
    assert isinstance(telephony, AsteriskTelephony)
    asked = {"variable": "CHANNEL(rtp,secure,audio)"}
    answer = await telephony._connection.ask("GET", path("channels", leg, "variable"), asked)
    return bool(answer.read()["value"] == "1")
