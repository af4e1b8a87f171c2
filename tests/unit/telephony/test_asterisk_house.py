"""Asterisk as a process of ours: found, configured, adopted again, ended; and what its configuration promises."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest
import uvloop

from qingting.config import Config
from qingting.errors import Invalid, Unavailable
from qingting.telephony import port
from qingting.telephony.asterisk import endpoints, provision
from qingting.telephony.asterisk.configure import CONTEXTS
from qingting.telephony.asterisk.engine import Engine
from qingting.telephony.asterisk.layout import Layout
from tests.contract.engine import RUNTIME, engine
from tests.patience import PATIENCE_S


def lines_of(path: Path, section: str) -> list[str]:
    text = path.read_text().split(f"[{section}]\n", 1)[1]
    return text.split("\n[", 1)[0].strip().splitlines()


@pytest.mark.asterisk
async def test_it_outlives_us_and_is_adopted_again(tmp_path: Path) -> None:
    first = engine(tmp_path)
    assert not await first.start()
    pid = first.process.pid()
    await first.leave()
    second = Engine(first.config, first.installation)
    assert await second.start()
    assert second.process.pid() == pid
    await second.stop()
    assert second.process.pid() is None
    await second.stop()


@pytest.mark.asterisk
async def test_it_is_started_again_when_it_has_died(tmp_path: Path) -> None:
    engine_ = engine(tmp_path)
    await engine_.start()
    pid = engine_.process.pid()
    up: asyncio.Queue[port.TelephonyEvent] = asyncio.Queue()

    async def another() -> None:
        while not (isinstance(event := await up.get(), port.EngineUp) and event.restarted):
            pass

    async with asyncio.timeout(PATIENCE_S):
        await engine_.telephony.start(up.put_nowait)
        await another()
        await engine_.process.kill()
        await another()
    assert engine_.process.pid() not in (None, pid)
    await engine_.telephony.stop()
    await engine_.stop()


@pytest.mark.asterisk
def test_it_is_spoken_to_from_the_loop_that_serves(tmp_path: Path) -> None:
    async def meet() -> port.TelephonyEvent:
        engine_ = engine(tmp_path)
        await engine_.start()
        up: asyncio.Future[port.TelephonyEvent] = asyncio.get_running_loop().create_future()
        await engine_.telephony.start(lambda event: up.done() or up.set_result(event))
        try:
            return await asyncio.wait_for(up, PATIENCE_S)
        finally:
            await engine_.telephony.stop()
            await engine_.stop()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert isinstance(runner.run(meet()), port.EngineUp)


async def test_a_pid_file_of_somebody_else_is_not_ours(tmp_path: Path) -> None:
    engine_ = engine(tmp_path)
    engine_.layout.make()
    engine_.layout.pid_file.write_text(str(os.getpid()))
    assert engine_.process.pid() is None


@pytest.mark.asterisk
async def test_one_that_cannot_run_says_why(tmp_path: Path) -> None:
    engine_ = engine(tmp_path)
    engine_.layout.make()
    engine_.process.installation = provision.Installation(("/bin/false",), Path(), Path(), "22.4", "system")
    with pytest.raises(Unavailable) as failed:
        await engine_.process.start()
    assert failed.value.code == "telephony.engine_failed"


def test_what_was_unpacked_is_recorded_and_found_again() -> None:
    found = provision.find(RUNTIME)
    assert found is not None
    if found.origin == "unpacked":
        record = json.loads((RUNTIME / "asterisk" / "provisioned.json").read_text())
        assert {"asterisk", "asterisk-modules", "libc6"} <= {it["package"] for it in record["packages"]}
        assert all(len(it["sha256"]) == 64 and it["version"] for it in record["packages"])


@pytest.mark.parametrize(
    ("version", "on_socket"),
    [("20.6.0", False), ("20.14.1", True), ("21.9.0", True), ("22.3", False), ("22.10.1", True), ("23.0", True)],
)
def test_versions_that_answer_on_the_event_socket(version: str, on_socket: bool) -> None:
    found = provision.Installation(("asterisk",), Path(), Path(), version, "system")
    assert found.answers_on_socket is on_socket
    assert Engine(Config(), found)._access.by_http is not on_socket


@pytest.mark.parametrize(("version", "enough"), [("", False), ("18.20.2", False), ("20.0.0", True), ("23.0", True)])
def test_versions_that_can_be_run(version: str, enough: bool) -> None:
    assert provision._new_enough(version) is enough


def test_without_a_mirror_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provision, "_system", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable) as refused:
        provision.provision(tmp_path)
    assert refused.value.code == "telephony.no_asterisk"
    assert "Install Asterisk" in refused.value.message


def test_nothing_in_the_dialplan_reaches_outside_and_its_servers_stay_on_loopback(tmp_path: Path) -> None:
    engine_ = engine(tmp_path, host="0.0.0.0")
    engine_._configure()
    etc = engine_.layout.etc
    allowed = ("Stasis(", "Set(", "GotoIf(", "Answer(", "Playback(", "StartMusicOnHold(", "StopMusicOnHold(", "Wait(")
    for context in CONTEXTS:
        for line in lines_of(etc / "extensions.conf", context):
            application = line.rpartition(",1,")[2] if line.startswith("exten") else line.partition(",")[2]
            assert application.startswith((*allowed, "Hangup(")), line
    assert "bindaddr=127.0.0.1" in lines_of(etc / "http.conf", "general")
    assert "bindaddr=127.0.0.1" in lines_of(etc / "manager.conf", "general")
    assert "res_pjsip_endpoint_identifier_anonymous" not in (etc / "modules.conf").read_text()
    for name in ("ari.conf", "manager.conf"):
        assert (etc / name).stat().st_mode & 0o077 == 0
    assert (engine_.layout.secrets / "ari").stat().st_mode & 0o077 == 0


def test_a_deep_data_folder_gets_a_short_control_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 80) / ("y" * 40)
    assert len(str(Layout.of(deep).run)) < 100


def test_trunks_are_known_by_address_only_and_phones_by_secret() -> None:
    objects = endpoints.of_trunk(port.Trunk("t1", "carrier.example"), ["192.0.2.7"])
    trunk = {it.kind: dict(it.fields) for it in objects}
    assert trunk["endpoint"]["identify_by"] == "ip"
    assert "auth" not in trunk["endpoint"]
    assert trunk["identify"]["match"] == "192.0.2.7"
    made = endpoints.of_endpoint(port.Endpoint("p1", "secret", "browser", "agent:7"))
    phone = {it.kind: dict(it.fields) for it in made}
    assert (phone["endpoint"]["auth"], phone["endpoint"]["identify_by"]) == ("p1", "username")
    assert phone["endpoint"]["allow_transfer"] == "no"


@pytest.mark.parametrize("bad", ["a b", "x\ny", "", "a;b", "name]"])
def test_names_that_could_write_configuration_are_refused(bad: str) -> None:
    with pytest.raises(Invalid):
        endpoints.of_endpoint(port.Endpoint(bad, "s", "sip", "agent:7"))
    with pytest.raises(Invalid):
        endpoints.of_trunk(port.Trunk(bad, "h"), [])
