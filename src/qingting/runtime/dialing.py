"""An agent calls out: permission, destination, how often, then the core."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .. import numbers
from ..access import Identity
from ..core import commands as c
from ..errors import Invalid, NotAllowed, Refused, TooMany, Unavailable
from ..journal.port import PersonalData
from ..observability import refused
from ..records import new_id
from . import names
from .centre import Centre
from .directory import Directory


class Dialing:
    def __init__(self, centre: Centre, directory: Directory) -> None:
        self._centre = centre
        self._directory = directory

    async def __call__(self, who: Identity, number: str) -> str:
        """The contact. Raises as `allowed`, or the core's refusals."""
        room = self._centre.room(who.tenant)
        wanted = numbers.dialled(number)
        owed = wanted is not None and room.desks.may_call_back(who.agent, wanted, room.live.now())
        async with self.allowed(who, number, owed=owed) as wanted:
            body = self._centre.configuration.of(who.tenant).agents[who.agent].body
            contact = new_id("c")
            party = "p" + contact
            dial = c.AgentDials(
                agent=who.agent,
                contact=contact,
                journey=contact,
                visit=names.visit_of(contact),
                site=body.site,
                language=body.language,
                party=party,
            )
            await room.live.submit(dial, cause="desk", personal=[number_of(party, wanted, number, who)])
        return contact

    @asynccontextmanager
    async def allowed(self, who: Identity, number: str, owed: bool = False) -> AsyncIterator[str]:
        """The number in E.164, for a call to it that is made within; it counts unless the core refuses it.

        `owed`: whom they lost, they may call without the permission. Raises `dial.bad_number`, `dial.not_allowed`,
        `dial.too_many`, `dial.no_trunk`; each is counted.
        """
        try:
            wanted, permissions = await self._check(who, number, owed)
            was_no_call = self._directory.tolls.count(who.tenant, wanted, permissions)
        except (Invalid, NotAllowed, TooMany, Unavailable) as refusal:
            refused.labels(refusal.code).inc()
            raise
        try:
            yield wanted
        except Refused:
            was_no_call()
            raise

    async def _check(self, who: Identity, number: str, owed: bool) -> tuple[str, frozenset[str]]:
        config = self._centre.configuration
        item = config.of(who.tenant).agents.get(who.agent)
        if item is None or not (owed or (item.body.dial_out and who.may("desk.dial_out"))):
            raise NotAllowed("dial.not_allowed", "calling outside is not among your permissions")
        wanted = numbers.dialled(number)
        if wanted is None:
            raise Invalid("dial.bad_number", "this is no telephone number", field="number")
        permissions = who.permissions | {"desk.dial_out"} if owed else who.permissions
        self._directory.tolls.check(who.tenant, wanted, permissions)
        if await self._directory.way_out(who.tenant, wanted) is None:
            raise Unavailable("dial.no_trunk", "no trunk leads outside")
        return wanted, permissions


def number_of(ref: str, number: str, raw: str, who: Identity) -> PersonalData:
    """Whom an agent calls, for the erasable table."""
    value = {"number": number, "raw": raw[:80], "withheld": False, "source": f"agent:{who.agent}"}
    return PersonalData(ref, "caller", "routing", value)
