"""What a running dialogue needs of the configuration: published flows, hours, consent, ways out."""

from __future__ import annotations

from ..access import PERMISSIONS
from ..contexts.configuration import api as configuration
from ..errors import NotAllowed
from ..flow.document import Document, words
from .directory import Directory
from .flow_tools import publishable

MOST = 500


class Flows:
    """Documents are read once: a published version never changes."""

    def __init__(self, configuration: configuration.Configuration, directory: Directory) -> None:
        self._configuration = configuration
        self._directory = directory
        self._documents: dict[tuple[str, str, int], Document] = {}

    async def document(self, tenant: str, flow: str, version: int) -> Document:
        """Raises `NotFound("flow.unknown")`; `Invalid` when this build no longer takes what was published."""
        key = (tenant, flow, version)
        if key not in self._documents:
            document = publishable(await self._configuration.flow_text(tenant, flow, version))
            if len(self._documents) >= MOST:
                self._documents.clear()
            self._documents[key] = document
        return self._documents[key]

    def hours(self, tenant: str, hours: str, at: float) -> str:
        return configuration.hours_state(self._configuration, tenant, hours, at)

    def consent(self, tenant: str, queue: str) -> bool:
        settings = self._configuration.of(tenant).settings.body
        return settings.consent_announcement and self._directory.queue(tenant, queue).record

    async def outside(self, tenant: str, number: str) -> tuple[str, str] | None:
        """A flow may send callers to any destination that the tenant allows at all."""
        try:
            configuration.allowed_destination(self._configuration, tenant, number, PERMISSIONS)
        except NotAllowed:
            return None
        return await self._directory.way_out(tenant, number)

    def words(self, tenant: str, flow: str, version: int, node: str, via: str) -> dict[str, str]:
        """What the caller chose to come to `node`, by language; empty while the flow has not been read."""
        document = self._documents.get((tenant, flow, version))
        return words(document, node, via) if document is not None else {}

    async def step_words(self, tenant: str, flow: str, version: int, node: str, via: str) -> dict[str, str]:
        return words(await self.document(tenant, flow, version), node, via)
