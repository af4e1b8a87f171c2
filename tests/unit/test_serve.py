"""Ports that somebody else holds are told at once, with what to do, before anything is made."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from ..contract.engine import RUNTIME, free_ports

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
        said, _ = (process := serve(settings)).communicate(timeout=60)
    assert process.returncode == 1
    assert f"127.0.0.1:{settings['QINGTING_PORT']} is taken by" in said
    assert "serve --port another (serve.port)" in said
    assert not (tmp_path / "data").exists()


@pytest.mark.asterisk
def test_a_port_of_the_engine_is_taken(settings: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(settings["QINGTING_VOICE__AMI_PORT"]))), serve(settings) as process:
        assert process.stdout is not None
        try:
            lines = []
            for line in process.stdout:
                lines.append(line)
                if "Uvicorn running" in line:
                    break
            with urllib.request.urlopen(f"http://127.0.0.1:{settings['QINGTING_PORT']}/health", timeout=20) as answer:
                assert b"runs without voice" in answer.read()
        finally:
            process.terminate()
    said = "".join(lines)
    assert f"AMI 127.0.0.1:{settings['QINGTING_VOICE__AMI_PORT']}/tcp is taken by" in said
    assert "voice is off" in said
