"""What packaging promises: the service comes back, Asterisk outlives it, scripts parse, the image has its parts."""

import configparser
import re
import socket
import subprocess
import tomllib
from pathlib import Path

import pytest

from qingting import config
from qingting.errors import Invalid

ROOT = Path(__file__).parents[2]


def test_the_service_comes_back_and_lets_asterisk_live() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment]
    unit.read(ROOT / "packaging/qingting.service")
    service = unit["Service"]
    assert (service["Restart"], service["KillMode"], unit["Unit"]["StartLimitIntervalSec"]) == (
        "always",
        "process",
        "0",
    )
    assert service["StateDirectoryMode"] == "0700"
    assert service["NoNewPrivileges"] == "yes"
    assert "PrivateTmp" not in service


SCRIPTS = [*ROOT.glob("tools/*.sh"), *ROOT.glob("packaging/*.sh")]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_parse(script: Path) -> None:
    subprocess.run(["sh", "-n", script], check=True)


def test_settings_that_are_shipped_are_known(tmp_path: Path) -> None:
    """Also those in comments: each is a setting that there is."""
    text = (ROOT / "packaging/qingting.toml").read_text()
    lines = [line.removeprefix("# ") if " = " in line else line for line in text.splitlines()]
    (tmp_path / "all.toml").write_text("\n".join(lines))
    assert tomllib.loads(text)["data"] == "/var/lib/qingting"
    loaded = config.load(tmp_path / "all.toml", env={})
    assert loaded.voice.external_address == "203.0.113.5"
    assert loaded.mail.username == "qingting"


def test_the_unit_is_one_that_systemd_takes() -> None:
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", ROOT / "packaging/qingting.service"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_what_the_image_is_made_from_is_there() -> None:
    """Paths of the checkout that the container file and its scripts name, none of them kept out of the build."""
    text = (ROOT / "packaging/Containerfile").read_text()
    left_out = (ROOT / ".dockerignore").read_text().split()
    stripped = (ROOT / "packaging/strip.sh").read_text()
    moved = [path for line in re.findall(r"^mv (.+) program/", stripped, re.MULTILINE) for path in line.split()]
    named = [*re.findall(r"\b((?:tools|packaging)/[\w./]+)", text), *moved]
    assert len(named) > 10
    for path in set(named) - {"ui/dist"}:
        assert (ROOT / path).exists(), path
        assert not any(path == out or path.startswith(f"{out}/") for out in left_out), path
    assert text.startswith("#"), "no syntax line: that would be fetched from a registry"
    assert "ARG BASE=" in text
    assert "USER qingting" in text
    assert '"qingting", "health"' in text


def test_the_settings_of_the_image_are_known() -> None:
    loaded = config.load(None, env={"QINGTING_CONFIG": str(ROOT / "packaging/container.toml")})
    assert (str(loaded.data), loaded.host, loaded.tls, loaded.voice.sip_host) == (
        "/data",
        "0.0.0.0",
        "auto",
        "0.0.0.0",
    )
    # What is listened on everywhere has the machine's name.
    assert loaded.base_url == f"https://{socket.gethostname()}:8000"


def test_settings_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("port = = 1")
    for name in ("bad.toml", "none.toml"):
        with pytest.raises(Invalid) as refused:
            config.load(tmp_path / name, env={})
        assert refused.value.code == "config.unreadable"
