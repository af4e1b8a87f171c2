"""Trunks over TLS: signalling and sound are encrypted, and only a far side that can prove its name is spoken to."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from qingting.telephony import port
from qingting.tls.authority import Authority
from tests.patience import PATIENCE_S

from ...ports import free_ports
from .. import tones
from ..engine import engine
from ..tones import AGENT, CALLER
from ..worlds import AsteriskWorld
from .encrypted import is_encrypted, issued
from .parties import caller

pytestmark = pytest.mark.asterisk


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AsteriskWorld]:
    authority, certificate = issued(tmp_path / "tls")
    near = engine(tmp_path / "near", certificate=certificate, trust=authority)
    far = engine(tmp_path / "far", certificate=certificate, trust=authority)
    for hertz in (0, *tones.ALL):
        tones.write(tmp_path / f"say-{hertz}.wav", hertz, 60)
    try:
        await asyncio.gather(near.start(), far.start())
        made = AsteriskWorld(tmp_path, near, far, tmp_path, transport="tls")
        await made.start()
        await made.trunk(port.Trunk("t1", "carrier.invalid"))
        yield made
        await made.close()
    finally:
        await asyncio.gather(near.stop(), far.stop())


async def test_calls_in_and_out_are_encrypted_and_heard(world: AsteriskWorld) -> None:
    leg, customer = await caller(world)
    await world.telephony.ring("o/1", "trunk:t1/13900000000", caller="95588", timeout_s=20)
    outside = await world.party("o/1")
    await outside.answer()
    await world.heard.wait(port.LegAnswered, lambda e: e.leg == "o/1")
    await world.telephony.bridge("b/1", [leg, "o/1"])
    await customer.speak(CALLER)
    await outside.speak(AGENT)
    await customer.hears({AGENT})
    await outside.hears({CALLER})
    assert await is_encrypted(world.telephony, leg)
    assert await is_encrypted(world.telephony, "o/1")


async def test_who_cannot_prove_their_name_is_not_spoken_to(world: AsteriskWorld, tmp_path: Path) -> None:
    _, other = issued(tmp_path / "other")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(other)
    told = bytearray()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told.extend(await reader.read(10_000))
        await closed(writer)

    (at,) = free_ports(1)
    async with await asyncio.start_server(listen, "127.0.0.1", at, ssl=context):
        await world.telephony.put_trunk(port.Trunk("t2", "127.0.0.1", at, transport="tls"))
        await world.telephony.ring("o/1", "trunk:t2/13900000000", caller="95588", timeout_s=20)
        ended = await world.heard.wait(port.LegEnded)
    await world.telephony.remove_trunk("t2")
    assert ended.cause in ("failed", "unreachable")
    assert not told


async def test_a_renewed_certificate_is_shown_without_a_restart(world: AsteriskWorld, tmp_path: Path) -> None:
    authority, certificate = tmp_path / "tls" / "authority.pem", tmp_path / "tls" / "server.pem"
    before = await shown(world.near.voice.sip_tls_port, authority)
    Authority.in_directory(tmp_path / "tls", [], time.time()).issue(["127.0.0.1"], certificate, time.time())
    leg, customer = await caller(world)
    await world.near.certificate_renewed()
    async with asyncio.timeout(PATIENCE_S):
        while await shown(world.near.voice.sip_tls_port, authority) == before:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    later, _ = await caller(world)
    await customer.press("1")
    assert (await world.heard.wait(port.KeyPressed)).leg == leg
    assert later != leg


async def shown(at: int, authority: Path) -> str:
    """The serial number of the certificate that callers over TLS are shown."""
    context = ssl.create_default_context(cafile=authority)
    _, writer = await asyncio.open_connection("127.0.0.1", at, ssl=context)
    certificate = writer.get_extra_info("ssl_object").getpeercert()
    await closed(writer)
    return str(certificate["serialNumber"])


async def closed(writer: asyncio.StreamWriter) -> None:
    """At once: SIP's far side says no goodbye in TLS, and half a minute would be waited for it."""
    writer.transport.abort()
    with suppress(OSError, ssl.SSLError):
        await writer.wait_closed()
