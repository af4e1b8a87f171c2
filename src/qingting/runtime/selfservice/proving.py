"""Who they say they are is proven: by a code that is sent to them, or a PIN that another system knows.

Code and PIN reach no log, no journal and no audit: they are in memory, in the mail or the request, and gone.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from ...contexts.proofs.api import Proofs
from ...errors import TooMany
from ...flow import moves
from ...mail.texts import compose
from .letters import Letters
from .requests import Requests

log = structlog.get_logger(__name__)

CODE_MINUTES = 5
WRONG = (401, 403, 404, 422)
"""A service's way to say that this is not the PIN."""
PIN_S = 8.0


class Proving:
    def __init__(self, proofs: Proofs, requests: Requests, letters: Letters, company: Callable[[str], str]) -> None:
        """`company(tenant)`: what it is called in a letter."""
        self._proofs, self._requests, self._letters, self._company = proofs, requests, letters, company

    async def send_code(self, tenant: str, contact: str, asked: moves.SendCode) -> moves.Sent | moves.NotSent:
        """By mail. Code and letter are made durable together."""
        if code := self._letters.trouble(tenant, asked.to):
            return moves.NotSent(code)
        try:
            async with self._proofs.records.write() as connection:
                code = await self._proofs.issue(connection, tenant, contact, asked.subject, asked.length)
                told = {"code": code, "company": self._company(tenant), "minutes": str(CODE_MINUTES)}
                subject, text = compose("one_time_code", asked.language, told)
                await self._letters.put(connection, tenant, asked.to, "one_time_code", subject, text)
        except TooMany as refused:
            log.info("proof.not_sent", contact=contact, code=refused.code)
            return moves.NotSent(refused.code)
        self._letters.leave(tenant, asked.to, new=True)
        return moves.Sent()

    async def check(self, tenant: str, contact: str, asked: moves.Check) -> moves.Checked:
        if not asked.subject:
            return moves.Checked("failed")  # whose is it?
        if asked.by == "code":
            return moves.Checked(await self._proofs.check_code(tenant, contact, asked.subject, asked.secret))
        if not await self._proofs.begin(tenant, contact, asked.subject):
            return moves.Checked("locked")
        judged = "failed"
        try:
            judged = await self._ask(tenant, contact, asked)
        finally:  # whoever is cut short here was not judged
            if judged == "failed":
                await self._proofs.take_back(tenant, asked.subject)
        if judged == "passed":
            await self._proofs.passed(tenant, asked.subject)
            return moves.Checked("passed")
        return moves.Checked(await self._proofs.wrong(tenant, asked.subject) if judged == "wrong" else "failed")

    async def _ask(self, tenant: str, contact: str, asked: moves.Check) -> str:
        request = moves.Request(
            do=True, service=asked.service, method="post", path=asked.path, sends=(("subject", asked.subject),),
            secrets=(("pin", asked.secret),), keeps=(), timeout_s=PIN_S, retries=0, number=asked.number, prompts=(),
            language="",
        )  # fmt: skip
        answered = await self._requests.ask(tenant, contact, request)
        if 200 <= answered.status < 300:
            return "passed"
        return "wrong" if answered.status in WRONG else "failed"
