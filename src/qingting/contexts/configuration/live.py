"""The configuration of all tenants, held in memory and changed one transaction at a time.

Reads are plain look-ups in immutable views. A change takes the tenant's revision row first, so that changes go
one after the other in every process; after the commit the new view stands and listeners are told. Another
process sees it at its next `refresh()`.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Audit, Identity
from qingting.core.commands import Command
from qingting.core.values import Skills
from qingting.errors import NotFound
from qingting.flow.tree import Problem
from qingting.records import Records, tell
from qingting.vault import Vault

from . import queries, tables
from .entries import EntryIndex
from .model import CheckFlow, CompareFlows, HearFlow, TryFlow
from .view import Published, View


class Changed(NamedTuple):
    """Told after the commit. `commands` are what the core must hear of it."""

    tenant: str
    kind: str
    id: str
    removed: bool
    commands: tuple[Command, ...]


Listener = Callable[[Changed], Awaitable[None]]
"""Called one change after the other; must not change the configuration itself."""
BeforeRemoval = Callable[[str, Command], Awaitable[None]]
"""(tenant, RemoveQueue, RemoveAgent, RemoveRule): the living core does it, or raises `Refused` while it is needed."""
MoveWaiting = Callable[[str, str, str], Awaitable[int]]
"""(tenant, queue, other): who waits in the one goes on in the other, at their first arrival; how many they were.
Raises `Refused("queue.in_use")` while somebody talks in it, `queue.closed` when the other takes nobody."""


class Unservable(NamedTuple):
    """A requirement that none of a queue's agents can ever meet, not even when all is relaxed that will be."""

    queue: str
    rule: str
    """The rule whose skills are too much beside the queue's own; empty: the queue's own are."""
    skills: dict[str, int]
    """What is left to be met; empty: the queue has no agents, or at most at other sites."""
    site: str = ""
    """Whose contacts these are, where the queue keeps them to their site; others may be served."""


FindUnservable = Callable[[str], list[Unservable]]
"""By tenant, asked of the living core."""

Servable = Callable[[str, str, Skills], bool]
"""(tenant, queue, skills beside its own): whether any of its agents, on duty or not, can ever meet them."""

LOOK_AT_CLOCK_S = 60.0
"""Longest sleep, so that a corrected clock is noticed."""
_TEXTS = 500
"""Most flow texts kept in memory."""


async def _nobody(tenant: str, command: Command) -> None:
    """Without a living core there is nobody to ask."""


async def _nothing_waits(tenant: str, queue: str, other: str) -> int:
    return 0


async def _not_measured(tenant: str, text: str, others: Mapping[str, str]) -> list[Problem]:
    return []


class Change:
    """One transaction that changes a tenant's configuration; `view` is what will stand after it."""

    def __init__(self, connection: AsyncConnection, who: Identity, view: View) -> None:
        self.connection = connection
        self.who = who
        self.view = view
        self.at = time.time()
        self.told: list[Changed] = []
        self.taken_back: list[Changed] = []

    @property
    def tenant(self) -> str:
        return self.view.tenant

    async def tell(self, kind: str, id: str, commands: Iterable[Command] = (), *, removed: bool = False) -> None:
        await tell(
            self.connection,
            self.tenant,
            "configuration",
            "item_removed" if removed else "item_put",
            {"kind": kind, "id": id, "revision": self.view.revision},
        )
        self.told.append(Changed(self.tenant, kind, id, removed, tuple(commands)))

    def take_back(self, kind: str, id: str, commands: Iterable[Command]) -> None:
        """The core has done already what this change wants: it hears `commands` should the commit fail."""
        self.taken_back.append(Changed(self.tenant, kind, id, False, tuple(commands)))


class Configuration:
    def __init__(
        self,
        records: Records,
        vault: Vault,
        *,
        check_flow: CheckFlow,
        try_flow: TryFlow = lambda text, cases, others: ([], []),
        compare_flows: CompareFlows = lambda old, new: {},
        audit: Audit,
        before_removal: BeforeRemoval = _nobody,
        move_waiting: MoveWaiting = _nothing_waits,
        unservable: FindUnservable = lambda tenant: [],
        servable: Servable = lambda tenant, queue, skills: True,
        voiced: Callable[[str], bool] = lambda language: True,
        heard: HearFlow = _not_measured,
    ) -> None:
        self.records = records
        self.vault = vault
        self.check_flow = check_flow
        self.try_flow = try_flow
        self.compare_flows = compare_flows
        self.audit = audit
        self.before_removal = before_removal
        self.move_waiting = move_waiting
        self.unservable = unservable
        self.servable = servable
        self.voiced = voiced
        self.heard = heard
        self.listeners: list[Listener] = []
        self._views: dict[str, View] = {}
        self._index = EntryIndex(())
        self._texts: OrderedDict[tuple[str, str, int], Published] = OrderedDict()
        self._turn = asyncio.Lock()
        self._due_changed = asyncio.Event()

    @property
    def views(self) -> Mapping[str, View]:
        return self._views

    @property
    def index(self) -> EntryIndex:
        return self._index

    def of(self, tenant: str) -> View:
        """Empty for a tenant that nobody has configured."""
        return self._views.get(tenant) or View(tenant)

    async def refresh(self) -> set[str]:
        """Read anew what changed since (all of it at first). Returns the tenants that changed."""
        async with self.records.read() as connection:
            stale = {
                tenant
                for tenant, revision in (await queries.revisions(connection)).items()
                if tenant not in self._views or self._views[tenant].revision != revision
            }
            for tenant in stale:
                self._views[tenant] = await queries.view(connection, tenant, time.time())
        if stale:
            self._index = EntryIndex(self._views.values())
        return stale

    @asynccontextmanager
    async def change(self, who: Identity) -> AsyncIterator[Change]:
        change: Change | None = None
        async with self._turn:
            try:
                async with self.records.write() as connection:
                    revision = await _next_revision(connection, who.tenant)
                    view = self.of(who.tenant)
                    if view.revision != revision - 1:
                        view = await queries.view(connection, who.tenant, time.time())
                    change = Change(connection, who, dataclasses.replace(view, revision=revision))
                    yield change
            except BaseException:
                await self._announce(change.taken_back if change else [])
                raise
            self._views[who.tenant] = change.view
            self._due_changed.set()
            if any(told.kind in ("entry-points", "flows", "sites") for told in change.told):
                self._index = EntryIndex(self._views.values())
            await self._announce(change.told)

    async def _announce(self, changes: list[Changed]) -> None:
        """All listeners hear all of it, in order; then the first failure rises: what was asked for is kept, and yet
        somebody could not follow."""
        failures: list[Exception] = []
        for change in changes:
            for listener in self.listeners:
                try:
                    await listener(change)
                except Exception as e:
                    failures.append(e)
        if failures:
            raise failures[0]

    async def keep_time(self) -> None:
        """Versions of flows take over when they are due: a job without an end."""
        while True:
            self._due_changed.clear()
            due = min((view.due[0][0] for view in self._views.values() if view.due), default=math.inf)
            wait_s = min(max(due - time.time(), 0.0), LOOK_AT_CLOCK_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._due_changed.wait()
            await self._take_over()

    async def _take_over(self) -> None:
        now = time.time()
        for tenant, view in list(self._views.items()):
            arrived = [flow for at, flow, _ in view.due if at <= now]
            if not arrived:
                continue
            async with self._turn:
                async with self.records.read() as connection:
                    self._views[tenant] = await queries.view(connection, tenant, now)
                self._index = EntryIndex(self._views.values())
                await self._announce([Changed(tenant, "flows", flow, False, ()) for flow in dict.fromkeys(arrived)])

    async def flow_text(self, tenant: str, flow: str, version: int) -> str:
        """As `flow_version`."""
        return (await self.flow_version(tenant, flow, version)).text

    async def flow_version(self, tenant: str, flow: str, version: int) -> Published:
        """What was published; it never changes. Raises `NotFound("flow.unknown")`."""
        key = (tenant, flow, version)
        if key not in self._texts:
            async with self.records.read() as connection:
                found = await queries.flow_version(connection, tenant, flow, version)
            if found is None:
                raise NotFound("flow.unknown", flow=flow, version=version)
            self._texts[key] = found
            if len(self._texts) > _TEXTS:
                self._texts.popitem(last=False)
        return self._texts[key]


async def _next_revision(connection: AsyncConnection, tenant: str) -> int:
    insert = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(tables.revision)
    c = tables.revision.c
    revision = await connection.scalar(
        insert.values(tenant=tenant, revision=1)
        .on_conflict_do_update(index_elements=[c.tenant], set_={"revision": c.revision + 1})
        .returning(c.revision)
    )
    assert isinstance(revision, int)
    return revision
