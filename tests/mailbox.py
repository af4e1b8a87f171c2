"""A real SMTP server within the test's loop; what came in, and answers it can be told to give."""

from __future__ import annotations

import asyncio
import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from qingting.config import Mail


@dataclass
class Mailbox:
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """To the next deliveries, instead of taking them."""
    logins: list[tuple[str, str]] = field(default_factory=list)
    password: str = ""
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    def settings(self, **more: Any) -> Mail:
        return Mail(host="127.0.0.1", port=self.port, sender="qingting@example.com", tls="none", **more)

    async def arrive(self, count: int) -> list[EmailMessage]:
        while len(self.mails) < count:
            self._came.clear()
            await self._came.wait()
        return self.mails

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        message = email.message_from_bytes(envelope.content, policy=default)
        message["X-Rcpt"] = ",".join(envelope.rcpt_tos)
        self.mails.append(message)
        self._came.set()
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password.decode() == self.password, handled=False)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body()
    assert body is not None
    return str(body.get_content())


@asynccontextmanager
async def mailbox(*, password: str = "") -> AsyncIterator[Mailbox]:
    box = Mailbox(password=password)
    loop = asyncio.get_running_loop()
    options = {"authenticator": box.authenticate, "auth_require_tls": False} if password else {}
    server = await loop.create_server(
        lambda: SMTP(box, loop=loop, hostname="localhost", enable_SMTPUTF8=True, **options), "127.0.0.1", 0
    )
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
