"""What browsers are told so that their audio finds a way, and what the engine tells them of itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from pathlib import Path

from qingting.config import Config, Voice
from qingting.machine import own_addresses
from qingting.telephony import ice
from tests.contract.engine import engine

from .test_asterisk_house import lines_of


def config(folder: Path, **voice: str) -> Config:
    (folder / "secrets").mkdir()
    return Config(data=folder, voice=replace(Voice(), **voice))


def test_credentials_say_when_they_end_and_prove_that_we_made_them(tmp_path: Path) -> None:
    it = config(tmp_path, stun="stun.example.cn:3478", turn="turn.example.cn:3478")
    ice.secret_file(it).write_text("a shared secret\n")
    stun, *turn = ice.Ice(it, clock=lambda: 1_800_000_000.0).servers(600)
    assert stun == {"urls": "stun:stun.example.cn:3478"}
    assert [each["urls"].partition("?")[2] for each in turn] == ["transport=udp", "transport=tcp"]
    for each in turn:
        assert each["username"] == "1800000600:qingting"
        digest = hmac.new(b"a shared secret", each["username"].encode(), hashlib.sha1).digest()
        assert base64.b64decode(each["credential"]) == digest


def test_a_turn_server_without_a_secret_is_left_out(tmp_path: Path) -> None:
    """A browser takes no list with a TURN server that has no password: calls would fail for all."""
    assert ice.Ice(config(tmp_path, turn="turn.example.cn:3478")).servers(600) == []


def test_behind_nat_browsers_are_told_both_addresses(tmp_path: Path) -> None:
    it = engine(tmp_path)
    it.voice = replace(it.voice, external_address="203.0.113.5")
    it._configure()
    mine = [address for address in own_addresses() if ":" not in address and not address.startswith("127.")]
    wanted = [f"{address} => 203.0.113.5,include_local_address" for address in mine]
    assert lines_of(it.layout.etc / "rtp.conf", "ice_host_candidates") == wanted
