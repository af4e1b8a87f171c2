import asyncio
import contextlib
import http.client
import socket
import ssl
import stat
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
import uvicorn
from cryptography import x509
from fastapi import FastAPI

from qingting.config import Config
from qingting.errors import Invalid
from qingting.tls import certificates as tls
from qingting.tls.authority import SERVER_DAYS, Authority, certificate_state
from qingting.tls.certificates import Certificates
from qingting.web import trust
from tests.patience import PATIENCE_S

DAY = 86400.0


class Clock:
    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@contextlib.asynccontextmanager
async def served(certificates: Certificates) -> AsyncIterator[int]:
    app = FastAPI()
    app.include_router(trust.router(certificates))
    app.include_router(trust.root_router(certificates))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, log_level="error", ssl_context_factory=lambda config, default: certificates.context
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        await until(lambda: server.started)
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await task


def trusting(certificates: Certificates) -> ssl.SSLContext:
    assert certificates.authority
    return ssl.create_default_context(cafile=str(certificates.authority))


def serial(connection: http.client.HTTPSConnection) -> int:
    raw = connection.sock.getpeercert(binary_form=True)
    return x509.load_der_x509_certificate(raw).serial_number


def get(connection: http.client.HTTPSConnection, path: str = "/authority.pem") -> tuple[int, bytes]:
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to that")


async def off_loop(work: Callable, *arguments):
    return await asyncio.to_thread(work, *arguments)


def connect(port: int, context: ssl.SSLContext, host: str = "localhost") -> http.client.HTTPSConnection:
    connection = http.client.HTTPSConnection(host, port, context=context, timeout=PATIENCE_S)
    connection.connect()
    return connection


async def test_serves_what_the_authority_vouches_for(tmp_path: Path) -> None:
    certificates = Certificates(Config(data=tmp_path, tls="auto"))
    async with served(certificates) as port:
        context = trusting(certificates)
        for host in ("localhost", "127.0.0.1"):
            connection = await off_loop(connect, port, context, host)
            status, body = await off_loop(get, connection)
            connection.close()
            assert (status, body) == (200, certificates.authority.read_bytes())
        with pytest.raises(ssl.SSLCertVerificationError):
            await off_loop(connect, port, ssl.create_default_context())


async def test_renews_without_dropping_a_connection(tmp_path: Path) -> None:
    clock = Clock()
    certificates = Certificates(Config(data=tmp_path, tls="auto"), now=clock)
    first_until = certificates.state().not_after
    async with served(certificates) as port:
        context = trusting(certificates)
        standing = await off_loop(connect, port, context)
        old = serial(standing)
        assert not certificates.refresh(), "nothing to do yet"
        clock.ahead = (SERVER_DAYS - tls.RENEW_DAYS - 1) * DAY
        assert not certificates.refresh()
        clock.ahead += 2 * DAY
        keeper = asyncio.create_task(certificates.keep_fresh(every_s=0.01))
        await until(lambda: certificates.state().not_after != first_until)
        # The new one begins in the future as the client's clock has it: look at who it is, not at its dates.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        newer = await off_loop(connect, port, context)
        while serial(newer) == old:
            newer.close()
            newer = await off_loop(connect, port, context)
        keeper.cancel()
        assert (await off_loop(get, standing))[0] == 200, "the standing connection goes on"
        assert serial(standing) == old
        newer.close()
        standing.close()


async def test_takes_up_own_files_when_they_change(tmp_path: Path) -> None:
    authority = Authority.in_directory(tmp_path, ["localhost"], time.time())
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"

    def deliver() -> None:
        authority.issue(["localhost"], tmp_path / "both.pem", time.time())
        certificate.write_bytes((tmp_path / "both.pem").read_bytes())
        key.write_bytes((tmp_path / "both.pem").read_bytes())

    deliver()
    certificates = Certificates(Config(data=tmp_path, tls=f"{certificate},{key}"))
    assert certificates.authority is None
    async with served(certificates) as port:
        context = ssl.create_default_context(cafile=str(tmp_path / "authority.pem"))
        standing = await off_loop(connect, port, context)
        authority.issue(["localhost"], certificate, time.time())
        key.write_text("half a file")
        with pytest.raises(Invalid, match=r"tls\.bad_certificate"):
            certificates.refresh()
        still = await off_loop(connect, port, context)
        assert serial(still) == serial(standing), "files that do not fit leave the old certificate in use"
        deliver()
        assert certificates.refresh()
        newer = await off_loop(connect, port, context)
        assert serial(newer) != serial(standing)
        assert (await off_loop(get, standing, "/api/v1/public/trust"))[0] == 200
        for connection in (standing, still, newer):
            connection.close()


def test_keys_are_for_the_owner_only(tmp_path: Path) -> None:
    Certificates(Config(data=tmp_path, tls="auto"))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tls").iterdir()}
    assert modes == {"authority.pem": 0o644, "authority.key": 0o600, "server.pem": 0o600}


def test_a_restart_keeps_authority_and_certificate(tmp_path: Path) -> None:
    config = Config(data=tmp_path, tls="auto")
    first = Certificates(config).state()
    assert Certificates(config).state() == first


def test_new_names_bring_a_new_certificate_of_the_same_authority(tmp_path: Path) -> None:
    config = Config(data=tmp_path, tls="auto")
    first = Certificates(config, names=lambda config: ["localhost", "desk.local"])
    authority = certificate_state(first.authority).fingerprint
    second = Certificates(config, names=lambda config: ["localhost", "10.1.2.3", "example.org"])
    assert certificate_state(second.authority).fingerprint == authority
    assert second.state().names == ("localhost", "10.1.2.3"), "a stranger's name is outside the constraint"


def test_public_url_is_among_the_names(tmp_path: Path) -> None:
    config = Config(data=tmp_path, tls="auto", public_url="https://cc.example.cn:8443/")
    assert {"cc.example.cn", "localhost", "127.0.0.1"} <= set(Certificates(config).state().names)
    assert tls.uncovered(config) == []
    assert tls.uncovered(Config(data=tmp_path, tls="auto", public_url="https://other.example.cn")) == [
        "other.example.cn"
    ]


def test_clients_refuse_what_a_stolen_authority_key_signs_for_others(tmp_path: Path) -> None:
    authority = Authority.in_directory(tmp_path, ["localhost"], time.time())
    authority.issue(["bank.example.com"], tmp_path / "evil.pem", time.time())
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "evil.pem")
    client = ssl.create_default_context(cafile=str(tmp_path / "authority.pem"))
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    ours = client.wrap_bio(to_client, to_server, server_hostname="bank.example.com")
    for side in (ours, theirs):
        with contextlib.suppress(ssl.SSLWantReadError):
            side.do_handshake()
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        ours.do_handshake()


@pytest.mark.parametrize("setting", ["yes", "a.pem,", ",b.pem"])
def test_says_what_a_wrong_setting_is(tmp_path: Path, setting: str) -> None:
    with pytest.raises(Invalid, match=r"tls\.bad_setting"):
        Certificates(Config(data=tmp_path, tls=setting))


async def test_the_trust_page_is_in_both_languages(tmp_path: Path) -> None:
    certificates = Certificates(Config(data=tmp_path, tls="auto"))
    app = FastAPI()
    app.include_router(trust.router(certificates))
    app.include_router(trust.root_router(certificates))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
        answer = (await client.get("/api/v1/public/trust")).json()
        assert answer["authority"]["fingerprint"] == certificate_state(certificates.authority).fingerprint
        assert set(answer["guide"]["zh"]) == set(answer["guide"]["en"])
        assert {"windows", "macos", "ios", "android", "firefox"} <= set(answer["guide"]["en"])
        for url in (answer["authority"]["url"], "/api/v1/public/authority.pem"):
            pem = await client.get(url)
            assert pem.headers["content-type"] == "application/x-x509-ca-cert"
            assert x509.load_pem_x509_certificate(pem.content)
