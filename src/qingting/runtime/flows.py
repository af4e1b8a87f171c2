"""What a running dialogue needs of the configuration: published flows, hours, consent, ways out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from ..access import PERMISSIONS
from ..contexts.configuration import api as configuration
from ..contexts.selfservice import api as selfservice
from ..core.commands import Requirements
from ..core.values import MOST_EXCLUDED
from ..errors import Invalid, NotAllowed, NotFound
from ..flow.document import Document, words
from .directory import Directory
from .flow_tools import publishable
from .pops import Pops

log = structlog.get_logger(__name__)

MOST = 500


class Flows:
    """Documents are read once: a published version never changes."""

    def __init__(
        self,
        configuration: configuration.Configuration,
        directory: Directory,
        pops: Callable[[str], Pops | None],
    ) -> None:
        """`pops`: by tenant."""
        self._configuration = configuration
        self._directory = directory
        self._pops = pops
        self._documents: dict[tuple[str, str, int], Document] = {}
        self._kinds: dict[tuple[str, str, int], Mapping[str, selfservice.Kind]] = {}

    async def document(self, tenant: str, flow: str, version: int) -> Document:
        """Raises `NotFound("flow.unknown")`; `Invalid` when this build no longer takes what was published."""
        key = (tenant, flow, version)
        if key not in self._documents:
            published = await self._configuration.flow_version(tenant, flow, version)
            others = {
                called: publishable(await self._configuration.flow_text(tenant, called, its))
                for called, its in published.calls.items()
            }
            document = publishable(published.text, others=others)
            if len(self._documents) >= MOST:
                self._documents.clear()
            self._documents[key] = document
        return self._documents[key]

    def at_hand(self, tenant: str, flow: str, version: int) -> Document | None:
        """One that somebody has read before."""
        return self._documents.get((tenant, flow, version))

    async def kinds(self, tenant: str, flow: str, version: int) -> Mapping[str, selfservice.Kind]:
        """What its nodes are, for who counts; nothing of a flow that is gone or no longer taken."""
        key = (tenant, flow, version)
        if key not in self._kinds:
            try:
                found = selfservice.kinds_of(await self.document(tenant, flow, version))
            except (NotFound, Invalid) as error:
                log.warning("flows.uncounted", flow=flow, version=version, code=error.code)
                found = {}
            if len(self._kinds) >= MOST:
                self._kinds.clear()
            self._kinds[key] = found
        return self._kinds[key]

    def hours(self, tenant: str, hours: str, at: float) -> str:
        return configuration.hours_state(self._configuration, tenant, hours, at)

    def consent(self, tenant: str, queue: str) -> bool:
        settings = self._configuration.of(tenant).settings.body
        return settings.consent_announcement and self._directory.queue(tenant, queue).record

    def asks_who_they_are(self, tenant: str, queue: str) -> bool:
        item = self._configuration.of(tenant).queues.get(queue)
        return item is not None and item.body.last_agent_s > 0

    async def wants(self, tenant: str, contact: str, queue: str) -> Requirements:
        pops, view = self._pops(tenant), self._configuration.of(tenant)
        if pops is None or queue not in view.queues:
            return Requirements()
        last_agent_s = view.queues[queue].body.last_agent_s
        pop = await pops.gathered(contact) if last_agent_s else pops.of(contact)
        avoided = [id for id, agent in view.agents.items() if agent.body.number in pop.avoids] if pop.avoids else []
        prefer = pop.last_agent if last_agent_s and pop.last_agent not in avoided else ""
        exclude = tuple(sorted(avoided)[:MOST_EXCLUDED])
        return Requirements(exclude=exclude, prefer=prefer, prefer_s=last_agent_s if prefer else 0.0)

    async def outside(self, tenant: str, number: str) -> tuple[str, str] | None:
        """A flow may send callers to any destination that the tenant allows at all."""
        try:
            configuration.allowed_destination(self._configuration, tenant, number, PERMISSIONS)
        except NotAllowed:
            return None
        return await self._directory.way_out(tenant, number)

    def words(self, tenant: str, flow: str, version: int, node: str, via: str, before: str) -> dict[str, str]:
        """What the caller chose to come to `node`, by language; empty while the flow has not been read."""
        document = self._documents.get((tenant, flow, version))
        return words(document, node, via, before) if document is not None else {}

    async def step_words(
        self, tenant: str, flow: str, version: int, node: str, via: str, before: str
    ) -> dict[str, str]:
        return words(await self.document(tenant, flow, version), node, via, before)
