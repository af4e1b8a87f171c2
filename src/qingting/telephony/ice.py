"""What a browser needs to find a way for its audio: STUN, and TURN with credentials that end by themselves.

The TURN server shares a secret with us (coturn: `use-auth-secret`, `static-auth-secret`); who calls is given a
user name that says when it ends and a password made of both (draft-uberti-behave-turn-rest). So no lasting password
reaches a browser, and the server asks nobody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from pathlib import Path

from qingting.config import Config

SECRET_FILE = "turn-secret"
"""Below `data/secrets/`."""


class Ice:
    def __init__(self, config: Config, clock: Callable[[], float] = time.time) -> None:
        self._voice = config.voice
        self._secret = secret_file(config)
        self._clock = clock

    def servers(self, lifetime_s: float) -> list[dict[str, str]]:
        """As `RTCPeerConnection` takes them. A TURN server without a secret is left out: browsers refuse it."""
        voice = self._voice
        servers = [{"urls": f"stun:{voice.stun}"}] if voice.stun else []
        if voice.turn and self._secret.exists():
            name, password = credentials(self._secret.read_text().strip(), self._clock() + lifetime_s)
            urls = [f"turn:{voice.turn}?transport={transport}" for transport in ("udp", "tcp")]
            servers += [{"urls": url, "username": name, "credential": password} for url in urls]
        return servers


def secret_file(config: Config) -> Path:
    return config.data / "secrets" / SECRET_FILE


def credentials(secret: str, ends_at: float) -> tuple[str, str]:
    """(user name, password); `ends_at` in epoch seconds. A call that has begun goes on past it."""
    name = f"{int(ends_at)}:qingting"
    digest = hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()
    return name, base64.b64encode(digest).decode()
