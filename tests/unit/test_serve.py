"""Ports that somebody else holds are told at once, with what to do, before anything is made."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from ..contract.engine import RUNTIME
from ..patience import PATIENCE_S
from ..ports import free_ports

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    web, sip, http, ami = free_ports(4)
    return {
        **os.environ,
        "QINGTING_DATA": str(tmp_path / "data"),
        "QINGTING_RUNTIME": str(RUNTIME),
        "QINGTING_UI": str(PROJECT / "ui" / "dist"),
        "QINGTING_PORT": str(web),
        "QINGTING_VOICE__SIP_PORT": str(sip),
        "QINGTING_VOICE__HTTP_PORT": str(http),
        "QINGTING_VOICE__AMI_PORT": str(ami),
    }


def serve(settings: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "qingting", "serve"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=PROJECT, env=settings, stdout=pipe, stderr=subprocess.STDOUT, text=True)


def test_the_pages_port_is_taken(settings: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", int(settings["QINGTING_PORT"]))):
        said, _ = (process := serve(settings)).communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert f"127.0.0.1:{settings['QINGTING_PORT']} is taken by" in said
    assert "serve --port another (serve.port)" in said
    assert not (tmp_path / "data").exists()


@pytest.mark.asterisk
def test_a_port_of_the_engine_is_taken(settings: dict[str, str]) -> None:
    ami = settings["QINGTING_VOICE__AMI_PORT"]
    with socket.create_server(("127.0.0.1", int(ami))):
        process = serve(settings)
        try:
            health = answer_of(f"http://127.0.0.1:{settings['QINGTING_PORT']}/health", process)
        finally:
            process.terminate()
            said, _ = process.communicate(timeout=PATIENCE_S)
    assert "runs without voice" in health
    assert f"no voice: AMI 127.0.0.1:{ami}/tcp is taken by" in said
    assert "voice is off" in said


def answer_of(url: str, process: subprocess.Popen[str]) -> str:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
                return str(answer.read())
        except OSError:
            time.sleep(0.1)
    raise AssertionError("serve has ended")
