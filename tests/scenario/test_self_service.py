"""A caller is served by other systems, pays, proves who they are, gets a letter; and the program dies in between."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from qingting.contexts.configuration import api as configuration
from qingting.contexts.people import api as people
from qingting.contexts.people.tables import tenants
from qingting.core import events as e
from qingting.flow.document import Document
from qingting.flow.nodes import Say
from qingting.issued import Issued
from qingting.mail.outgoing import Outgoing
from qingting.records import Records
from qingting.runtime import names
from qingting.runtime.flow_tools import publishable
from qingting.runtime.outside import Reach
from qingting.runtime.selfservice import letters
from qingting.runtime.selfservice.letters import Letters
from qingting.runtime.selfservice.proving import Proving
from qingting.runtime.selfservice.requests import Requests

from ..mailbox import Mailbox, mailbox, text_of
from ..patience import PATIENCE_S
from ..unit.house import make_house
from ..unit.selfservice.system import CUT, HANG, Heard, System, another_system, answer
from ..unit.selfservice.test_requests import INSIDE
from .caller import CONTACT, Caller, Flows, T

FLOW = """
languages: [zh]
person: agents
start: account
nodes:
  account:
    ask: {say: 请输入账号。, as: digits, least: 4, most: 4, into: account, next: look}
  look:
    lookup:
      service: bank
      path: /accounts/{account}
      keep: {balance: balance, mail: owner.mail}
      found: balance
      missing: account
      failed: person
  balance:
    say: 您的余额是{balance:money}元。
    next: pin
  pin:
    verify:
      {by: pin, subject: account, service: bank, path: /pins, length: 4, say: 请输密码。, passed: amount, failed: bye}
  amount:
    ask: {say: 请输入金额。, as: amount, least: 1, most: 500, into: amount, next: pay}
  pay:
    do:
      service: bank
      path: /accounts/{account}/payments
      with: {amount: amount}
      done: code
      refused: amount
      uncertain: amount
      failed: amount
  code:
    verify: {by: code, subject: account, to: mail, say: 请输入验证码。, passed: letter, failed: bye}
  letter:
    send: {by: mail, to: mail, subject: 回单, text: "{account} 已付{amount:money}元", next: bye, failed: bye}
  bye:
    hangup: {say: 再见。}
"""
DOCUMENT = publishable(FLOW)


class Served(Flows):
    async def document(self, tenant: str, flow: str, version: int) -> Document:
        return DOCUMENT


class World(NamedTuple):
    bank: System
    box: Mailbox
    outgoing: Outgoing

    async def mail(self, n: int) -> str:
        """What the n-th says, once it has come."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.box.mails) < n:
                if not await self.outgoing.send_next():
                    await asyncio.sleep(0.01)
        return text_of(self.box.mails[n - 1])


@asynccontextmanager
async def world(caller: Caller, records: Records, folder: Path) -> AsyncIterator[World]:
    async with make_house(records, folder) as house, another_system() as bank, mailbox() as box:
        async with records.write() as connection:
            tenant = {"id": T, "code": T, "name": "Acme", "timezone": "Asia/Shanghai", "created": 0.0}
            await connection.execute(tenants.insert().values(**tenant))
        body = configuration.Service(name="Bank", url=bank.url)
        await configuration.create(house.configuration, people.system(T), "services", body, id="bank")
        digest = house.people.vault.digest
        outgoing = Outgoing(records, house.people.vault, box.settings())
        requests = Requests(house.configuration, INSIDE)
        mails = Letters(records, outgoing, digest, Issued(letters.HOUR_S, b"key"))
        caller.reach = Reach(records, requests, mails, Proving(house.proofs, requests, mails, lambda tenant: "蜻蜓"))
        caller.flows = Served()
        caller.make_dialogues()
        yield World(bank, box, outgoing)
        await caller.dialogues.close()
        await requests.close()


def by_the_book(heard: Heard) -> bytes:
    match heard.method, heard.target:
        case "GET", "/accounts/1234":
            return answer(200, {"balance": 88.5, "owner": {"mail": "liu@example.com"}})
        case "POST", "/pins":
            return answer(204 if heard.told["pin"] == "9182" else 422)
        case "POST", "/accounts/1234/payments":
            return answer(201, {})
    return answer(404)


def steps(caller: Caller) -> list[tuple[str, str]]:
    return [(moved.node, moved.via) for moved in caller.events(e.DialogueMoved)]


async def test_served_from_end_to_end(
    caller: Caller, sqlite_records: Records, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with world(caller, sqlite_records, tmp_path) as at:
        at.bank.by = by_the_book
        await caller.begin()
        await caller.press(*"9999")
        await caller.until(lambda: ("account", "missing") in steps(caller))
        await caller.press(*"1234")
        await caller.until(lambda: steps(caller)[-1] == ("balance", "found"))
        node = DOCUMENT.nodes["balance"]
        assert isinstance(node, Say)
        told = dict(caller.dialogues._dialogues[caller.leg].state.values)  # type: ignore[union-attr]
        filled = [prompt._replace(values=(("balance", told["balance"]),)) for prompt in node.prompts]
        await caller.hears(await caller.prompts.paths(filled, "zh", T))
        caller.finish()

        await caller.until(lambda: steps(caller)[-1] == ("pin", "next"))
        await caller.press(*"0000")
        await caller.until(lambda: steps(caller)[-1] == ("pin", "wrong"))
        await caller.press(*"9182")
        await caller.until(lambda: steps(caller)[-1] == ("amount", "passed"))

        for said, way in ((answer(422), "refused"), (CUT, "uncertain"), (answer(429), "failed")):
            at.bank.answers = [said]
            await caller.press(*"20#")
            await caller.until(lambda way=way: steps(caller)[-1] == ("amount", way))  # type: ignore[misc]
        await caller.press(*"20*50#")
        await caller.until(lambda: steps(caller)[-1] == ("code", "done"))
        assert at.bank.heard[-1].body == b'{"amount":20.50}'
        keys = [heard.headers["idempotency-key"] for heard in at.bank.heard]
        assert len(set(keys)) == len(keys)
        assert {key.split(".")[0] for key in keys} == {CONTACT}

        [code] = re.findall(r"\b\d{6}\b", await at.mail(1))
        await caller.until(lambda: bool(caller.playing()))
        await caller.press(*code)
        await caller.until(lambda: steps(caller)[-1] == ("bye", "next"))
        assert (await at.mail(2)).strip() == "1234 已付20.50元"

        remembered = [moved.remembered for moved in caller.events(e.DialogueMoved)]
        assert names.remembered(CONTACT) in remembered
        assert "" in remembered, "only where something new is remembered"
        [kept] = (await caller.journal.personal(T, [names.remembered(CONTACT)])).values()
        assert kept.value["values"]["amount"] == {"n": "20.50"}
        ours = [str(record.msg) for record in caplog.records if record.name.startswith("qingting")]
        entries = [entry async for entry in caller.journal.read(T, "routing")]
        for secret in ("9182", code):
            alone = rf"(?<![\d.]){secret}(?!\d)"  # an instant's digits may hold it
            assert not re.search(alone, str(kept)), "what is secret is nowhere"
            assert not re.search(alone, str(ours))
            assert f'"{secret}"' not in str(entries)
        assert not re.search(r"(?<!\d)88\.5", str(entries)), "what is of people stands apart (an instant may end so)"


async def test_a_restart_asks_again_and_pays_once(caller: Caller, sqlite_records: Records, tmp_path: Path) -> None:
    async with world(caller, sqlite_records, tmp_path) as at:
        at.bank.by = by_the_book
        at.bank.answers = [HANG]
        await caller.begin()
        await caller.press(*"1234")
        await caller.until(lambda: len(at.bank.heard) == 1)
        await caller.restart()
        await caller.until(lambda: steps(caller)[-1] == ("balance", "found"))
        first, again = at.bank.heard
        assert first.target == again.target == "/accounts/1234"
        assert first.headers["idempotency-key"] == again.headers["idempotency-key"]

        await caller.press("1")
        await caller.press(*"9182")
        await caller.until(lambda: steps(caller)[-1] in (("amount", "passed"), ("pin", "wrong")))
        if steps(caller)[-1] == ("pin", "wrong"):
            await caller.press(*"9182")
            await caller.until(lambda: steps(caller)[-1] == ("amount", "passed"))
        at.bank.answers = [HANG]
        asked = len(at.bank.heard)
        await caller.press(*"30#")
        await caller.until(lambda: len(at.bank.heard) == asked + 1)
        await caller.restart()
        await caller.until(lambda: ("amount", "restart") in steps(caller))
        assert len(at.bank.heard) == asked + 1, "it may have been done: it is not done twice"
