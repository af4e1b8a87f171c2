"""Which flows say which prompts, in what is published and in drafts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from ..contexts.configuration import api as configuration
from ..contexts.prompts.api import Use
from ..flow.nodes import prompts_of
from ..runtime.flow_tools import read_flow


class PromptUses:
    def __init__(self, configuration_: configuration.Configuration) -> None:
        self._configuration = configuration_
        self._named: dict[str, dict[str, tuple[tuple[int, int], frozenset[str]]]] = {}
        """By tenant and flow: of which draft and published version, and the names in them."""

    async def __call__(self, tenant: str) -> dict[str, list[Use]]:
        view, before = self._configuration.of(tenant), self._named.get(tenant, {})
        now = {}
        found: dict[str, list[Use]] = {}
        for id, item in view.flows.items():
            versions = (item.version, view.published.get(id, 0))
            known = before.get(id)
            if known is None or known[0] != versions:
                texts = [item.body.text]
                if versions[1]:
                    texts.append(await self._configuration.flow_text(tenant, id, versions[1]))
                known = versions, await asyncio.to_thread(_named, texts)
            now[id] = known
            for name in known[1]:
                found.setdefault(name, []).append(Use(id, item.name))
        self._named[tenant] = now
        return found


def _named(texts: list[str]) -> frozenset[str]:
    return frozenset(_names(texts))


def _names(texts: list[str]) -> Iterator[str]:
    for text in texts:
        document, _ = read_flow(text)
        for node in document.nodes.values() if document is not None else ():
            for prompt in prompts_of(node):
                yield from filter(None, (prompt.recorded, prompt.standard))
