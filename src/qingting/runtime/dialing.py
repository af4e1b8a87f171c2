"""An agent calls out: permission, destination, how often, then the core."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from .. import numbers
from ..access import Identity
from ..contexts.configuration import api as configuration
from ..core import commands as c
from ..errors import Invalid, NotAllowed, Refused, TooMany, Unavailable
from ..journal.port import PersonalData
from ..observability import refused
from ..records import new_id
from . import names
from .centre import Centre
from .directory import Directory

HOUR_S = 3600.0


class Dialing:
    def __init__(self, centre: Centre, directory: Directory) -> None:
        self._centre = centre
        self._directory = directory
        self._dialled: dict[tuple[str, str], deque[float]] = {}
        """By tenant and destination: when it was called in the last hour. What the core refused was no call."""

    async def __call__(self, who: Identity, number: str) -> str:
        """The contact. Raises `dial.bad_number`, `dial.not_allowed`, `dial.too_many`, `dial.no_trunk`."""
        try:
            return await self._dial(who, number)
        except (Invalid, NotAllowed, TooMany, Unavailable) as refusal:
            refused.labels(refusal.code).inc()
            raise

    async def _dial(self, who: Identity, number: str) -> str:
        tenant = who.tenant
        config = self._centre.configuration
        room = self._centre.room(tenant)
        item = config.of(tenant).agents.get(who.agent)
        wanted = numbers.dialled(number)
        owed = wanted is not None and room.desks.may_call_back(who.agent, wanted, room.live.now())
        if item is None or not (owed or (item.body.dial_out and who.may("desk.dial_out"))):
            raise NotAllowed("dial.not_allowed", "calling outside is not among your permissions")
        if wanted is None:
            raise Invalid("dial.bad_number", "this is no telephone number", field="number")
        permissions = who.permissions | {"desk.dial_out"} if owed else who.permissions
        destination = configuration.allowed_destination(config, tenant, wanted, permissions)
        if await self._directory.way_out(tenant, wanted) is None:
            raise Unavailable("dial.no_trunk", "no trunk leads outside")
        contact = new_id("c")
        party = "p" + contact
        data: dict[str, Any] = {
            "number": wanted,
            "raw": number[:80],
            "withheld": False,
            "source": f"agent:{who.agent}",
        }
        now = time.monotonic()
        dialled = self._dialled_lately(tenant, destination.id, now)
        if len(dialled) >= destination.body.max_per_hour:
            raise TooMany("dial.too_many", "this destination has been called as often as it may be in an hour")
        dialled.append(now)
        try:
            await room.live.submit(
                c.AgentDials(
                    agent=who.agent,
                    contact=contact,
                    journey=contact,
                    visit=names.visit_of(contact),
                    site=item.body.site,
                    language=item.body.language,
                    party=party,
                ),
                cause="desk",
                personal=[PersonalData(party, "caller", "routing", data)],
            )
        except Refused:
            dialled.remove(now)
            raise
        return contact

    def _dialled_lately(self, tenant: str, destination: str, now: float) -> deque[float]:
        dialled = self._dialled.setdefault((tenant, destination), deque())
        while dialled and now - dialled[0] > HOUR_S:
            dialled.popleft()
        return dialled
