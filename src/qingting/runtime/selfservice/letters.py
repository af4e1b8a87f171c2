"""Details in writing, by the durable queue of outgoing mail: once for each request, and not without end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ...contexts.customers import api as customers
from ...flow import moves, values
from ...flow.nodes import Prompt
from ...flow.values import Value
from ...issued import Issued
from ...mail.outgoing import Outgoing
from ...records import Records, new_id
from ...speech.say_as import CURRENCIES, spoken

log = structlog.get_logger(__name__)

HOUR_S = 3600.0
TO_ONE_MOST = 10
"""Mails in an hour to one address."""
OF_TENANT_MOST = 5_000
SUBJECT_MOST, TEXT_MOST = 200, 10_000
"""Characters."""
_VALUE = re.compile(r"\{([^\W\d]\w{0,39})(?::([a-z]+(?::[A-Z]{3})?))?\}")


class Letters:
    def __init__(
        self,
        records: Records,
        outgoing: Outgoing,
        digest: Callable[[str, str], str],
        sent: Issued,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`digest(text, purpose)`: keyed; `sent` counts by tenant and by address."""
        self._records, self._outgoing, self._digest, self._sent, self._now = records, outgoing, digest, sent, now

    async def write(self, tenant: str, contact: str, asked: moves.Write) -> moves.Sent | moves.NotSent:
        """Asked again under the same number, the one that is on its way already will do."""
        if asked.by != "mail":
            return moves.NotSent(f"{asked.by}.off")
        if code := self.trouble(tenant, asked.to):
            return moves.NotSent(code)
        subject, text = written(asked.subject, asked.language), written(asked.text, asked.language)
        if not text.strip():
            return moves.NotSent("mail.empty")
        id = "m-" + self._digest(f"{tenant}\0{contact}\0{asked.number}", "self-service.mail")
        async with self._records.write() as connection:
            new = await self.put(connection, tenant, asked.to, "self_service", subject, text, id)
        self.leave(tenant, asked.to, new=new)
        return moves.Sent()

    def trouble(self, tenant: str, to: str) -> str:
        """Why nothing can be sent there: `mail.off`, `mail.bad`, `mail.too_many`; empty when it can."""
        if not self._outgoing.enabled:
            return "mail.off"
        if not to.isascii() or customers.normalised("mail", to) is None:
            return "mail.bad"
        now = self._now()
        self._sent.forget(now)
        if self._sent.of(_to(tenant, to), now - HOUR_S) >= TO_ONE_MOST:
            return "mail.too_many"
        return "mail.too_many" if self._sent.of(tenant, now - HOUR_S) >= OF_TENANT_MOST else ""

    async def put(
        self, connection: AsyncConnection, tenant: str, to: str, template: str, subject: str, text: str, id: str = ""
    ) -> bool:
        """In the caller's transaction; whether it is new. `leave` follows the commit."""
        about = "to-" + self._digest(_to(tenant, to), "mail.to")
        return await self._outgoing.put_written(
            connection, id or new_id("m-"), tenant=tenant, about=about, to=to, template=template,
            subject=" ".join(subject.split())[:SUBJECT_MOST], text=text[:TEXT_MOST],
        )  # fmt: skip

    def leave(self, tenant: str, to: str, *, new: bool) -> None:
        if new:
            now = self._now()
            for source in (tenant, _to(tenant, to)):
                self._sent.add(source, now)
        self._outgoing.wake()


def _to(tenant: str, address: str) -> str:
    return f"{tenant}\0{address.casefold()}"


def written(prompt: Prompt, language: str) -> str:
    """A prompt's text with its values, for the eye."""
    text = prompt.text(language) or next((text for _, text in prompt.texts), "")
    known = dict(prompt.values)
    return _VALUE.sub(lambda found: _shown(known.get(found[1]), found[2] or "text", language), text)


def _shown(value: Value, kind: str, language: str) -> str:
    """Figures stay figures; a day of the week is a word to the eye as well."""
    what, _, currency = kind.partition(":")
    if what == "weekday":
        return spoken(what, values.written(value), language)
    if what == "money" and isinstance(value, Decimal):
        return format(value.quantize(Decimal(1).scaleb(-CURRENCIES.get(currency, 2)), ROUND_HALF_UP), "f")
    return values.written(value)
