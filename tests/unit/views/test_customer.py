"""What the call page is told of its own call, through the live shell; and its socket, through a real server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from qingting.core import commands as c
from qingting.errors import NotFound
from qingting.flow.document import Document
from qingting.journal.memory import MemoryJournal
from qingting.journal.port import PersonalData
from qingting.runtime.flow_tools import publishable
from qingting.runtime.live import Live
from qingting.runtime.views import customer as module
from qingting.runtime.views.customer import CustomerCalls, Item
from qingting.telephony.credentials import Credential, Holder, Limits, WebCredentials
from qingting.telephony.fake import FakeEngine
from qingting.web import calls as door
from tests.unit.serving import served

FLOW = """\
languages: [zh, en]
person: service
nodes:
  main:
    menu:
      say: {zh: 您好。, en: Hello.}
      keys:
        1: {to: sales, words: {zh: 销售}}
        2: more
        "*": {to: main, words: {zh: 重听, en: Again}}
  more:
    menu:
      say: {zh: 请按1。, en: Press 1.}
      keys:
        1: {to: out}
  out:
    transfer: "+862112345678"
  sales:
    queue: {to: sales}
"""


@dataclass
class Told:
    announce_place: bool = True
    announce_wait: bool = True
    announce_every_s: float = 30.0


@dataclass
class Shop:
    """One tenant with a queue; two customers of the page and others who telephone."""

    live: Live
    journal: MemoryJournal
    told: Told
    calls: CustomerCalls

    def another(self) -> CustomerCalls:
        """As after a restart of the program."""
        calls = _calls(self.live, self.journal, self.told)
        calls.start(self.live.engine.state.contacts.values())
        return calls

    async def arrives(self, contact: str, credential: str = "", entry: str = "page") -> None:
        personal = [PersonalData(f"p-{contact}", "caller", "routing", {"source": f"web:{credential}"})]
        arrival = c.ContactArrives(contact, contact, entry=entry, party=f"p-{contact}", leg=f"l-{contact}")
        await self.live.submit(arrival, personal=personal)

    async def moves(self, contact: str, node: str, via: str) -> None:
        await self.live.submit(c.DialogueMoves(contact, "demo", 1, node, via, ""))

    async def of(self, credential: str) -> Item:
        item = await self.calls.of(credential)
        assert item is not None
        return item


def _calls(live: Live, journal: MemoryJournal, told: Told) -> CustomerCalls:
    async def document(flow: str, version: int) -> Document:
        if flow != "demo":
            raise NotFound("flow.unknown")
        return publishable(FLOW)

    return CustomerCalls(
        live.tenant,
        lambda: live.engine,
        journal,
        is_web=lambda entry: entry == "page",
        treatment=lambda queue: told,
        document=document,
    )


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    journal, told = MemoryJournal(), Told()
    live = Live("acme", journal)
    await live.start()
    for command in (c.PutQueue("sales", wrap_up_s=0), c.PutQueue("vip", priority_s=3600, wrap_up_s=0)):
        await live.submit(command)
    await live.submit(c.PutAgent("li", queues=("sales", "vip")))
    calls = _calls(live, journal, told)
    live.subscribe(calls.on_entry)
    yield Shop(live, journal, told, calls)
    await live.stop()


async def test_menu_with_its_keys_in_both_languages(shop: Shop) -> None:
    assert await shop.calls.of("w1") is None
    await shop.arrives("c1", "w1")
    assert await shop.of("w1") == {"stage": "calling"}
    await shop.moves("c1", "main", "start")
    keys = [
        {"key": "1", "words": {"zh": "销售", "en": "销售"}, "person": False},
        {"key": "2", "words": {"zh": "", "en": ""}, "person": False},
        {"key": "0", "words": {"zh": "", "en": ""}, "person": True},
        {"key": "*", "words": {"zh": "重听", "en": "Again"}, "person": False},
    ]
    assert await shop.of("w1") == {"stage": "menu", "step": None, "keys": keys}
    await shop.moves("c1", "main", "*")
    assert (await shop.of("w1"))["step"] == {"zh": "重听", "en": "Again"}
    await shop.moves("c1", "out", "1")
    assert await shop.of("w1") == {"stage": "transferring"}
    await shop.live.submit(c.ContactEnds("c1", "flow"))
    assert await shop.of("w1") == {"stage": "ended", "cause": "flow", "talked_s": None}


async def test_a_flow_that_is_gone_is_a_menu_without_keys(shop: Shop) -> None:
    await shop.arrives("c1", "w1")
    await shop.live.submit(c.DialogueMoves("c1", "gone", 1, "main", "start", ""))
    assert await shop.of("w1") == {"stage": "menu", "step": None, "keys": []}


async def test_a_place_never_rises_and_is_told_as_the_queue_tells_it(shop: Shop) -> None:
    await shop.arrives("c0")
    await shop.live.submit(c.EnterQueue("c0", "c0.v1", "sales"))
    await shop.arrives("c1", "w1")
    await shop.live.submit(c.EnterQueue("c1", "c1.v1", "sales"))
    first = await shop.of("w1")
    assert (first["stage"], first["place"], first["wait_s"]) == ("waiting", 2, None)
    await shop.arrives("c2")
    await shop.live.submit(c.EnterQueue("c2", "c2.v1", "sales", priority_s=3600))
    assert shop.live.engine.place("c1.v1") == 3
    assert (await shop.of("w1"))["place"] == 2
    # Nobody knows after a restart what was told: only "next" cannot be a rise.
    again = shop.another()
    assert await again.of("w1") == {**first, "place": None}
    for contact in ("c0", "c2"):
        await shop.live.submit(c.ContactEnds(contact, "customer"))
    assert ((await again.of("w1")) or {})["place"] == 1
    shop.told.announce_place = False
    assert (await shop.of("w1"))["place"] is None


async def test_talking_held_and_who_ended_it(shop: Shop) -> None:
    await shop.arrives("c1", "w1")
    await shop.live.submit(c.EnterQueue("c1", "c1.v1", "sales"))
    await shop.live.submit(c.SetReachable("li", "voice", True))
    await shop.live.submit(c.SetPresence("li", "available"))
    assert (await shop.of("w1"))["stage"] == "ringing"
    await shop.live.submit(c.Accept("c1.v1/1"))
    await shop.live.submit(c.Connected("c1.v1/1"))
    talking = await shop.of("w1")
    connected = shop.live.engine.state.assignments["c1.v1/1"].connected
    assert talking == {"stage": "talking", "since": connected}
    await shop.live.submit(c.Hold("c1.v1/1"))
    assert await shop.of("w1") == {"stage": "held", "since": connected}
    assert await shop.another().of("w1") == {"stage": "held", "since": connected}
    await shop.live.submit(c.AgentLeaves("c1.v1/1", "hangup"))
    ended = await shop.of("w1")
    assert (ended["stage"], ended["cause"]) == ("ended", "agent")
    assert ended["talked_s"] >= 0


@pytest.mark.parametrize(
    ("cause", "told"), [("customer", "customer"), ("failed", "trouble"), ("engine_lost", "trouble")]
)
async def test_ends(shop: Shop, cause: str, told: str) -> None:
    await shop.arrives("c1", "w1")
    await shop.live.submit(c.ContactEnds("c1", cause))
    assert await shop.of("w1") == {"stage": "ended", "cause": told, "talked_s": None}


async def test_the_newest_call_of_a_credential_and_nobody_elses(shop: Shop) -> None:
    await shop.arrives("c1", "w1")
    await shop.live.submit(c.ContactEnds("c1", "customer"))
    await shop.arrives("c2", "w1")
    await shop.arrives("c3", "w3", entry="number")  # somebody who telephones
    assert await shop.of("w1") == {"stage": "calling"}
    assert await shop.calls.of("w3") is None
    assert await shop.calls.of("") is None


async def test_what_is_remembered_is_bounded(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    for n in range(5):
        await shop.arrives(f"c{n}", f"w{n}")
        await shop.live.submit(c.ContactEnds(f"c{n}", "customer"))
    assert [await shop.calls.of(f"w{n}") is None for n in range(5)] == [True, True, True, False, False]


# --- the socket


class Door:
    def __init__(self, at: str) -> None:
        self.at = at

    def open(self, token: str) -> connect:
        offered = [Subprotocol("call"), Subprotocol(f"token.{token}")]
        return connect(f"ws://{self.at}/public/calls/live", subprotocols=offered, proxy=None)


@dataclass
class Edge:
    credentials: WebCredentials
    door: Door
    call: dict[str, object] | None = None

    async def issue(self) -> Credential:
        return await self.credentials.issue("demo", "192.0.2.1")


@pytest.fixture
async def edge(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Edge]:
    monkeypatch.setattr(door, "LOOK_EVERY_S", 0.02)
    telephony = FakeEngine().telephony()
    await telephony.start(lambda event: None)
    credentials = WebCredentials(telephony, Limits(lifetime_s=600), key=b"k")
    made = Edge(credentials, Door(""))

    async def call_of(holder: Holder) -> dict[str, object] | None:
        return made.call

    app = FastAPI()
    app.include_router(door.routes(None, credentials, dict, call_of))  # type: ignore[arg-type]
    async with served(app) as at:
        made.door = Door(at)
        yield made


async def test_changes_are_told_once_each(edge: Edge) -> None:
    credential = await edge.issue()
    async with edge.door.open(credential.token) as page:
        first = json.loads(await page.recv())
        assert first["call"] is None
        assert abs(first["now"] - time.time()) < 60
        edge.call = {"stage": "talking", "since": 1.0}
        assert json.loads(await page.recv())["call"] == edge.call
        edge.call = {"stage": "ended", "cause": "agent", "talked_s": 3.0}
        assert json.loads(await page.recv())["call"] == edge.call


async def closed_with(page: ClientConnection) -> int | None:
    with suppress(ConnectionClosed):
        async for _ in page:
            pass
    return page.close_code


async def test_strangers_hear_nothing_and_a_page_takes_the_place_of_another(edge: Edge) -> None:
    async with edge.door.open("guess") as page:
        assert await closed_with(page) == 4401
    credential = await edge.issue()
    async with edge.door.open(credential.token) as first:
        await first.recv()
        async with edge.door.open(credential.token) as second:
            await second.recv()
            assert await closed_with(first) == 4409
            edge.call = {"stage": "calling"}
            assert json.loads(await second.recv())["call"] == edge.call


async def test_it_ends_with_the_credential_and_its_call(edge: Edge) -> None:
    edge.credentials._limits = Limits(lifetime_s=-5)
    credential = await edge.issue()
    edge.call = {"stage": "talking", "since": 1.0}
    async with edge.door.open(credential.token) as page:
        await page.recv()
        edge.call = {"stage": "held", "since": 1.0}
        assert json.loads(await page.recv())["call"] == edge.call  # a conversation goes on
        edge.call = {"stage": "ended", "cause": "customer", "talked_s": 1.0}
        assert json.loads(await page.recv())["call"] == edge.call
        assert await closed_with(page) == 4401


async def test_the_sip_door_goes_by_the_credential_and_its_call(edge: Edge) -> None:
    async def call_of(holder: Holder) -> dict[str, object] | None:
        return edge.call

    sip = door.SipDoor(None, edge.credentials, call_of)  # type: ignore[arg-type]

    class Socket:
        def __init__(self, token: str) -> None:
            self.scope, self.state = {"subprotocols": ["sip", f"token.{token}"]}, None

    lives = Socket((await edge.issue()).token)
    edge.credentials._limits = Limits(lifetime_s=-5)
    over = Socket((await edge.issue()).token)

    async def lets_in(socket: Socket) -> bool:
        return await sip.authorize(socket)  # type: ignore[arg-type]

    assert [await lets_in(it) for it in (lives, over, Socket("guess"), Socket(""))] == [True, False, False, False]
    edge.call = {"stage": "talking", "since": 1.0}
    assert await lets_in(over)
    ended = asyncio.create_task(sip.ended(over))  # type: ignore[arg-type]
    await asyncio.sleep(0.1)
    assert not ended.done()
    edge.call = {"stage": "ended", "cause": "agent", "talked_s": 1.0}
    await ended
