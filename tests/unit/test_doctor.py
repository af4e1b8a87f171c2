import asyncio
import json
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from qingting import doctor, migrate
from qingting.config import Config, Mail, Speech, Voice
from qingting.datalock import UNFINISHED, DataLock
from qingting.doctor import edge, relay, sites, storage, voice
from qingting.doctor.check import Check
from qingting.journal.sqlite import SqliteJournal
from qingting.tls.authority import Authority
from qingting.tls.certificates import Certificates
from qingting.vault import Vault
from tests.command_line import command_line
from tests.ports import free_ports
from tests.turn import turn_server


def free_port() -> int:
    return free_ports(1)[0]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    ports = {name: free_port() for name in ("sip_port", "http_port", "ami_port")}
    return Config(data=tmp_path / "data", runtime=tmp_path / "runtime", port=free_port(), voice=Voice(**ports))


def one(checks: Iterator[Check]) -> Check:
    [check] = checks
    return check


def state(part: Callable[[Config], Iterator[Check]], config: Config) -> str:
    return one(part(config)).state


async def make_databases(config: Config) -> None:
    config.data.mkdir(exist_ok=True)
    await asyncio.to_thread(migrate.upgrade, config.effective_records_url)
    await (await SqliteJournal.open(config.journal_path)).close()


def test_a_folder_that_is_not_there_yet_is_no_fault(config: Config) -> None:
    for part in (storage.data_folder, storage.journal, storage.records, storage.keys):
        assert state(part, config) == "ok"
    assert not config.data.exists(), "a check changes nothing"


async def test_a_working_centre_is_told_as_such(config: Config) -> None:
    await make_databases(config)
    Vault(config.data / "secrets")
    with DataLock(config.data):
        said = await asyncio.to_thread(lambda: one(storage.data_folder(config)))
        assert (said.state, f"process {os.getpid()}" in said.message) == ("ok", True)
        assert "durable commit takes" in said.message
        for part in (storage.journal, storage.records, storage.keys, storage.spool):
            assert {check.state for check in await asyncio.to_thread(lambda part=part: list(part(config)))} <= {"ok"}
    assert sorted(path.name for path in config.data.iterdir() if path.name.startswith(".")) == []


def test_finds_a_folder_in_memory(config: Config) -> None:
    if not os.access("/dev/shm", os.W_OK):
        pytest.fail("needs /dev/shm, a file system in memory, to be looked at")
    folder = Path(f"/dev/shm/qingting-doctor-{os.getpid()}")
    folder.mkdir()
    try:
        assert state(storage.data_folder, replace(config, data=folder)) == "fail"
    finally:
        folder.rmdir()


def test_finds_an_interrupted_restore(config: Config) -> None:
    config.data.mkdir()
    (config.data / UNFINISHED).touch()
    assert next(iter(storage.data_folder(config))).state == "fail"


async def test_finds_a_damaged_and_an_old_database(config: Config) -> None:
    await make_databases(config)
    with closing(__import__("sqlite3").connect(config.data / "records.db")) as records:
        records.execute("UPDATE alembic_version SET version_num = '0000'")
        records.commit()
    assert await asyncio.to_thread(state, storage.records, config) == "warn"
    config.journal_path.write_bytes(b"no database" * 1000)
    assert await asyncio.to_thread(state, storage.journal, config) == "fail"


def test_names_a_database_server_that_does_not_answer(config: Config) -> None:
    url = f"postgresql+asyncpg://u:p@127.0.0.1:{free_port()}/x"
    check = one(storage.records(replace(config, records_url=url)))
    assert (check.state, "records_url" in check.mend) == ("fail", True)


@pytest.mark.postgres
def test_records_on_a_server(config: Config, postgres_url: str) -> None:
    migrate.upgrade(postgres_url)
    check = one(storage.records(replace(config, records_url=postgres_url)))
    assert (check.state, check.message.startswith("PostgreSQL")) == ("ok", True)


def test_finds_keys_that_are_open_or_gone(config: Config) -> None:
    vault = Vault(config.data / "secrets")
    [key] = vault.directory.iterdir()
    key.chmod(0o644)
    assert [check.state for check in doctor.checks(config) if check.name == "keys"] == ["fail"]
    key.unlink()
    (config.data / "recordings/t1").mkdir(parents=True)
    (config.data / "recordings/t1/a.qtr").touch()
    assert state(storage.keys, config) == "fail"


def test_finds_recordings_that_wait_for_long(config: Config) -> None:
    (config.data / "spool").mkdir(parents=True)
    (wav := config.data / "spool/rec-v1-1.agent.wav").write_bytes(bytes(100))
    assert state(storage.spool, config) == "ok"
    os.utime(wav, (time.time() - 7200, time.time() - 7200))
    assert state(storage.spool, config) == "warn"


def test_tells_whose_a_port_is(config: Config) -> None:
    assert state(edge.web_port, config) == "ok"
    with socket.create_server(("127.0.0.1", config.port)):
        check = one(edge.web_port(config))
        assert check.state == "fail"
        assert f"process {os.getpid()}" in check.message
        with DataLock(config.data):
            assert state(edge.web_port, config) == "ok", "it is ours"
    assert state(edge.web_port, replace(config, host="192.0.2.77")) == "fail"


def test_finds_a_telephone_port_that_is_taken(config: Config) -> None:
    assert state(voice.check_ports, config) == "ok"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", config.voice.sip_port))
        check = one(voice.check_ports(config))
        assert (check.state, f"{config.voice.sip_port}/udp" in check.message) == ("fail", True)


def test_no_asterisk_is_said_with_what_to_do(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    off = replace(config, voice=replace(config.voice, enabled=False))
    assert state(voice.asterisk, off) == "ok"
    if one(voice.asterisk(config)).state == "fail":
        assert "make setup" in one(voice.asterisk(config)).mend


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "ok"),
        ({"rtp_first": 20000, "rtp_last": 20099}, "warn"),
        ({"rtp_first": 21000, "rtp_last": 20000}, "fail"),
        ({"rtp_first": 5000, "rtp_last": 6000}, "fail"),
        ({"rtp_first": 40000, "rtp_last": 50000}, "warn"),
    ],
)
def test_range_of_audio_ports(config: Config, settings: dict, expected: str) -> None:
    assert state(voice.rtp, replace(config, voice=Voice(sip_port=5060, **settings))) == expected


@pytest.mark.parametrize(
    ("host", "settings", "expected"),
    [
        ("127.0.0.1", {}, "ok"),
        ("0.0.0.0", {}, "warn"),
        ("0.0.0.0", {"sip_host": "0.0.0.0", "external_address": "no.such.name.invalid"}, "fail"),
        ("0.0.0.0", {"sip_host": "0.0.0.0", "external_address": "203.0.113.5"}, "warn"),
        (
            "0.0.0.0",
            {"sip_host": "0.0.0.0", "external_address": "203.0.113.5", "local_networks": ("10.0.0.0/8",)},
            "ok",
        ),
    ],
)
def test_addresses_behind_nat(config: Config, host: str, settings: dict, expected: str) -> None:
    assert state(voice.nat, replace(config, host=host, voice=replace(config.voice, **settings))) == expected


@contextmanager
def stun_server(sees: str) -> Iterator[str]:
    """Answers one binding request as RFC 8489 wants it, saying that it sees `sees`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def answer() -> None:
            request, peer = server.recvfrom(1500)
            mask = bytes(a ^ b for a, b in zip(socket.inet_aton(sees), request[4:8], strict=True))
            attribute = struct.pack(">HHBBH", 0x0020, 8, 0, 1, 0) + mask
            server.sendto(struct.pack(">HH", 0x0101, len(attribute)) + request[4:20] + attribute, peer)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def test_stun_tells_the_address_the_outside_sees(config: Config) -> None:
    for external, expected in (("", "ok"), ("203.0.113.5", "ok"), ("203.0.113.6", "warn")):
        with stun_server("203.0.113.5") as server:
            settings = replace(config.voice, stun=server, external_address=external)
            check = one(relay.stun(replace(config, voice=settings)))
        assert (check.state, "203.0.113.5" in check.message) == (expected, True)
    silent = replace(config.voice, stun=f"127.0.0.1:{free_port()}")
    assert state(relay.stun, replace(config, voice=silent)) == "warn"
    assert list(relay.stun(config)) == []


def test_turn_relays_for_who_shares_its_secret(config: Config, tmp_path: Path) -> None:
    config.data.mkdir(exist_ok=True)
    (config.data / "secrets").mkdir()
    secret = config.data / "secrets" / "turn-secret"
    with turn_server(tmp_path, "a shared secret") as server:
        config = replace(config, voice=replace(config.voice, turn=server))
        assert state(relay.turn, config) == "fail", "no secret"
        secret.write_text("another secret\n")
        assert state(relay.turn, config) == "fail"
        secret.write_text("a shared secret\n")
        check = one(relay.turn(config))
        assert (check.state, "relays for us at 127.0.0.1" in check.message) == ("ok", True)
    assert state(relay.turn, config) == "warn", "nobody answers any more"


def test_trunks_over_tls_need_what_proves_names(config: Config, tmp_path: Path) -> None:
    there = tmp_path / "authority.pem"
    there.touch()
    for changes, tls, expected in (
        ({"sip_tls_port": 5061, "sip_tls_trust": str(there)}, "auto", "ok"),
        ({"sip_tls_port": 5061, "sip_tls_trust": str(there)}, "", "fail"),
        ({"sip_tls_trust": "any"}, "", "warn"),
        ({"sip_tls_trust": str(tmp_path / "absent.pem")}, "", "warn"),
    ):
        found = replace(config, tls=tls, voice=replace(config.voice, **changes))
        assert state(voice.tls, found) == expected, changes


async def test_says_why_a_site_cannot_be_spoken_to_over_tls(tmp_path: Path) -> None:
    def made(name: str, names: list[str]) -> Path:
        (tmp_path / name).mkdir()
        Authority.in_directory(tmp_path / name, names, time.time()).issue(
            names, tmp_path / name / "server.pem", time.time()
        )
        return tmp_path / name

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):  # who does not believe us breaks it off
            await reader.read(1)
            writer.write(b"SIP/2.0 400 Bad Request\r\n\r\n")
        writer.close()

    ours, theirs = made("ours", ["127.0.0.1"]), made("theirs", ["127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ours / "server.pem")
    by_tls = await asyncio.start_server(silent, "127.0.0.1", 0, ssl=context)
    plain = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with by_tls, plain:
        tls, clear = (server.sockets[0].getsockname()[1] for server in (by_tls, plain))
        for at, trust, expected in (
            (f"127.0.0.1:{tls}", str(ours / "authority.pem"), ""),
            (f"127.0.0.1:{tls}", "any", ""),
            (f"127.0.0.1:{tls}", str(theirs / "authority.pem"), "certificate is not believed"),
            (f"localhost:{tls}", str(ours / "authority.pem"), "certificate is not believed"),
            (f"127.0.0.1:{clear}", "any", "speaks no TLS"),
            (f"127.0.0.1:{free_port()}", "any", "cannot be connected to"),
        ):
            fault = await asyncio.to_thread(sites.tls_fault, at, trust)
            assert (fault is None) == (not expected), fault
            assert fault is None or (expected in fault[0] and fault[1]), fault


def test_certificates(config: Config, tmp_path: Path) -> None:
    assert state(edge.certificate, config) == "ok"
    assert state(edge.certificate, replace(config, host="0.0.0.0")) == "warn"
    auto = replace(config, tls="auto", public_url="https://cc.example.cn")
    assert state(edge.certificate, auto) == "ok"
    Certificates(auto)
    assert state(edge.certificate, auto) == "ok"
    assert state(edge.certificate, replace(auto, public_url="https://other.example.cn")) == "warn"
    authority = Authority.in_directory(tmp_path, ["cc.example.cn"], time.time())
    own = replace(config, tls=f"{tmp_path / 'c.pem'},{tmp_path / 'c.pem'}")
    for made, expected in ((0, "ok"), (-80, "warn"), (-100, "fail"), (+5, "fail")):
        authority.issue(["cc.example.cn"], tmp_path / "c.pem", time.time() + made * 86400)
        assert state(edge.certificate, own) == expected
    authority.issue(["cc.example.cn"], tmp_path / "c.pem", time.time())
    assert state(edge.certificate, replace(own, public_url="https://cc.example.cn")) == "ok"
    assert state(edge.certificate, replace(own, public_url="https://x.example.cn")) == "warn"
    assert state(edge.certificate, replace(own, tls="nonsense")) == "fail"


@pytest.fixture
def smtp_port() -> Iterator[int]:
    def let_in(server, session, envelope, mechanism, data) -> AuthResult:
        return AuthResult(success=data.password == b"right")

    controller = Controller(
        object(), hostname="127.0.0.1", port=free_port(), authenticator=let_in, auth_require_tls=False
    )
    controller.start()
    yield controller.port
    controller.stop()


def test_mail(config: Config, smtp_port: int) -> None:
    assert state(edge.mail, config) == "warn"
    settings = Mail(host="127.0.0.1", port=smtp_port, tls="none")
    assert state(edge.mail, replace(config, mail=settings)) == "ok"
    signed = replace(config, mail=replace(settings, username="qt"))
    assert "no password" in one(edge.mail(signed)).message
    (config.data / "secrets").mkdir(parents=True)
    for password, expected in (("wrong", "fail"), ("right", "ok")):
        (config.data / "secrets/mail-password").write_text(password)
        assert state(edge.mail, signed) == expected
    nobody = replace(settings, port=free_port())
    assert state(edge.mail, replace(config, mail=nobody)) == "fail"


def test_pages(config: Config, tmp_path: Path) -> None:
    assert state(edge.ui, replace(config, ui=tmp_path)) == "fail"
    (tmp_path / "index.html").touch()
    assert state(edge.ui, replace(config, ui=tmp_path)) == "ok"


def test_speech_really_speaks(config: Config) -> None:
    assert state(voice.speech, config) == "ok"


def test_a_speech_engine_that_is_away_is_told_with_who_speaks_instead(config: Config) -> None:
    away = replace(config, speech=Speech(url="http://127.0.0.1:1/speech", voices=("*=a",)))
    first, second = voice.speech(away)
    assert (first.state, second.state) == ("warn", "ok")
    assert "http://127.0.0.1:1/speech: it is not reached" in first.message
    assert "espeak-ng (bundled) speaks in its place" in first.message


def test_each_check_is_one_line_and_each_fault_says_what_to_do(config: Config) -> None:
    for check in doctor.checks(config):
        assert "\n" not in str(check)
        assert check.state in ("ok", "warn", "fail")
        assert check.state == "ok" or check.mend, check


def test_the_command_tells_by_its_exit_code(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "QINGTING_UI": str(tmp_path),
        "QINGTING_PORT": str(config.port),
        "QINGTING_VOICE__ENABLED": "no",
        "QINGTING_DATA": str(config.data),
    }.items():
        monkeypatch.setenv(name, value)
    assert command_line("doctor").returned == 1
    (tmp_path / "index.html").touch()
    plain, as_json = command_line("doctor"), command_line("doctor", "--json")
    assert (plain.returned, as_json.returned) == (0, 0)
    assert {check["state"] for check in json.loads(as_json.stdout)} <= {"ok", "warn"}
    assert all(line[0] in "✓!" for line in plain.stdout.splitlines())
