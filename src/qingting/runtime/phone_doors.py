"""A browser phone's secret ends with the door by which its holder came in: sign-out, end, other rights, let go."""

from __future__ import annotations

import structlog

from ..access import Identity
from ..contexts.people import api as people
from ..errors import NotSignedIn
from ..telephony.port import Endpoint, EngineUnavailable
from .phones import AgentPhones, Owner

log = structlog.get_logger(__name__)


class PhoneDoors:
    def __init__(self, people_: people.People, phones: AgentPhones) -> None:
        self._people = people_
        self._phones = phones
        self._holders: dict[Owner, Identity] = {}
        """Who was given the secret that is valid now; unknown for those of an earlier run."""
        people_.on_session_end(self.ended)
        phones.on_restore.append(self._restored)

    async def issue(self, who: Identity) -> Endpoint:
        """A secret for the phone of this agent. Raises `EngineUnavailable`, `NotSignedIn("session.ended")`."""
        owner = (who.tenant, who.agent)
        self._holders[owner] = who
        endpoint = await self._phones.issue(*owner)
        if not await self._holds(owner):  # they went while it was made: nobody would hear of it any more
            await self._revoke(owner)
            raise NotSignedIn("session.ended", "your session has ended: sign in again")
        return endpoint

    async def ended(self, end: people.SessionEnd) -> None:
        mine = {owner for owner, who in self._holders.items() if (who.tenant, who.user) == (end.tenant, end.user)}
        if agent := await people.agent_of(self._people, end.tenant, end.user):
            mine.add((end.tenant, agent))
        for owner in sorted(mine):
            if not await self._holds(owner):
                await self._revoke(owner)

    async def _restored(self, restarted: bool) -> None:
        """What an earlier run gave to people who have gone since."""
        for owner in self._phones.browsers_online():
            if not await self._holds(owner):
                await self._revoke(owner)

    async def _holds(self, owner: Owner) -> bool:
        tenant, agent = owner
        holder = self._holders.get(owner)
        if holder is None:
            return await people.desk_is_open(self._people, tenant, agent)
        now = await people.identity_now(self._people, holder)
        return now is not None and now.agent == agent and now.may("desk.use")

    async def _revoke(self, owner: Owner) -> None:
        self._holders.pop(owner, None)
        try:
            await self._phones.revoke(*owner)
        except EngineUnavailable:
            log.info("phones.revoked_later")  # it is taken back when the engine is there again
