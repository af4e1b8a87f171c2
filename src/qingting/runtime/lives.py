"""All tenants' live cores, as those see them who serve every tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..core.commands import Command
from ..errors import Unavailable
from ..journal.port import PersonalData
from .centre import Centre
from .live import Live
from .waiting import Place


class Lives(Mapping[str, Live]):
    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    def __getitem__(self, tenant: str) -> Live:
        return self._centre.rooms[tenant].live

    def __iter__(self) -> Iterator[str]:
        return iter(self._centre.rooms)

    def __len__(self) -> int:
        return len(self._centre.rooms)

    async def submit(
        self, tenant: str, command: Command, cause: str, personal: Sequence[PersonalData] = ()
    ) -> object:
        if tenant not in self:
            raise Unavailable("tenant.closed", "this tenant is not served here")
        return await self[tenant].submit(command, cause, personal)

    def post(self, tenant: str, command: Command, cause: str, personal: Sequence[PersonalData] = ()) -> None:
        """A refusal is counted, as `Live.post` does."""
        if tenant in self:
            self[tenant].post(command, cause, personal)

    def place(self, tenant: str, visit: str) -> Place | None:
        """None when the visit does not wait."""
        live = self[tenant]
        place = live.engine.place(visit)
        if place is None:
            return None
        estimate = live.engine.estimate(visit)
        return Place(place, estimate.p90_s if estimate is not None and estimate.narrow else None)
