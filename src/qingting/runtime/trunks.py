"""Trunks as configured, in the engine: pushed, followed when their hosts move, and taken away when nobody has them.

One engine serves all tenants: a trunk's name there is `<tenant>.<trunk>`. Lines to the engines of other sites are
trunks as well; whether those answer decides whether their agents can be rung.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from ..contexts.configuration import api as configuration
from ..errors import Invalid
from ..telephony.port import EngineUnavailable, Telephony, Trunk, TrunkState

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 20.0
"""Between looks at how they stand; hosts are looked up again each time: a carrier that moved is followed."""
RESTORE_S = 1.0
NO_WAY = ("unreachable", "unknown_host", "impossible", "unknown")
ENGINE_AWAY = TrunkState("unknown", "the telephone engine is not reachable")


class Trunks:
    def __init__(self, telephony: Telephony, configuration: configuration.Configuration) -> None:
        self._telephony = telephony
        self._configuration = configuration
        self._states: dict[str, TrunkState] = {}
        self._refused: dict[str, TrunkState] = {}
        """Those that the engine cannot have as they are configured."""
        self._following: asyncio.Task[None] | None = None
        self._restoring: asyncio.Task[None] | None = None
        self._look_now = asyncio.Event()
        self.on_site: Callable[[str, bool], None] = lambda trunk, reachable: None
        """Told how each line to a site stands whenever that was looked at."""
        self._one_at_a_time = asyncio.Lock()

    def state(self, tenant: str, trunk: str) -> TrunkState:
        """As of the last look."""
        name = f"{tenant}.{trunk}"
        return self._refused.get(name) or self._states.get(name, ENGINE_AWAY)

    async def restore(self, restarted: bool) -> None:
        """The engine came up. Nobody waits for name servers that do not answer: that goes on aside."""
        self._restoring = asyncio.create_task(self._look(), name="trunks-restored")
        await asyncio.wait([self._restoring], timeout=RESTORE_S)

    async def configured(self, change: configuration.Changed) -> None:
        """A change takes effect at once; with the engine away, when it is back."""
        if change.kind not in ("trunks", "sites"):
            return
        id = configuration.site_trunk(change.id) if change.kind == "sites" else change.id
        name = f"{change.tenant}.{id}"
        wanted = self._wanted()
        if name in wanted:
            await self._put(name, wanted[name])
        elif change.kind == "trunks" or name in self._states or name in self._refused:
            await self._remove(name)
        self._look_now.set()

    async def _remove(self, name: str) -> None:
        self._refused.pop(name, None)
        self.on_site(name, False)
        try:
            await self._telephony.remove_trunk(name)
        except EngineUnavailable:
            log.warning("trunks.removed_later")

    def start(self) -> None:
        self._following = asyncio.create_task(self._follow(), name="trunks")

    async def stop(self) -> None:
        tasks = [task for task in (self._following, self._restoring) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._look_now.wait()
            self._look_now.clear()
            await self._look()

    async def _look(self) -> None:
        async with self._one_at_a_time:
            try:
                await self._reconcile()
            except EngineUnavailable:
                self._states = {}

    async def _reconcile(self) -> None:
        """The engine has what is configured, and nothing that was removed while we or it were away."""
        wanted = self._wanted()
        for name in set(await self._telephony.trunks()) - set(wanted):
            log.info("trunks.removed_late", trunk=name)
            self.on_site(name, False)
            await self._telephony.remove_trunk(name)
        await asyncio.gather(*(self._put(name, trunk) for name, trunk in wanted.items()))
        self._states = await self._telephony.trunks()
        for name, trunk in wanted.items():
            if trunk.site_of:
                stands = self._refused.get(name) or self._states.get(name, ENGINE_AWAY)
                self.on_site(name, stands.state not in NO_WAY)

    def _wanted(self) -> dict[str, Trunk]:
        return {
            f"{tenant}.{trunk.trunk}": trunk._replace(trunk=f"{tenant}.{trunk.trunk}")
            for tenant in self._configuration.views
            for trunk in configuration.trunks(self._configuration, tenant)
        }

    async def _put(self, name: str, trunk: Trunk) -> None:
        """One that cannot be is nobody else's trouble."""
        try:
            await self._telephony.put_trunk(trunk)
            self._refused.pop(name, None)
        except Invalid as error:
            log.error("trunks.not_taken", trunk=name, why=str(error))
            self._refused[name] = TrunkState("impossible", error.message)
        except EngineUnavailable as error:
            log.warning("trunks.pushed_later", trunk=name, why=str(error))
