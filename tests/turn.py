"""A real TURN server (coturn) for one test."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .ports import free_ports


@contextmanager
def turn_server(folder: Path, secret: str, address: str = "127.0.0.1") -> Iterator[str]:
    """Its host:port, when it listens. What it did stands in `turn.log`."""
    (port,) = free_ports(1)
    log = folder / "turn.log"
    command = [
        *("turnserver", "-n", "--no-cli", "--no-tls", "--no-dtls", "--use-auth-secret", "--verbose", "--no-rfc5780"),
        *("--fingerprint", "--realm=qingting", f"--static-auth-secret={secret}", f"--listening-port={port}"),
        *(f"--listening-ip={address}", f"--relay-ip={address}", "--allow-loopback-peers"),
        *(f"--userdb={folder / 'turn.db'}", f"--pidfile={folder / 'turn.pid'}", "--log-file=stdout", "--simple-log"),
    ]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=folder)
    try:
        while True:
            assert server.poll() is None, log.read_text()[-2000:]
            try:
                socket.create_connection((address, port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"{address}:{port}"
    finally:
        server.terminate()
        server.wait(10)
