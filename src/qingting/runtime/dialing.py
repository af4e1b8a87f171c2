"""An agent calls out: permission, destination, how often, then the core."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from .. import numbers
from ..access import Identity
from ..contexts.configuration import api as configuration
from ..core import commands as c
from ..errors import Invalid, NotAllowed, TooMany, Unavailable
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
        """By tenant and destination: when it was called in the last hour."""

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
        wanted = numbers.dialled(number)
        if wanted is None:
            raise Invalid("dial.bad_number", "this is no telephone number", field="number")
        destination = configuration.allowed_destination(config, tenant, wanted, who.permissions)
        if await self._directory.way_out(tenant, wanted) is None:
            raise Unavailable("dial.no_trunk", "no trunk leads outside")
        self._count(tenant, destination.id, destination.body.max_per_hour)
        room = self._centre.room(tenant)
        item = config.of(tenant).agents[who.agent]
        contact = new_id("c")
        party = "p" + contact
        data: dict[str, Any] = {
            "number": wanted,
            "raw": number[:80],
            "withheld": False,
            "source": f"agent:{who.agent}",
        }
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
        return contact

    def _count(self, tenant: str, destination: str, most: int) -> None:
        now = time.monotonic()
        dialled = self._dialled.setdefault((tenant, destination), deque())
        while dialled and now - dialled[0] > HOUR_S:
            dialled.popleft()
        if len(dialled) >= most:
            raise TooMany("dial.too_many", "this destination has been called as often as it may be in an hour")
        dialled.append(now)
