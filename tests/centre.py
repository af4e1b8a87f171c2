"""A whole centre as its users have it: `qingting serve --demo` in a process of its own, on free ports."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from .contract.engine import RUNTIME
from .patience import PATIENCE_S, START_S
from .ports import free_ports, rtp_ports

PROJECT = Path(__file__).parents[1]
PASSWORD = "correct horse 88 battery"


class Running:
    """`start`, `kill` (as a power cut would), `stop`; files and Asterisk stay between them until `end`."""

    def __init__(self, data: Path, prompts: Path, **settings: str) -> None:
        self.data = data
        self.sip_host = settings.get("QINGTING_VOICE__SIP_HOST", "127.0.0.1")
        self.port, self.sip_port, http, ami, self.far_port = free_ports(5)
        rtp_first, rtp_last = rtp_ports(200)
        self.base = f"{'https' if settings.get('QINGTING_TLS') else 'http'}://localhost:{self.port}"
        self.passwords: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None
        self._clients: list[Client] = []
        self.log = data.with_suffix(".log")
        self.env = {
            **os.environ,
            "QINGTING_DATA": str(data),
            "QINGTING_RUNTIME": str(RUNTIME),
            "QINGTING_UI": str(PROJECT / "ui" / "dist"),
            "QINGTING_FLOWS": str(PROJECT / "flows"),
            "QINGTING_PORT": str(self.port),
            "QINGTING_SAMPLES": "false",
            "QINGTING_PASSWORDS__MEMORY_MIB": "19",
            "QINGTING_PASSWORDS__PASSES": "2",
            "QINGTING_VOICE__SIP_PORT": str(self.sip_port),
            "QINGTING_VOICE__HTTP_PORT": str(http),
            "QINGTING_VOICE__AMI_PORT": str(ami),
            "QINGTING_VOICE__RTP_FIRST": str(rtp_first),
            "QINGTING_VOICE__RTP_LAST": str(rtp_last),
            **settings,
        }
        data.mkdir(mode=0o700)
        prompts.mkdir(exist_ok=True)
        (data / "prompts").symlink_to(prompts)

    def start(self, *more: str) -> float:
        """Seconds until it answers."""
        began = time.monotonic()
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "qingting", "serve", "--demo", *more],
                cwd=self.data.parent,
                env=self.env,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        while time.monotonic() - began < START_S:
            if self.process.poll() is not None:
                raise AssertionError(f"serve ended:\n{self.words()[-4000:]}")
            try:
                if self.health()["parts"]["voice"]["state"] == "ok":
                    break
            except (httpx.HTTPError, KeyError, ValueError, OSError):
                pass
            time.sleep(0.05)
        else:
            raise AssertionError(f"serve does not answer:\n{self.words()[-4000:]}")
        found = re.findall(r"^  (\w+)\s+([a-z0-9]{4}(?:-[a-z0-9]{4}){3})$", self.words(), re.MULTILINE)
        self.passwords.update({name: password for name, password in found if name not in self.passwords})
        return time.monotonic() - began

    def trust(self) -> ssl.SSLContext | bool:
        """As somebody who has taken the local authority among the trusted ones; without TLS no authority is read."""
        if self.base.startswith("http:"):
            return False
        return ssl.create_default_context(cafile=self.data / "tls" / "authority.pem")

    def get(self, path: str) -> httpx.Response:
        """As somebody who is not signed in."""
        return httpx.get(f"{self.base}{path}", timeout=PATIENCE_S, verify=self.trust())

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("/health").json()
        return found

    def words(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(PATIENCE_S)

    def engine_pid(self) -> int:
        """Of this centre's Asterisk."""
        conf = str(self.data.absolute() / "asterisk")
        for proc in Path("/proc").iterdir():
            if proc.name.isdigit():
                try:
                    if conf in (proc / "cmdline").read_bytes().decode(errors="replace"):
                        return int(proc.name)
                except OSError:
                    continue
        raise AssertionError("no Asterisk runs for this centre")

    def kill_engine(self) -> None:
        os.kill(self.engine_pid(), signal.SIGKILL)

    def end(self) -> None:
        for client in self._clients:
            client.close()
        if self.runs:
            self.stop()
        with contextlib.suppress(AssertionError):
            os.kill(self.engine_pid(), signal.SIGKILL)

    # --- as a program that signs in

    def client(self, name: str) -> Client:
        """Signed in; a one-time password is changed to `PASSWORD` on the way."""
        client = Client(self.base, self.trust())
        self._clients.append(client)
        client.sign_in(self, name)
        return client


class Client(httpx.Client):
    def __init__(self, base: str, trust: ssl.SSLContext | bool) -> None:
        super().__init__(base_url=f"{base}/api/v1", timeout=PATIENCE_S, verify=trust)

    def sign_in(self, centre: Running, name: str) -> None:
        first = centre.passwords.get(name, PASSWORD)
        self._sign_in(name, first)
        if first != PASSWORD:
            self.post("/session/password", json={"old": first, "new": PASSWORD}).raise_for_status()
            centre.passwords[name] = PASSWORD
            self._sign_in(name, PASSWORD)

    def _sign_in(self, name: str, password: str) -> None:
        answer = self.post("/session", json={"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        self.me = answer.json()
        self.headers["X-CSRF-Token"] = self.me["csrf"]


def prompts_of_a_run(basetemp: Path) -> Path:
    """What all centres of a run say, in whichever process: spoken once. `basetemp` is pytest's."""
    return (basetemp.parent if "PYTEST_XDIST_WORKER" in os.environ else basetemp) / "prompts"


@contextmanager
def centre(folder: Path, prompts: Path, **settings: str) -> Iterator[Running]:
    running = Running(folder / "centre", prompts, **settings)
    try:
        running.start()
        yield running
    finally:
        running.end()
        shutil.rmtree(folder / "centre", ignore_errors=True)
