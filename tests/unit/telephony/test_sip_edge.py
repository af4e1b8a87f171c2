"""`/sip` with a real server before it and a real WebSocket server behind it in place of the engine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
import uvicorn
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from qingting.web import sip_edge

SIP = [Subprotocol("sip")]


@dataclass
class House:
    port: int
    engine: str
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    sources: list[str] = field(default_factory=list)

    def browser(self, token: str = "good") -> connect:
        offered = [*SIP, Subprotocol(f"token.{token}")]
        return connect(f"ws://127.0.0.1:{self.port}/sip", subprotocols=offered, proxy=None, max_size=None)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    sources: list[str] = []

    async def answer(upstream: ServerConnection) -> None:
        sources.append(upstream.remote_address[0])
        assert upstream.subprotocol == "sip"
        async for frame in upstream:
            await upstream.send(frame.upper() if isinstance(frame, str) else frame[::-1])

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        async with serve(answer, "127.0.0.1", 0, subprotocols=SIP) as engine:
            behind = next(iter(engine.sockets)).getsockname()[1]
            made = House(listening.getsockname()[1], f"ws://127.0.0.1:{behind}/ws", sources=sources)

            async def authorize(at: WebSocket) -> bool:
                return "token.good" in at.scope["subprotocols"]

            async def ended(at: WebSocket) -> None:
                await made.ended.wait()

            app = FastAPI()
            app.include_router(sip_edge.routes(made.engine, authorize, ended))
            async with served(app, listening):
                yield made


@asynccontextmanager
async def served(app: FastAPI, listening: socket.socket) -> AsyncIterator[None]:
    listening.listen()  # from here on who connects waits until the server takes them
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="websockets-sansio"))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await running


async def closed(browser: ClientConnection) -> tuple[int, str]:
    with suppress(ConnectionClosed):
        async for _ in browser:
            pass
    assert browser.close_code is not None
    return browser.close_code, browser.close_reason or ""


async def test_frames_go_through_unchanged_both_ways(house: House) -> None:
    async with house.browser() as browser:
        assert browser.subprotocol == "sip"
        await browser.send("register\r\n你好")
        assert await browser.recv() == "REGISTER\r\n你好"
        await browser.send(b"\x00\x01\xff")
        assert await browser.recv() == b"\xff\x01\x00"
    assert house.sources == [sip_edge.SOURCE]  # which no trunk has


async def test_strangers_stay_outside(house: House) -> None:
    with pytest.raises(InvalidStatus):
        async with house.browser("guess"):
            pass
    with pytest.raises(InvalidStatus):
        async with connect(f"ws://127.0.0.1:{house.port}/sip", subprotocols=[Subprotocol("token.good")], proxy=None):
            pass
    assert not house.sources


async def test_frames_are_bounded_in_size_and_rate(house: House) -> None:
    async with house.browser() as browser:
        await browser.send("x" * (sip_edge.LARGEST_FRAME + 1))
        assert await closed(browser) == (1009, "sip.frame_too_large")
    async with house.browser() as browser:
        for _ in range(int(sip_edge.BURST) + 100):
            await browser.send("x")
        assert await closed(browser) == (1008, "sip.too_many")


async def test_the_socket_ends_with_the_session(house: House) -> None:
    async with house.browser() as browser:
        await browser.send("x")
        await browser.recv()
        house.ended.set()
        assert await closed(browser) == (1008, "session.ended")


async def test_an_engine_that_is_away_is_a_reason_to_come_again(house: House) -> None:
    app = FastAPI()

    async def yes(at: WebSocket) -> bool:
        return True

    async def never(at: WebSocket) -> None:
        await asyncio.Event().wait()

    with socket.socket() as nobody, socket.socket() as listening:
        nobody.bind(("127.0.0.1", 0))
        listening.bind(("127.0.0.1", 0))
        app.include_router(sip_edge.routes(f"ws://127.0.0.1:{nobody.getsockname()[1]}/ws", yes, never))
        address = f"ws://127.0.0.1:{listening.getsockname()[1]}/sip"
        async with served(app, listening), connect(address, subprotocols=SIP, proxy=None) as browser:
            assert await closed(browser) == (1013, "telephony.engine_unavailable")
