"""The mail queue against a real SMTP server: sent, tried again, given up, wiped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from qingting.config import Mail
from qingting.mail.outgoing import DELAYS_S, LEASE_S, Outgoing, mail_queue
from qingting.mail.texts import TEXTS, compose
from qingting.records import Records
from qingting.vault import Vault

from ..mailbox import Mailbox, mailbox, text_of

VALUES = {
    "company": "蜻蜓电信", "display_name": "王伟", "name": "wang", "by": "Ada", "link": "http://x/#t", "days": "7",
    "minutes": "60", "guesses": "20", "code": "204817",
}  # fmt: skip


class Clock:
    now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as box:
        yield box


def outgoing(records: Records, folder: Path, clock: Clock, settings: Mail, **more: Any) -> Outgoing:
    return Outgoing(records, Vault(folder / "keys"), settings, now=clock, **more)


async def put(mails: Outgoing, records: Records, to: str = "wang@example.com", **more: Any) -> str:
    asked = {"template": "reset", "language": "zh", "about": "u-1", **more}
    async with records.write() as c:
        return await mails.put(c, tenant="t-1", to=to, values=VALUES, **asked)


async def rows(records: Records) -> list[Any]:
    async with records.read() as c:
        return list(await c.execute(sa.select(mail_queue).order_by(mail_queue.c.id)))


async def test_a_mail_leaves_as_it_was_written_and_is_wiped(
    records: Records, tmp_path: Path, clock: Clock, box: Mailbox
) -> None:
    mails = outgoing(records, tmp_path, clock, box.settings())
    id = await put(mails, records)
    assert (await rows(records))[0].sealed
    assert await mails.send_next()
    assert not await mails.send_next()
    [mail] = box.mails
    assert (mail["From"], mail["To"], mail["X-Rcpt"]) == (
        "qingting@example.com",
        "wang@example.com",
        "wang@example.com",
    )
    assert mail["Subject"] == "重设您的倾听密码"
    assert mail["Message-ID"] == f"<{id}@example.com>"
    assert "王伟，您好" in text_of(mail)
    [row] = await rows(records)
    assert (row.state, row.sealed, row.attempts, row.error) == ("sent", "", 1, "")


async def test_what_is_rolled_back_is_never_sent(
    records: Records, tmp_path: Path, clock: Clock, box: Mailbox
) -> None:
    mails = outgoing(records, tmp_path, clock, box.settings())

    async def change_my_mind() -> None:
        async with records.write() as c:
            await mails.put(
                c, tenant="t", about="u", to="a@example.com", template="reset", language="en", values=VALUES
            )
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await change_my_mind()
    assert not await mails.send_next()


async def test_a_server_that_says_later_is_asked_again_later(
    records: Records, tmp_path: Path, clock: Clock, box: Mailbox
) -> None:
    mails = outgoing(records, tmp_path, clock, box.settings())
    await put(mails, records)
    box.answers += ["451 try later"] * 2
    assert await mails.send_next()
    assert mails.last_error == "451 SMTPDataError"
    assert not await mails.send_next()
    clock.now += DELAYS_S[1]
    assert await mails.send_next()
    assert not await mails.send_next()
    clock.now += DELAYS_S[2]
    assert await mails.send_next()
    assert len(box.mails) == 1
    assert mails.last_error == ""


async def test_a_refusal_is_final(records: Records, tmp_path: Path, clock: Clock, box: Mailbox) -> None:
    mails = outgoing(records, tmp_path, clock, box.settings())
    await put(mails, records)
    box.answers.append("550 no such person")
    assert await mails.send_next()
    [row] = await rows(records)
    assert (row.state, row.sealed, row.error) == ("failed", "", "550 SMTPDataError")
    async with records.read() as c:
        assert await mails.states_of(c, "t-1", ["u-1", "u-2"]) == {"u-1": "failed"}
        assert await mails.states_of(c, "t-2", ["u-1"]) == {}


async def test_nobody_there_is_given_up_in_the_end(
    records: Records, tmp_path: Path, clock: Clock, box: Mailbox
) -> None:
    async with mailbox() as gone:
        settings = gone.settings()
    mails = outgoing(records, tmp_path, clock, settings)
    await put(mails, records)
    for _ in DELAYS_S:
        clock.now += max(DELAYS_S)
        assert await mails.send_next()
    clock.now += 10 * max(DELAYS_S)
    assert not await mails.send_next()
    [row] = await rows(records)
    assert (row.state, row.sealed, row.attempts) == ("failed", "", len(DELAYS_S))


async def test_what_a_dead_worker_held_is_sent_by_the_next(
    records: Records, tmp_path: Path, clock: Clock, box: Mailbox
) -> None:
    mails = outgoing(records, tmp_path, clock, box.settings())
    id = await put(mails, records)
    async with records.write() as c:  # as `send_next` leaves it when it is killed
        await c.execute(mail_queue.update().values(attempts=1, due=clock.now + LEASE_S))
    assert not await mails.send_next()
    clock.now += LEASE_S
    assert await mails.send_next()
    assert [mail["Message-ID"] for mail in box.mails] == [f"<{id}@example.com>"]


async def test_two_workers_share_the_queue(records: Records, tmp_path: Path, clock: Clock, box: Mailbox) -> None:
    workers = [outgoing(records, tmp_path, clock, box.settings()) for _ in range(2)]
    for n in range(6):
        await put(workers[0], records, to=f"p{n}@example.com")

    async def empty(worker: Outgoing) -> None:
        while await worker.send_next():
            pass

    await asyncio.gather(*(empty(worker) for worker in workers))
    assert sorted(mail["To"] for mail in box.mails) == [f"p{n}@example.com" for n in range(6)]


async def test_the_worker_wakes_at_once(sqlite_records: Records, tmp_path: Path, clock: Clock, box: Mailbox) -> None:
    mails = outgoing(sqlite_records, tmp_path, clock, box.settings())
    worker = asyncio.create_task(mails.run())
    await put(mails, sqlite_records)
    mails.wake()
    await box.arrive(1)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


async def test_signing_in_at_the_server(sqlite_records: Records, tmp_path: Path, clock: Clock) -> None:
    secret = tmp_path / "mail-password"
    async with mailbox(password="right one") as box:
        mails = outgoing(sqlite_records, tmp_path, clock, box.settings(username="qingting"), secret=secret)
        await put(mails, sqlite_records)
        assert await mails.send_next()
        assert mails.last_error == "Unavailable"
        secret.write_text("wrong one\n")
        clock.now += DELAYS_S[1]
        assert await mails.send_next()
        assert mails.last_error == "535 SMTPAuthenticationError"
        assert (await rows(sqlite_records))[0].state == "waiting"
        secret.write_text("right one\n")
        clock.now += DELAYS_S[2]
        assert await mails.send_next()
        assert [login[1] for login in box.logins][-1] == "right one"
        assert len(box.mails) == 1


async def test_without_a_host_nothing_is_tried(sqlite_records: Records, tmp_path: Path, clock: Clock) -> None:
    mails = outgoing(sqlite_records, tmp_path, clock, Mail())
    assert not mails.enabled
    await put(mails, sqlite_records)
    assert not await mails.send_next()


async def test_no_header_is_smuggled_in(sqlite_records: Records, tmp_path: Path, clock: Clock, box: Mailbox) -> None:
    mails = outgoing(sqlite_records, tmp_path, clock, box.settings())
    async with sqlite_records.write() as c:
        await mails.put(
            c, tenant="t", about="u", to="a@example.com", template="invitation", language="en",
            values={**VALUES, "company": "Evil\r\nBcc: all@example.com", "display_name": "{link}"},
        )  # fmt: skip
    assert await mails.send_next()
    [mail] = box.mails
    assert mail["Bcc"] is None
    assert mail["X-Rcpt"] == "a@example.com"
    assert mail["Subject"] == "Evil Bcc: all@example.com invites you to Qingting"
    assert "Hello {link}," in text_of(mail)


@pytest.mark.parametrize("template", sorted(TEXTS))
def test_every_template_speaks_both_languages(template: str) -> None:
    zh, en, other = (compose(template, language, VALUES) for language in ("zh-CN", "en", "fr"))
    assert zh != en == other
    for subject, text in (zh, en):
        assert "{" not in subject + text
        assert VALUES["company"] in text
