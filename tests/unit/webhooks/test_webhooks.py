"""Other systems are told: over the real application, to a real server that fails at first."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from qingting import judged
from qingting.contexts.webhooks import model, posting
from qingting.contexts.webhooks.tables import webhook
from qingting.core import commands as c
from qingting.journal.outbox import Relay
from qingting.tls.authority import Authority

from ..contacts.story import Story
from ..house import House, code_of, fields_of


@dataclass
class Listener:
    """An HTTP server that answers as it is told to, and keeps what it heard."""

    port: int = 0
    scheme: str = "http"
    answers: list[int] = field(default_factory=list)
    """The next ones; then 204."""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook?from=qingting"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        assert head[0] == "POST /hook?from=qingting HTTP/1.1"
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        self.heard.append((headers, await reader.readexactly(int(headers["content-length"]))))
        status = self.answers.pop(0) if self.answers else 204
        if status:
            writer.write(f"HTTP/1.1 {status} So\r\nLocation: http://127.0.0.1:1/\r\n\r\n".encode())
            await writer.drain()
        writer.close()

    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None = None) -> AsyncIterator[Listener]:
    listener = Listener(scheme="https" if tls else "http")
    server = await asyncio.start_server(listener._serve, "127.0.0.1", 0, ssl=tls)
    listener.port = server.sockets[0].getsockname()[1]
    async with server:
        yield listener


async def told(house: House) -> None:
    """What was told in the records reaches the journal, and the queue of messages."""
    while await Relay(house.records, house.journal).relay():
        pass
    await house.webhooks.feed()


async def later(house: House, seconds: float) -> None:
    clock = house.webhooks._now
    at = clock() + seconds
    house.webhooks._now = lambda: at
    while await house.webhooks.send_due():
        pass


async def test_told_signed_and_again_until_heard(house: House) -> None:
    admin = await house.user("lin", "administrator")
    async with listening() as listener:
        new = {"name": "CRM", "url": listener.url, "kinds": ["customer.created", "customer.changed", "contact.ended"]}
        made = await admin.post("/webhooks", json=new)
        assert made.status_code == 201, made.text
        hook, secret = made.json()["id"], made.json()["secret"]
        assert secret not in str((await admin.get("/webhooks")).json()), "shown once"

        customer = (await admin.post("/customers", json={"name": "刘女士", "numbers": ["13812345678"]})).json()
        listener.answers = [500, 302, 0, 200]
        await told(house)
        await house.webhooks.send_due()
        await house.webhooks.send_due()
        assert len(listener.heard) == 1, "not again before its time"
        for n in range(3):
            await later(house, model.DELAYS_S[n])
        assert len(listener.heard) == 4, "until it was heard; a redirect leads nowhere"
        assert {it["type"] for it in listener.messages()} == {"customer.created"}
        assert listener.messages()[0]["data"] == {"customers": [customer["id"]]}
        assert not [it for _, it in listener.heard if b"13812345678" in it or "刘".encode() in it]
        for headers, body in listener.heard:
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            key = base64.b64decode(secret.removeprefix("whsec_"))
            mine = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
            assert hmac.compare_digest(headers["webhook-signature"], mine)
        assert len({headers["webhook-id"] for headers, _ in listener.heard}) == 1, "one message, one id"
        (message,) = (await admin.get(f"/webhooks/{hook}/messages")).json()["items"]
        assert (message["state"], [it["error"] for it in message["attempts"]]) == (
            "sent",
            ["status", "status", "answer", ""],
        )

        story = Story(house.journal, house.tenant)
        await story.begin()
        await story.calls("c1")
        await told(house)
        await later(house, 1)
        before = len(listener.heard)
        await story.does(c.ContactEnds("c1", "customer"))
        await told(house)
        await later(house, 1)
        assert [it["data"]["contact"] for it in listener.messages()[before:]] == ["c1"]
        assert {it["action"] for it in await house.audited("webhook.")} == {"webhook.create"}


async def test_dead_in_a_day_and_sent_again_by_hand(sqlite_house: House) -> None:
    house = sqlite_house
    admin = await house.user("lin", "administrator")
    async with listening() as listener:
        new = {"name": "CRM", "url": listener.url, "kinds": ["customer.created"]}
        hook = (await admin.post("/webhooks", json=new)).json()["id"]
        await admin.post("/customers", json={"name": "A", "numbers": ["13812345678"]})
        listener.answers = [503] * (len(model.DELAYS_S) + 1)
        await told(house)
        await house.webhooks.send_due()
        for delay in model.DELAYS_S:
            await later(house, delay)
        assert not listener.answers
        assert 85_000 < sum(model.DELAYS_S) < 90_000
        (dead,) = (await admin.get(f"/webhooks/{hook}/messages", params={"state": "dead"})).json()["items"]
        assert (await admin.get("/webhooks")).json()["items"][0]["states"] == {"dead": 1}
        await later(house, 86_400)
        again = f"/webhooks/{hook}/messages/{dead['id']}/send"
        assert (await admin.post(again)).status_code == 204
        assert code_of(await admin.post(again)) == (409, "webhook.waiting")
        listener.answers = [410]
        await later(house, 1)
        assert (await admin.get("/webhooks")).json()["items"][0]["enabled"] is False, "they want no more"
        assert (await admin.delete(f"/webhooks/{hook}")).status_code == 204
        assert code_of(await admin.get(f"/webhooks/{hook}/messages")) == (404, "webhook.unknown")


async def test_where_messages_may_not_go(sqlite_house: House) -> None:
    house = sqlite_house
    admin = await house.user("lin", "administrator")
    kinds = ["customer.created"]
    for url in (
        "ftp://example.com/",
        "https://user:pass@example.com/",
        "https:///x",
        "https://a b/",
        "https://x\n.com/",
    ):
        told = fields_of(await admin.post("/webhooks", json={"name": "x", "url": url, "kinds": kinds}))
        assert told["url"] in ("webhook.bad_url", "webhook.not_https"), url
    with pytest.raises(Exception, match=r"request\.invalid"):
        model.checked_url("http://example.com/", plain=False)
    for address in (
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
    ):  # fmt: skip
        assert not judged.is_outside(address), address
    assert judged.is_outside("93.184.216.34")
    assert judged.is_outside("2606:2800:220:1::1")
    async with listening() as listener:
        for url in (listener.url, listener.url.replace("127.0.0.1", "localhost")):
            with pytest.raises(judged.Failed, match="inside"):
                await posting.post(url, {}, b"{}", judged.trusting())
        assert not listener.heard


async def test_a_queue_has_an_end(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house = sqlite_house
    monkeypatch.setattr(model, "WAITING_MOST", 3)
    admin = await house.user("lin", "administrator")
    new = {"name": "CRM", "url": "https://example.com/hook", "kinds": ["customer.created"]}
    hook = (await admin.post("/webhooks", json=new)).json()["id"]
    for n in range(5):
        await admin.post("/customers", json={"name": "A", "numbers": [f"1381234567{n}"]})
    await told(house)
    shown = (await admin.get("/webhooks")).json()["items"][0]
    assert (shown["states"], shown["dropped"]) == ({"waiting": 3}, 2)
    put = await admin.put(f"/webhooks/{hook}", json={"enabled": False, "kinds": ["contact.ended"]})
    assert (put.json()["name"], put.json()["enabled"], put.json()["kinds"]) == ("CRM", False, ["contact.ended"])
    eve = await house.user("eve", "administrator", tenant=house.other)
    assert code_of(await eve.get(f"/webhooks/{hook}/messages")) == (404, "webhook.unknown")


async def test_one_whose_secret_cannot_be_opened_keeps_no_other_waiting(sqlite_house: House) -> None:
    house = sqlite_house
    admin = await house.user("lin", "administrator")
    async with listening() as listener:
        new = {"name": "CRM", "url": listener.url, "kinds": ["customer.created"]}
        broken, whole = [(await admin.post("/webhooks", json=new)).json()["id"] for _ in range(2)]
        async with house.records.write() as connection:
            spoilt = webhook.update().where(webhook.c.id == broken).values(sealed="spoilt")
            await connection.execute(spoilt)
        listener.answers = [200]
        await admin.post("/customers", json={"name": "A", "numbers": ["13812345678"]})
        await told(house)
        assert await house.webhooks.send_due() == 2
        (waits,) = (await admin.get(f"/webhooks/{broken}/messages")).json()["items"]
        (sent,) = (await admin.get(f"/webhooks/{whole}/messages")).json()["items"]
        assert (await admin.post(f"/webhooks/{broken}/secret")).status_code == 200
        await later(house, model.DELAYS_S[0] + 1)
        (mended,) = (await admin.get(f"/webhooks/{broken}/messages")).json()["items"]
    assert (waits["state"], waits["attempts"][0]["error"]) == ("waiting", "secret")
    assert mended["state"] == "sent", "with another secret"
    assert sent["state"] == "sent"


async def test_a_secret_is_changed_and_both_sign_for_a_day(sqlite_house: House) -> None:
    house = sqlite_house
    admin = await house.user("lin", "administrator")
    async with listening() as listener:
        new = {"name": "CRM", "url": listener.url, "kinds": ["customer.created"]}
        made = (await admin.post("/webhooks", json=new)).json()
        changed = await admin.post(f"/webhooks/{made['id']}/secret")
        assert changed.status_code == 200, changed.text
        secrets = [changed.json()["secret"], made["secret"]]
        assert secrets[0] != secrets[1]
        assert code_of(await admin.post("/webhooks/nowhere/secret")) == (404, "webhook.unknown")
        for n, valid in enumerate((secrets, secrets[:1])):
            await admin.post("/customers", json={"name": "A", "numbers": [f"1381234567{n}"]})
            await told(house)
            await later(house, n * (model.BOTH_S + 1))
            headers, body = listener.heard[-1]
            at = int(headers["webhook-timestamp"])
            mine = [model.signature(secret, headers["webhook-id"], at, body) for secret in valid]
            assert headers["webhook-signature"].split(" ") == mine
    assert [it["target"] for it in await house.audited("webhook.secret")] == [made["id"]]


async def test_over_tls_to_whom_the_authority_vouches_for(sqlite_house: House, tmp_path: Path) -> None:
    house = sqlite_house
    authority = Authority.in_directory(tmp_path, ["127.0.0.1"], time.time())
    authority.issue(["127.0.0.1"], tmp_path / "server.pem", time.time())
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(tmp_path / "server.pem")
    admin = await house.user("lin", "administrator")
    async with listening(tls) as listener:
        new = {"name": "CRM", "url": listener.url, "kinds": ["customer.created"]}
        hook = (await admin.post("/webhooks", json=new)).json()["id"]
        await admin.post("/customers", json={"name": "A", "numbers": ["13812345678"]})
        await told(house)
        await later(house, 1)
        house.webhooks._trust = judged.trusting(str(tmp_path / "authority.pem"))
        await later(house, model.DELAYS_S[0] + 1)
        (message,) = (await admin.get(f"/webhooks/{hook}/messages")).json()["items"]
        assert [(it["error"], it["status"]) for it in message["attempts"]] == [("tls", 0), ("", 204)]
        for url in (listener.url.replace("127.0.0.1", "localhost"), listener.url.replace("https", "http")):
            with pytest.raises(judged.Failed, match=r"tls|connection|answer"):  # another name; no TLS at all
                await posting.post(url, {}, b"{}", house.webhooks._trust, inside=True)
        assert len(listener.heard) == 1


async def test_what_happens_is_told_without_being_asked(sqlite_house: House) -> None:
    """All of it as it runs: relay, feed, sender."""
    house = sqlite_house
    admin = await house.user("lin", "administrator")
    relay = Relay(house.records, house.journal)
    async with listening() as listener:
        tasks = [asyncio.create_task(it) for it in (relay.run(), house.webhooks.run())]
        new = {"name": "CRM", "url": listener.url, "kinds": ["customer.created"]}
        await admin.post("/webhooks", json=new)
        for n in range(2):
            await admin.post("/customers", json={"name": "A", "numbers": [f"1381234567{n}"]})
            for _ in range(6000):
                if len(listener.heard) > n:
                    break
                await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert len(listener.heard) == 2
