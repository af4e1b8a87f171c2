"""The configuration as the voice side asks for it: by door, queue, way out. Memory only."""

from __future__ import annotations

from collections.abc import Callable

from .. import numbers
from ..contexts.configuration import api as configuration
from ..errors import NotAllowed, TooMany
from ..observability import refused
from .tolls import Tolls
from .voice.needs import Door, QueueSettings, Way

CALLED_BACK = ("desk.dial_out",)
"""Customers say themselves where they want to be called: only what any agent with leave may call."""

NO_QUEUE = QueueSettings(announce_place=False, announce_wait=False)
"""An agent's own call."""


class Directory:
    def __init__(
        self, configuration: configuration.Configuration, web_entry: Callable[[str], str | None], tolls: Tolls
    ) -> None:
        self._configuration = configuration
        self._web_entry = web_entry
        """By the credential of an anonymous web call: the only page that it may reach."""
        self.tolls = tolls

    async def door(self, *, dialled: str, caller: str, source: str) -> Door | None:
        kind, _, id = source.partition(":")
        if kind == "web":
            return self._web(dialled, id)
        number_format, country, tenant = "national", "CN", ""
        if kind == "trunk":
            found = self._trunk(id)
            if found is None:
                return None
            tenant, number_format, country = found
        number = numbers.to_e164(caller, number_format, country) or caller[:40]
        key = numbers.dialled(dialled, number_format, country)
        entry = configuration.resolve_entry(self._configuration, key, number) if key else None
        if entry is None or (tenant and entry.tenant != tenant):
            return None
        return Door(entry.tenant, entry.entry, entry.line, entry.site, entry.language, number)

    def _web(self, dialled: str, credential: str) -> Door | None:
        key = self._web_entry(credential)
        if key is None or dialled != key:
            return None
        entry = configuration.resolve_entry(self._configuration, key, "", kind="web")
        return Door(entry.tenant, entry.entry, entry.line, entry.site, entry.language, "") if entry else None

    def _trunk(self, id: str) -> tuple[str, str, str] | None:
        """(tenant, number format, country). Engine names of trunks are `<tenant>.<id>`."""
        tenant, _, trunk = id.partition(".")
        item = self._configuration.of(tenant).trunks.get(trunk)
        return (tenant, item.body.number_format, item.body.country) if item else None

    async def flow(self, tenant: str, entry: str) -> tuple[str, int]:
        view = self._configuration.of(tenant)
        item = view.entry_points.get(entry)
        return (item.body.flow, view.published.get(item.body.flow, 0)) if item else ("", 0)

    def queue(self, tenant: str, queue: str) -> QueueSettings:
        item = self._configuration.of(tenant).queues.get(queue)
        if item is None:
            return NO_QUEUE
        body = item.body
        music = f"{tenant}/{body.music}" if body.music else ""
        return QueueSettings(body.record, music, body.announce_place, body.announce_wait, body.announce_every_s)

    async def way_out(self, tenant: str, number: str) -> Way | None:
        for id, item in sorted(self._configuration.of(tenant).trunks.items()):
            body = item.body
            far = numbers.for_trunk(number, body.number_format, body.country)
            shown = numbers.for_trunk(body.caller_number, body.number_format, body.country)
            return Way(f"trunk:{tenant}.{id}/{far}", shown or "anonymous")
        return None

    async def way_back(self, tenant: str, number: str) -> Way | None:
        """To a customer who asked for it; one call more is counted. None also when it may not be called now."""
        try:
            self.tolls.count(tenant, number, CALLED_BACK)
        except (NotAllowed, TooMany) as refusal:
            refused.labels(refusal.code).inc()
            return None
        return await self.way_out(tenant, number)
