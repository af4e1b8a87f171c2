"""Changing and losing a password; mails through a real SMTP server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from qingting.records import Records, metadata
from tests.mailbox import Mailbox, mailbox, text_of

from .conftest import PASSWORD, Centre, code_of, make_centre

NEW = "quite another 9"


@pytest.fixture
async def mailed(records: Records, tmp_path: Path) -> AsyncIterator[tuple[Centre, Mailbox]]:
    async with mailbox() as box:
        centre = await make_centre(records, tmp_path, box.settings())
        worker = asyncio.create_task(centre.people.outgoing.run())
        yield centre, box
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        centre.people.passwords.close()


def token_in(mail: EmailMessage, page: str) -> str:
    found = re.search(rf"http://localhost:8000/{page}#([\w-]+)", text_of(mail))
    assert found, text_of(mail)
    return found[1]


async def test_the_old_password_is_asked_for(centre: Centre) -> None:
    client = await centre.signed_in("wang")
    wrong = await client.post("/session/password", json={"old": "not this one", "new": NEW})
    assert code_of(wrong) == (401, "password.wrong")
    weak = await client.post("/session/password", json={"old": PASSWORD, "new": "wang wang 1"})
    assert code_of(weak) == (422, "password.weak")
    assert weak.json()["error"]["detail"]["why"] == "name"
    assert (await client.post("/session/password", json={"old": PASSWORD, "new": NEW})).status_code == 204
    await centre.signed_in("wang", NEW)


async def test_whoever_holds_a_session_cannot_guess_fast(centre: Centre) -> None:
    client = await centre.signed_in("wang")
    codes = [
        code_of(await client.post("/session/password", json={"old": f"guess {n}", "new": NEW}))[0] for n in range(7)
    ]
    assert codes == [401] * 5 + [429] * 2


async def test_a_change_signs_out_everywhere_else(centre: Centre) -> None:
    here, there = await centre.signed_in("wang"), await centre.signed_in("wang")
    assert (await here.post("/session/password", json={"old": PASSWORD, "new": NEW})).status_code == 204
    assert (await here.get("/session")).status_code == 200
    assert code_of(await there.get("/session")) == (401, "session.ended")


async def test_a_reset_by_mail(mailed: tuple[Centre, Mailbox]) -> None:
    centre, box = mailed
    client = await centre.signed_in("wang")
    guest = centre.client()
    for asked in ("wang", "nobody at all", "Lin@Example.com"):
        answer = await guest.post("/password-reset", json={"name_or_mail": asked})
        assert (answer.status_code, answer.content) == (204, b"")
    mails = {mail["To"]: mail for mail in await box.arrive(2)}
    assert set(mails) == {"wang@example.com", "lin@example.com"}
    assert mails["wang@example.com"]["Subject"] == "重设您的倾听密码"
    token = token_in(mails["wang@example.com"], "password-reset")
    confirm = {"token": token, "password": NEW}
    weak = await guest.post("/password-reset/confirm", json={**confirm, "password": "wang"})
    assert code_of(weak) == (422, "password.weak")
    assert (await guest.post("/password-reset/confirm", json=confirm)).status_code == 204
    assert code_of(await guest.post("/password-reset/confirm", json=confirm)) == (404, "link.unknown")
    assert code_of(await client.get("/session")) == (401, "session.ended")
    await centre.signed_in("wang", NEW)
    told = (await box.arrive(3))[2]
    assert (told["To"], told["Subject"]) == ("wang@example.com", "您的倾听密码已更改")
    assert len(box.mails) == 3


async def test_a_reset_gets_too_old_and_only_the_newest_counts(mailed: tuple[Centre, Mailbox]) -> None:
    centre, box = mailed
    guest = centre.client()
    tokens = []
    for n in range(2):
        await guest.post("/password-reset", json={"name_or_mail": "wang"})
        tokens.append(token_in((await box.arrive(n + 1))[n], "password-reset"))
    first = await guest.post("/password-reset/confirm", json={"token": tokens[0], "password": NEW})
    assert code_of(first) == (404, "link.unknown")
    centre.clock.pass_(3600)
    late = await guest.post("/password-reset/confirm", json={"token": tokens[1], "password": NEW})
    assert code_of(late) == (404, "link.unknown")


async def test_nobody_is_buried_in_reset_mails(mailed: tuple[Centre, Mailbox]) -> None:
    centre, _ = mailed
    guest = centre.client()
    for asked in ("wang", "nobody"):
        answers = [await guest.post("/password-reset", json={"name_or_mail": asked}) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [204, 204, 204, 429, 429]


async def test_who_was_let_go_or_never_came_gets_no_reset(mailed: tuple[Centre, Mailbox]) -> None:
    centre, box = mailed
    ada = await centre.signed_in("ada")
    await ada.patch(f"/users/{centre.ids['wang']}", json={"active": False})
    await ada.post("/invitations", json={"name": "sun", "mail": "sun@example.com", "roles": ["agent"]})
    [invitation] = await box.arrive(1)
    guest = centre.client()
    for asked in ("wang", "sun", "lin"):
        assert (await guest.post("/password-reset", json={"name_or_mail": asked})).status_code == 204
    mails = await box.arrive(2)
    assert [mail["To"] for mail in mails] == ["sun@example.com", "lin@example.com"]
    assert invitation["Subject"] == "蜻蜓电信 邀请您使用倾听"


async def test_an_invitation_by_mail(mailed: tuple[Centre, Mailbox]) -> None:
    centre, box = mailed
    ada = await centre.signed_in("ada")
    body = {
        "name": "mary",
        "display_name": "Mary Li",
        "mail": "mary@example.com",
        "roles": ["agent"],
        "language": "en",
    }
    answer = await ada.post("/invitations", json=body)
    assert answer.json()["link"] is None
    [mail] = await box.arrive(1)
    assert mail["Subject"] == "蜻蜓电信 invites you to Qingting"
    assert "Ada invites you" in text_of(mail)
    token = token_in(mail, "invitation")
    assert (
        await centre.client().post("/invitation/accept", json={"token": token, "password": PASSWORD})
    ).status_code == 204
    await centre.signed_in("mary")
    async with asyncio.timeout(10):  # it is in the box a moment before that is written down
        while True:
            users = {user["name"]: user for user in (await ada.get("/users")).json()["items"]}
            if users["mary"]["mail_state"] == "sent":
                break
            await asyncio.sleep(0.02)


async def test_an_administrator_makes_a_way_back_for_whoever_has_no_mail(centre: Centre) -> None:
    ada, guest = await centre.signed_in("ada"), centre.client()
    link = (await ada.post(f"/users/{centre.ids['wang']}/link")).json()["link"]
    page, _, token = link.partition("#")
    assert page == "http://localhost:8000/password-reset"
    await centre.signed_in("wang")
    assert (await guest.post("/password-reset/confirm", json={"token": token, "password": NEW})).status_code == 204
    await centre.signed_in("wang", NEW)


async def test_the_queue_keeps_no_secret_in_the_clear(mailed: tuple[Centre, Mailbox]) -> None:
    centre, box = mailed
    await centre.client().post("/password-reset", json={"name_or_mail": "wang"})
    token = token_in((await box.arrive(1))[0], "password-reset")
    async with centre.people.records.read() as c:
        for table in ("mail_queue", "links", "audit", "outbox", "attempts"):
            rows = str((await c.execute(sa.select(metadata.tables[table]))).all())
            assert token not in rows
            assert "wang@example.com" not in rows
