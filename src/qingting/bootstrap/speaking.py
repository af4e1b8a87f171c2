"""What callers hear is spoken before they call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from ..contexts.configuration import api as configuration
from ..runtime.flows import Flows
from ..speech.port import ANY, SpeechFailed
from ..speech.prompts import PromptStore
from ..telephony.asterisk.engine import Engine

log = structlog.get_logger(__name__)

LANGUAGES = ("zh", "en")
A_MOMENT_S = 0.5
TIDY_S = 900.0


class Speaking:
    def __init__(
        self,
        prompts: PromptStore,
        flows: Flows,
        configuration_: configuration.Configuration,
        cache_bytes: int,
        progress: Callable[[str], None],
    ) -> None:
        self.done = asyncio.Event()
        """Set once all that callers usually hear is there; calls are taken before, and wait for a voice."""
        self._prompts, self._flows, self._configuration = prompts, flows, configuration_
        self._cache_bytes = cache_bytes
        self._progress = progress
        self._languages = frozenset({ANY})
        self._tasks: set[asyncio.Task[list[str]]] = set()

    def voiced(self, language: str) -> bool:
        """Whether callers can hear it without a recording; while that is not known, they can."""
        return bool(self._languages & {language, language.partition("-")[0], ANY})

    @contextmanager
    def told(self, doing: str, done: str = "") -> Iterator[None]:
        """What takes longer than a moment is told when it begins to; a second start says nothing."""
        began = time.monotonic()
        told = asyncio.get_running_loop().call_later(A_MOMENT_S, self._progress, doing)
        try:
            yield
        finally:
            told.cancel()
            if done and (seconds := time.monotonic() - began) > A_MOMENT_S:
                self._progress(f"{done} ({seconds:.0f} s)")

    async def fallback(self, engine: Engine) -> None:
        """What callers hear while we are away: it must be there before we are."""
        try:
            await self._prompts.one_file("please_stay", LANGUAGES, engine.layout.sounds / "fallback.wav")
        except SpeechFailed as error:
            log.warning("prompts.not_made", prompt=str(error))

    async def published(self, change: configuration.Changed) -> None:
        """A flow's words are spoken when it is published, not when somebody calls."""
        version = self._configuration.of(change.tenant).published.get(change.id, 0)
        if change.kind == "flows" and version and not change.removed:
            document = await self._flows.document(change.tenant, change.id, version)
            task = asyncio.create_task(self._prompts.prepare(document, change.tenant), name="prompts-published")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def run(self) -> None:
        """All that callers usually hear is made once; then the cache is kept tidy."""
        await self.all()
        while True:
            try:
                gone = await self._prompts.tidy(self._cache_bytes)
            except OSError as error:
                log.warning("prompts.not_tidied", why=str(error))
            else:
                log.debug("prompts.tidied", gone=gone)
            await asyncio.sleep(TIDY_S)

    async def all(self) -> None:
        """So that no caller waits for a voice; what a call needs meanwhile is made for it."""
        try:
            self._languages = await self._prompts.languages()
        except SpeechFailed as error:
            log.warning("prompts.no_voice", why=str(error))
        with self.told("speaking callers' prompts; calls are taken meanwhile", done="callers' prompts are ready"):
            failed, spoken = await self._prompts.prepare_standard(LANGUAGES), set(LANGUAGES)
            for tenant, view in self._configuration.views.items():
                for flow, version in view.published.items():
                    document = await self._flows.document(tenant, flow, version)
                    failed += await self._prompts.prepare(document, tenant)
                    more = [language for language in document.languages if language not in spoken]
                    failed += await self._prompts.prepare_standard(more)
                    spoken.update(more)
        for words in failed:
            log.warning("prompts.not_made", prompt=words)
        self.done.set()
