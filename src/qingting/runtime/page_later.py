"""What a customer's page offers when nobody is there to talk, or only after long: a callback, or a message."""

from __future__ import annotations

from typing import NamedTuple

from ..contexts.configuration import api as configuration
from ..core.estimating import Estimate, prospect
from ..core.model import Queue, State
from ..errors import NotFound
from ..records import new_id
from .centre import Centre
from .directory import Directory
from .flows import Flows
from .later import Later, Wish
from .ways_out import first_queue

LONG_WAIT_S = 120.0
AHEAD_S = 14 * 86_400.0


class Offer(NamedTuple):
    why: str
    """`nobody` is on duty, `closed`, `long_wait`; empty: somebody will be there soon."""
    wait_s: float | None
    """In the middle, of who comes now; None when nobody can tell."""


class PageLater:
    def __init__(
        self,
        configuration: configuration.Configuration,
        centre: Centre,
        flows: Flows,
        directory: Directory,
        later: Later,
    ) -> None:
        self._configuration = configuration
        self._centre = centre
        self._flows = flows
        self._directory = directory
        self._later = later

    async def offer(self, key: str) -> Offer:
        """Raises `entry.unknown`."""
        entry, queue = await self._entry(key)
        engine = self._centre.room(entry.tenant).live.engine
        known = engine.state.queues.get(queue)
        if known is None or known.closed or not known.open:
            return Offer("closed", None)
        if not _staffed(engine.state, queue):
            return Offer("nobody", None)
        free = engine.state.idle["voice"].all & known.members
        said = None if free else _expected(engine.state, known, self._centre.room(entry.tenant).live.now())
        wait_s = round(said.p50_s, 1) if said is not None else None
        return Offer("long_wait" if wait_s is not None and wait_s > LONG_WAIT_S else "", wait_s)

    async def callback(self, key: str, number: str, language: str, at: float | None, note: str) -> None:
        """Raises as `Later.callback`, and `entry.unknown`."""
        entry, queue = await self._entry(key)
        now = self._centre.room(entry.tenant).live.now()
        when = min(max(at, now), now + AHEAD_S) if at is not None else 0.0
        wish = Wish(
            number, queue, at=when, language=language, line=entry.line, site=entry.site, note=note, source="web"
        )
        await self._later.callback(entry.tenant, new_id("b"), wish)

    async def message(self, key: str, number: str, language: str, text: str) -> None:
        """Raises as `Later.message`, and `entry.unknown`."""
        entry, queue = await self._entry(key)
        wish = Wish(number, queue, language=language, note=text, source="web")
        await self._later.message(entry.tenant, new_id("m"), wish)

    async def _entry(self, key: str) -> tuple[configuration.Entry, str]:
        """And the queue of people to which its flow leads."""
        entry = configuration.resolve_entry(self._configuration, key, kind="web")
        if entry is None or entry.tenant not in self._centre.rooms:
            raise NotFound("entry.unknown", "there is nothing to call at this address")
        flow, version = await self._directory.flow(entry.tenant, entry.entry)
        queue = first_queue(await self._flows.document(entry.tenant, flow, version))
        if not queue:
            raise NotFound("entry.unknown", "nobody can be reached by this page")
        return entry, queue


def _expected(state: State, queue: Queue, now: float) -> Estimate | None:
    return prospect(state, queue.id, "voice", queue.requires, now - queue.priority_s)


def _staffed(state: State, queue: str) -> bool:
    return bool(state.present["voice"] & state.queues[queue].members)
