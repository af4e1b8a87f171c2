"""What packaging promises: the service comes back, Asterisk outlives it, scripts parse."""

import configparser
import subprocess
import tomllib
from pathlib import Path

import pytest

from qingting import config

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


@pytest.mark.parametrize("script", ["tools/install.sh", "packaging/container.sh"])
def test_scripts_parse(script: str) -> None:
    subprocess.run(["sh", "-n", str(ROOT / script)], check=True)


def test_settings_that_are_shipped_are_known(tmp_path: Path) -> None:
    """Also those in comments: each is a setting that there is."""
    text = (ROOT / "packaging/qingting.toml").read_text()
    lines = [line.removeprefix("# ") if " = " in line else line for line in text.splitlines()]
    (tmp_path / "all.toml").write_text("\n".join(lines))
    assert tomllib.loads(text)["data"] == "/var/lib/qingting"
    loaded = config.load(tmp_path / "all.toml", env={})
    assert loaded.voice.external_address == "203.0.113.5"
    assert loaded.mail.username == "qingting"
