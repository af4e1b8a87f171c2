"""Codes that come by mail, PINs that another system knows, and nobody who guesses: on both databases."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qingting.contexts.proofs import model
from qingting.flow import moves
from qingting.flow.nodes import Prompt
from qingting.issued import Issued
from qingting.mail.outgoing import Outgoing
from qingting.records import Records
from qingting.runtime.selfservice import letters
from qingting.runtime.selfservice.letters import Letters
from qingting.runtime.selfservice.proving import Proving
from qingting.runtime.selfservice.requests import Requests

from ...mailbox import Mailbox, mailbox, text_of
from ..house import House, code_of, make_house
from .system import HANG, System, another_system, answer
from .test_requests import INSIDE, put_service

SUBJECT, MAIL = "6225 8877", "liu@example.com"


class Counter:
    """Where customers prove who they are."""

    def __init__(self, house: House, system: System, box: Mailbox, requests: Requests) -> None:
        self.house, self.system, self.box = house, system, box
        vault = house.people.vault
        self.outgoing = Outgoing(house.records, vault, box.settings())
        self.letters = Letters(house.records, self.outgoing, vault.digest, Issued(letters.HOUR_S, b"key"))
        self.proving = Proving(house.proofs, requests, self.letters, lambda tenant: "蜻蜓电信")
        self.later = 0.0
        clock = house.proofs.now
        house.proofs.now = lambda: clock() + self.later

    async def code(self, *, contact: str = "c1", to: str = MAIL, language: str = "zh") -> str:
        """That came by mail, or why none did."""
        sent = await self.proving.send_code(self.house.tenant, contact, moves.SendCode(SUBJECT, to, 6, language, 3))
        if isinstance(sent, moves.NotSent):
            return sent.code
        assert await self.outgoing.send_next()
        [code] = re.findall(r"\b\d{6}\b", text_of(self.box.mails[-1]))
        return str(code)

    async def says(self, told: str, *, by: str = "code", contact: str = "c1", subject: str = SUBJECT) -> str:
        path = (("/pins", False),)
        asked = moves.Check(by, subject, told, "crm", path, 4)
        return (await self.proving.check(self.house.tenant, contact, asked)).outcome


@pytest.fixture
async def counter(records: Records, tmp_path: Path) -> AsyncIterator[Counter]:
    async with make_house(records, tmp_path) as house, another_system() as system, mailbox() as box:
        await put_service(house, system.url)
        requests = Requests(house.configuration, INSIDE)
        yield Counter(house, system, box, requests)
        await requests.close()


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_a_code_is_good_once_here_and_for_a_while(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    first = await counter.code()
    assert await counter.says(first, contact="c2") == "wrong", "of another call"
    assert await counter.says(other(first)) == "wrong"
    assert await counter.says(first) == "passed"
    assert await counter.says(first) == "wrong", "once"
    second = await counter.code(language="en")
    assert "Your code" in counter.box.mails[-1]["Subject"]
    third = await counter.code()
    assert await counter.says(second) == "wrong" or second == third
    for _ in range(model.CODE_TRIES - 1):
        await counter.says(other(third))
    assert await counter.says(third) == "wrong", "tried too often"
    counter.later = 10.0
    late = await counter.code()
    counter.later += model.CODE_S
    assert await counter.says(late) == "wrong"
    assert await counter.code() not in (late, "proof.too_many")
    assert await counter.code() == "proof.too_many"
    counter.later += model.CODES_S
    assert len(await counter.code()) == 6
    assert await counter.code(to="nobody") == "mail.bad"
    assert await counter.code(to="刘@example.com") == "mail.bad"
    ours = [str(record.msg) for record in caplog.records if record.name.startswith("qingting")]
    logged = str(ours) + str(await counter.house.audited("proof.unlock"))
    assert not [word for word in (first, second, third, SUBJECT, MAIL) if word in logged]


async def test_five_wrong_and_nobody_may_try_until_somebody_lets_them(counter: Counter) -> None:
    counter.system.by = lambda heard: answer(200 if heard.told["pin"] == "1234" else 422)
    assert await counter.says("1234", by="pin") == "passed"
    assert counter.system.heard[0].target == "/pins"
    assert counter.system.heard[0].told == {"subject": SUBJECT, "pin": "1234"}
    for _ in range(model.WRONG_MOST - 1):
        assert await counter.says("9999", by="pin") == "wrong"
    for said in (500, 302, 200):
        counter.system.answers = [answer(said)] if said != 200 else []
        if said != 200:
            assert await counter.says("1234", by="pin") == "failed", "nobody's fault"
    assert await counter.says("9999", by="pin") == "locked"
    heard = len(counter.system.heard)
    assert await counter.says("1234", by="pin", contact="c9") == "locked", "in any call"
    assert await counter.says("1234", subject="62258877".replace("6225", "6225 ")) == "locked", "by code as well"
    assert await counter.code() == "proof.locked"
    assert len(counter.system.heard) == heard, "nobody was asked"
    assert await counter.says("1234", by="pin", subject="1") == "passed", "somebody else's"
    assert await counter.says("1234", by="pin", subject="") == "failed"

    boss = await counter.house.user("boss", "supervisor")
    [row] = (await boss.get("/locked-out")).json()["items"]
    assert (row["contact"], row["tries"]) == ("c1", 5)
    assert SUBJECT not in str(row)
    looked = (await boss.post("/locked-out/look", json={"subject": "6225  8877 "})).json()
    assert (looked["id"], looked["until"]) == (row["id"], row["until"])
    assert (await boss.post("/locked-out/look", json={"subject": "1"})).json()["until"] is None
    agent = await counter.house.user("wang", "agent")
    assert code_of(await agent.get("/locked-out")) == (403, "permission.missing")
    stranger = await counter.house.user("eve", "administrator", tenant=counter.house.other)
    assert (await stranger.get("/locked-out")).json()["items"] == []
    assert code_of(await stranger.delete(f"/locked-out/{row['id']}")) == (404, "proof.not_locked")
    assert (await boss.delete(f"/locked-out/{row['id']}")).status_code == 204
    assert code_of(await boss.delete(f"/locked-out/{row['id']}")) == (404, "proof.not_locked")
    assert [it["target"] for it in await counter.house.audited("proof.unlock")] == [row["id"]]
    assert await counter.says("1234", by="pin") == "passed"


async def test_many_at_once_have_no_more_tries_and_a_lock_is_over_some_day(counter: Counter) -> None:
    counter.system.by = lambda heard: answer(422)
    told = await asyncio.gather(*(counter.says("9999", by="pin", contact=f"c{n}") for n in range(12)))
    assert len(counter.system.heard) == model.WRONG_MOST
    assert told.count("wrong") + told.count("locked") == 12
    counter.later = model.LOCK_S + 1
    assert await counter.says("9999", by="pin") == "locked", "one more of the same day locks again"
    counter.later += model.WRONG_S + model.LOCK_S
    assert await counter.says("9999", by="pin") == "wrong"
    counter.later += model.WRONG_S * 2
    assert await counter.house.proofs.tidy() == 1

    counter.system.by = lambda heard: HANG
    asked = asyncio.create_task(counter.says("1234", by="pin"))
    while not any(heard.told["pin"] == "1234" for heard in counter.system.heard):  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert (await counter.house.proofs.look(await _who(counter), SUBJECT))["tries"] == 0, "it was not judged"


async def _who(counter: Counter) -> Any:
    from qingting.contexts.people import api as people

    return people.system(counter.house.tenant)


async def test_details_in_writing_once(counter: Counter) -> None:
    told = (("balance", Decimal("12.5")), ("name", "刘女士"), ("day", "2026-11-22"))
    subject = Prompt((("zh", "您的账单"), ("en", "Your bill")))
    text = Prompt(
        (
            ("zh", "{name}：\n余额{balance:money}元，{balance}，{day:date}{day:weekday}"),
            ("en", "{balance:money:JPY}"),
        ),
        spoken=(),
        values=told,
    )
    write = moves.Write("mail", MAIL, subject, text, "zh", 5)
    tenant = counter.house.tenant
    for _ in range(2):  # also after a restart
        assert await counter.letters.write(tenant, "c1", write) == moves.Sent()
    assert await counter.outgoing.send_next()
    assert not await counter.outgoing.send_next()
    [mail] = counter.box.mails
    assert (mail["To"], mail["Subject"]) == (MAIL, "您的账单")
    assert text_of(mail).split() == ["刘女士：", "余额12.50元，12.5，2026-11-22星期日"]
    for n in range(letters.TO_ONE_MOST - 1):
        assert await counter.letters.write(tenant, "c1", write._replace(number=10 + n)) == moves.Sent()
    assert await counter.letters.write(tenant, "c1", write._replace(number=99)) == moves.NotSent("mail.too_many")
    assert await counter.letters.write(tenant, "c1", write._replace(to="b@example.com")) == moves.Sent()
    assert await counter.letters.write(tenant, "c1", write._replace(by="sms")) == moves.NotSent("sms.off")
    off = Outgoing(counter.house.records, counter.house.people.vault, replace(counter.box.settings(), host=""))
    quiet = Letters(counter.house.records, off, counter.house.people.vault.digest, Issued(1.0, b"key"))
    assert await quiet.write(tenant, "c1", write) == moves.NotSent("mail.off")
