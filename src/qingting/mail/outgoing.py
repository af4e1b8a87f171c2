"""Outgoing mail: a queue in the records database, and one worker that empties it by SMTP.

A use case puts its mail into the queue in its own transaction, so that a mail leaves if and only if what it
tells was committed. Address and text stand there sealed and are wiped when the mail has left or is given up.
At least once: a mail whose acknowledgement was lost is sent again, under the same Message-ID.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path

import aiosmtplib
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ..config import Mail
from ..errors import Unavailable
from ..records import Records, metadata, new_id
from ..vault import Vault
from .texts import compose

log = structlog.get_logger(__name__)

mail_queue = sa.Table(
    "mail_queue",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("tenant", sa.String(40), nullable=False),
    sa.Column("about", sa.String(40), nullable=False),
    sa.Column("template", sa.String(40), nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due", sa.Double, nullable=False),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("error", sa.String(200), nullable=False),
    sa.Index("ix_mail_queue_state_due", "state", "due"),
    sa.Index("ix_mail_queue_tenant_about", "tenant", "about"),
)
"""`about`: the user that it concerns, or `to-` and a keyed digest of a customer's address. `state`: `waiting`,
`sent`, `failed`."""

DELAYS_S = (0.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0)
"""Between attempts; when they are used up the mail is given up."""
LEASE_S = 120.0
"""A mail taken by a worker that died is tried again after this."""
TIMEOUT_S = 30.0
KEPT_S = 30 * 86400.0
"""Without address and text, for whoever asks whether it left."""
_PURPOSE = "mail"


class Outgoing:
    """`secret` is the file with the SMTP password; it is read for each connection, so it can be changed."""

    def __init__(
        self,
        records: Records,
        vault: Vault,
        settings: Mail,
        *,
        secret: Path | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._records = records
        self._vault = vault
        self._settings = settings
        self._secret = secret
        self._now = now
        self._wake = asyncio.Event()
        self.last_error = ""
        """Of the latest attempt; empty when it went well. For `/health`."""

    @property
    def enabled(self) -> bool:
        return bool(self._settings.host)

    async def put(
        self,
        connection: AsyncConnection,
        *,
        tenant: str,
        about: str,
        to: str,
        template: str,
        language: str,
        values: dict[str, str],
    ) -> str:
        """Queue one mail in the caller's transaction; call `wake()` after the commit. Returns its id."""
        subject, text = compose(template, language, values)
        mail = new_id("m-")
        await self.put_written(
            connection, mail, tenant=tenant, about=about, to=to, template=template, subject=subject, text=text
        )
        return mail

    async def put_written(
        self,
        connection: AsyncConnection,
        mail: str,
        *,
        tenant: str,
        about: str,
        to: str,
        template: str,
        subject: str,
        text: str,
    ) -> bool:
        """The same of words that somebody else wrote; `template` says who. `mail` is its id: False, and nothing is
        queued, when there is one of it already."""
        sealed = self._vault.seal(json.dumps({"to": to, "subject": subject, "text": text}).encode(), _PURPOSE)
        now = self._now()
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        new = insert(mail_queue).values(
            id=mail, tenant=tenant, about=about, template=template, sealed=sealed,
            state="waiting", attempts=0, due=now, created=now, error="",
        )  # fmt: skip
        return (await connection.execute(new.on_conflict_do_nothing())).rowcount == 1

    def wake(self) -> None:
        """Look at once, not when the next one is due."""
        self._wake.set()

    async def run(self) -> None:
        """The worker: until cancelled. A database that is away is waited for."""
        while True:
            self._wake.clear()
            try:
                while await self.send_next():
                    _stop_if_cancelled()
                await self._forget_old()
                pause = await self._until_next()
            except (sa.exc.SQLAlchemyError, OSError) as e:
                log.warning("mail.queue_unreachable", error=type(e).__name__)
                self.last_error = "queue"
                pause = 10.0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def send_next(self) -> bool:
        """Send the mail that is due first; False when none is. A failure is kept with it, and logged."""
        if not self.enabled:
            return False
        now = self._now()
        async with self._records.write() as c:
            due = (
                sa.select(mail_queue.c.id)
                .where(mail_queue.c.state == "waiting", mail_queue.c.due <= now)
                .order_by(mail_queue.c.due)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            row = (
                await c.execute(sa.select(mail_queue).where(mail_queue.c.id == due.scalar_subquery()))
            ).one_or_none()
            if row is None:
                return False
            await c.execute(
                mail_queue.update()
                .where(mail_queue.c.id == row.id)
                .values(attempts=row.attempts + 1, due=now + LEASE_S)
            )
        error = ""
        final = False
        try:
            await self._send(row.id, json.loads(self._vault.open(row.sealed, _PURPOSE)))
        except aiosmtplib.SMTPRecipientsRefused as e:
            error, final = "recipient refused", all(r.code >= 500 for r in e.recipients)
        except aiosmtplib.SMTPResponseException as e:
            error = f"{e.code} {type(e).__name__}"
            # Only what is said of this mail is final: a refused sign-in is for the administrator to mend.
            final = e.code >= 500 and isinstance(e, aiosmtplib.SMTPDataError | aiosmtplib.SMTPRecipientRefused)
        except (aiosmtplib.SMTPException, Unavailable, OSError, TimeoutError) as e:
            error = type(e).__name__
        await self._settle(row.id, row.attempts + 1, error, final)
        return True

    async def states_of(self, connection: AsyncConnection, tenant: str, about: Sequence[str]) -> dict[str, str]:
        """What became of the latest mail about each of these users: `waiting`, `sent`, `failed`."""
        rows = await connection.execute(
            sa.select(mail_queue.c.about, mail_queue.c.state)
            .where(mail_queue.c.tenant == tenant, mail_queue.c.about.in_(about))
            .order_by(mail_queue.c.id)
        )
        return {row.about: row.state for row in rows}

    async def _send(self, mail: str, content: dict[str, str]) -> None:
        settings = self._settings
        message = EmailMessage()
        message["From"] = settings.sender
        user, _, domain = content["to"].rpartition("@")
        message["To"] = Address(username=user, domain=domain)
        message["Subject"] = content["subject"]
        message["Date"] = formatdate(self._now())
        message["Message-ID"] = f"<{mail}@{settings.sender.rpartition('@')[2].rstrip('>') or 'localhost'}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(content["text"])
        password = await asyncio.to_thread(self._password)
        await aiosmtplib.send(
            message,
            hostname=settings.host,
            port=settings.port,
            username=settings.username or None,
            password=password or None,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            timeout=TIMEOUT_S,
        )

    def _password(self) -> str:
        if not self._settings.username or self._secret is None:
            return ""
        try:
            return self._secret.read_text().strip()
        except FileNotFoundError as e:
            raise Unavailable("mail.no_password", f"put the SMTP password into {self._secret}") from e

    async def _settle(self, mail: str, attempts: int, error: str, final: bool) -> None:
        self.last_error = error
        values: dict[str, object] = {"error": error[:200]}
        if not error:
            values.update(state="sent", sealed="")
        elif final or attempts >= len(DELAYS_S):
            values.update(state="failed", sealed="")
        else:
            values.update(due=self._now() + DELAYS_S[attempts])
        async with self._records.write() as c:
            await c.execute(mail_queue.update().where(mail_queue.c.id == mail).values(values))
        if error:
            log.warning("mail.not_sent", id=mail, attempts=attempts, error=error, given_up="state" in values)

    async def _until_next(self) -> float:
        async with self._records.read() as c:
            due = await c.scalar(sa.select(sa.func.min(mail_queue.c.due)).where(mail_queue.c.state == "waiting"))
        return 3600.0 if due is None or not self.enabled else max(0.1, min(3600.0, due - self._now()))

    async def _forget_old(self) -> None:
        async with self._records.write() as c:
            await c.execute(
                mail_queue.delete().where(
                    mail_queue.c.state != "waiting", mail_queue.c.created < self._now() - KEPT_S
                )
            )


def _stop_if_cancelled() -> None:
    """Python 3.11's `wait_for`, within the SMTP library, loses a cancellation that meets the server's answer."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
