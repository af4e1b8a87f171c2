"""The live shell: one writer of a tenant's routing stream around the pure core.

decide → apply at once in memory → batch → durable → listeners, in order → whoever waits.

Nothing leaves before it is durable. When an append fails the leader stops: what memory holds beyond the
journal is thrown away, and a supervisor reloads until the journal takes entries again.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence

import structlog

from .. import observability as metrics
from ..core.commands import Command, Tick
from ..core.engine import Engine
from ..core.events import AssignmentOffered, Event
from ..errors import QingtingError, Unavailable
from ..journal.port import AppendFailed, Entry, Fenced, Journal, PersonalData
from ..journal.upcast import SCHEMA_VERSION
from .clock import ForwardClock
from .fold import ROUTING, fold

log = structlog.get_logger(__name__)

SOON_S, LATER_S = 0.005, 0.02
"""So long a busy journal lets entries gather between commits; an idle one commits at once. Soon is for what somebody
waits for with a phone in the hand; whatever else a call brings about goes with the next of these, or later. Each
commit costs CPU: on a full machine nothing is written soon."""
FULL_S = 0.0015
"""A writer that is woken so much too late on average is on a full machine."""
SOON = frozenset((AssignmentOffered,))
"""A phone rings, when that is durable."""
BATCH = 500
"""Entries that are committed without waiting for the window …"""
LARGEST = 2000
"""… and the most in one commit, when a slow one let them pile up."""
BACKLOG = 20_000
"""Entries that may wait for a slow disk before commands are turned away with `journal.behind`."""
LOOK_AT_CLOCK_S = 5.0
"""Longest sleep of the deadline timer, so that a corrected clock is noticed."""
TICKS_PER_TURN = 16
RETRY_S = (0.2, 10.0)
"""First and longest pause between attempts to reload after a failure."""

Listener = Callable[[Entry], None]
"""Called on the loop, in order, once per durable entry; must not block, may `post`."""


class Live:
    def __init__(
        self,
        tenant: str,
        journal: Journal,
        *,
        clock: Callable[[], float] = time.time,
        stream: str = ROUTING,
    ) -> None:
        self.tenant = tenant
        self.stream = stream
        self.journal = journal
        self.engine = Engine()
        """For reading. It may be a few milliseconds ahead of what is durable."""
        self.seq = 0
        """The last durable entry."""
        self.snapshot_seq = 0
        self.epoch = 0
        self.failed = "not started"
        """Why no command is taken, in plain words; empty while all is well."""
        self.refusals: Counter[str] = Counter()
        """Refused commands by code, since this process began."""

        self._clock = ForwardClock(clock)
        self._listeners: tuple[Listener, ...] = ()
        self._on_failure: list[Callable[[str], None]] = []
        self._on_restart: list[Callable[[], None]] = []
        self._pending: list[Entry] = []
        self._personal: deque[tuple[int, PersonalData]] = deque()
        self._asked = 0  # the last entry decided in memory
        self._waiters: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._turn = False
        self._timer: asyncio.TimerHandle | None = None
        self._idle: asyncio.Future[None] | None = None  # the writer has nothing to write
        self._soon = False  # among what is pending somebody waits for something
        self._pause: asyncio.Future[None] | None = None  # the writer lets a batch gather
        self._stopping = False
        self._writer: asyncio.Task[None] | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._reloading = asyncio.Lock()

    # --- life --------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Takes the lead, loads snapshot and journal. Raises `AppendFailed` or `Undecodable` when it cannot."""
        # Measured on a prototype: the worst pause fell from 244 ms to 7 ms. What was loaded is not looked at again.
        gc.set_threshold(50_000, 50, 100)
        # The journal's thread must not wait 5 ms for the interpreter each time it comes back from the disk.
        sys.setswitchinterval(0.0005)
        gc.disable()
        try:
            await self._reload(first=True)
            gc.freeze()
        finally:
            gc.enable()

    async def stop(self) -> None:
        """Makes durable what was decided, then ends. Commands are refused from now on."""
        self._stopping = True
        self.failed = self.failed or "stopped"
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()
        self._rouse_writer()
        if self._writer is not None:
            await asyncio.wait({self._writer})
        self._drop_waiters()

    async def restart(self) -> None:
        """Reload after a failure; raises what went wrong. The supervisor does this by itself."""
        await self._reload(first=False)
        log.info("live.restarted", tenant=self.tenant, seq=self.seq, epoch=self.epoch)
        self._call(self._on_restart)

    def on_failure(self, callback: Callable[[str], None]) -> None:
        """Called with the reason, in plain words, when the leader stops."""
        self._on_failure.append(callback)

    def on_restart(self, callback: Callable[[], None]) -> None:
        """Called when commands are taken again. The engine is another object now, holding what is durable."""
        self._on_restart.append(callback)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Returns how to unsubscribe."""
        self._listeners = (*self._listeners, listener)
        return lambda: self._unsubscribe(listener)

    def _unsubscribe(self, listener: Listener) -> None:
        self._listeners = tuple(other for other in self._listeners if other is not listener)

    # --- commands ----------------------------------------------------------------------------------------

    async def submit(
        self, command: Command, cause: str = "", personal: Sequence[PersonalData] = ()
    ) -> tuple[Event, ...]:
        """What it brought about, once that is durable.

        Raises `Refused` at once; `Unavailable` with `journal.failed` or `journal.behind`.
        """
        events = self.decide(command, cause, personal)
        if self._asked > self.seq:
            durable = asyncio.get_running_loop().create_future()
            self._waiters.append((self._asked, durable))
            await durable
        return events

    def decide(self, command: Command, cause: str = "", personal: Sequence[PersonalData] = ()) -> tuple[Event, ...]:
        """What it will have brought about: durable before whatever is submitted after it. Raises as `submit` does."""
        try:
            return self._execute(command, cause, personal)
        except QingtingError as e:
            self._count_refusal(command, cause, e)
            raise

    def post(self, command: Command, cause: str = "", personal: Sequence[PersonalData] = ()) -> None:
        """For callbacks that cannot wait: decided at once; a refusal is counted and logged at debug."""
        try:
            self._execute(command, cause, personal)
        except QingtingError as e:
            self._count_refusal(command, cause, e)

    def _execute(self, command: Command, cause: str, personal: Sequence[PersonalData]) -> tuple[Event, ...]:
        if self.failed:
            raise Unavailable("journal.failed", f"no command is taken: {self.failed}")
        if len(self._pending) >= BACKLOG:
            raise Unavailable("journal.behind", "the disk is too slow for what is asked")
        now = self._clock()
        events = tuple(self.engine.decide(command, now))
        if not events:
            return events
        try:
            self.engine.fold(events)
        except Exception as e:
            log.exception("core.broken", tenant=self.tenant, command=type(command).__name__, cause=cause)
            self._fail("the core could not apply its own decision")
            raise Unavailable("journal.failed", "the core is being reloaded") from e
        self._asked += 1
        kind = type(command).__name__
        self._pending.append(Entry(self._asked, kind, SCHEMA_VERSION, now, now, self.epoch, cause, command, events))
        for data in personal:
            self._personal.append((self._asked, data))
        if not self._turn:
            self._turn = True
            asyncio.get_running_loop().call_soon(self._end_of_turn)
        elif len(self._pending) == BATCH:
            _finish(self._pause)
        if not self._soon and not SOON.isdisjoint(map(type, events)):
            self._soon = True
            _finish(self._pause)
        return events

    def _count_refusal(self, command: Command, cause: str, e: QingtingError) -> None:
        self.refusals[e.code] += 1
        metrics.refused.labels(e.code).inc()
        log.debug("command.refused", command=type(command).__name__, code=e.code, cause=cause)

    # --- time --------------------------------------------------------------------------------------------

    def now(self) -> float:
        """The core's time: the clock, except that it never steps back."""
        return self._clock()

    def _end_of_turn(self) -> None:
        self._turn = False
        _finish(self._idle)
        if not self.failed:
            self._arm()

    def _arm(self, at_least_s: float = 0.0) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self.engine.next_deadline()
        if deadline is not None:
            delay = min(max(deadline - self._clock(), at_least_s), LOOK_AT_CLOCK_S)
            self._timer = asyncio.get_running_loop().call_later(delay, self._deadline)

    def _deadline(self) -> None:
        self._timer = None
        for _ in range(TICKS_PER_TURN):
            deadline = None if self.failed else self.engine.next_deadline()
            if deadline is None or deadline > self._clock():
                break
            before = self._asked
            self.post(Tick(), "deadline")
            if self._asked == before:
                if not self.failed and len(self._pending) < BACKLOG:
                    log.error("core.stuck", tenant=self.tenant, deadline=deadline)
                if not self.failed:
                    self._arm(at_least_s=1.0)
                return
        if not self.failed:
            self._arm()

    # --- durability --------------------------------------------------------------------------------------

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        written = late = 0.0
        while True:
            if not self._pending:
                if self._stopping or self.failed:
                    return
                self._idle = loop.create_future()
                await self._idle
            soon = SOON_S + (LATER_S - SOON_S) * min(1.0, late / FULL_S)
            while (due := written + (soon if self._soon else LATER_S)) > loop.time():
                if len(self._pending) >= BATCH or self._stopping or self.failed:
                    break
                self._pause = loop.create_future()
                timer = loop.call_at(due, _finish, self._pause)
                await self._pause
                timer.cancel()
                if (over := loop.time() - due) >= 0:  # nobody roused it
                    late += 0.05 * (over - late)
            if self._pending and not await self._write_batch():
                return
            written = loop.time()

    def _writer_ended(self, writer: asyncio.Task[None]) -> None:
        if not writer.cancelled() and (e := writer.exception()) is not None:
            log.error("live.writer_broken", tenant=self.tenant, exc_info=e)
            self._fail("the shell itself broke")

    async def _write_batch(self) -> bool:
        entries = self._pending[:LARGEST]
        del self._pending[:LARGEST]
        self._soon = False
        personal: list[PersonalData] = []
        while self._personal and self._personal[0][0] <= entries[-1].seq:
            personal.append(self._personal.popleft()[1])
        try:
            with metrics.commit_seconds.time():
                await self.journal.append(self.tenant, self.stream, self.epoch, entries, personal)
        except Fenced as e:
            self._fail(f"another leader took over: {e}", again=False)
            return False
        except AppendFailed as e:
            self._fail(str(e))
            return False
        except Exception:
            log.exception("journal.broken", tenant=self.tenant)
            self._fail("the journal did not take an entry")
            return False
        metrics.entries.labels(self.stream).inc(len(entries))
        metrics.events.labels(self.stream).inc(sum([len(e.events) for e in entries]))
        self._deliver(entries)
        waiters = self._waiters
        while waiters and waiters[0][0] <= self.seq:
            _, durable = waiters.popleft()
            if not durable.done():
                durable.set_result(None)
        return True

    def _deliver(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self.seq = entry.seq
            for listener in self._listeners:
                try:
                    listener(entry)
                except Exception:
                    log.exception("listener.failed", tenant=self.tenant, kind=entry.kind, seq=entry.seq)

    # --- failure -----------------------------------------------------------------------------------------

    def _fail(self, why: str, again: bool = True) -> None:
        log.error("live.failed", tenant=self.tenant, why=why, seq=self.seq, lost=self._asked - self.seq)
        self.failed = why
        self._pending.clear()
        self._soon = False
        self._personal.clear()
        metrics.journal_failed.labels(self.tenant).set(1)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._drop_waiters()
        self._rouse_writer()
        if again and not self._stopping and (self._supervisor is None or self._supervisor.done()):
            self._supervisor = asyncio.create_task(self._supervise(), name=f"live-supervisor-{self.tenant}")
        self._call(self._on_failure, why)

    def _call(self, callbacks: Sequence[Callable[..., None]], *arguments: str) -> None:
        for callback in tuple(callbacks):
            try:
                callback(*arguments)
            except Exception:
                log.exception("callback.failed", tenant=self.tenant)

    def _rouse_writer(self) -> None:
        _finish(self._idle)
        _finish(self._pause)

    def _drop_waiters(self) -> None:
        waiters, self._waiters = self._waiters, deque()
        for _, durable in waiters:
            if not durable.done():
                durable.set_exception(Unavailable("journal.failed", f"not kept: {self.failed}"))

    async def _supervise(self) -> None:
        pause, longest = RETRY_S
        while self.failed and not self._stopping:
            await asyncio.sleep(pause)
            pause = min(pause * 2, longest)
            try:
                await self.restart()
            except AppendFailed as e:
                log.warning("live.still_failed", tenant=self.tenant, why=str(e))
            except Exception:
                log.exception("live.still_failed", tenant=self.tenant)

    async def _reload(self, first: bool) -> None:
        async with self._reloading:
            if self._writer is not None:
                await asyncio.wait({self._writer})  # an append in flight may still succeed, and is then delivered
            if not self.failed:
                return
            self.epoch = await self.journal.lead(self.tenant, self.stream)
            missed: list[Entry] = []
            known = self.seq

            def keep_missed(entry: Entry) -> None:
                if entry.seq > known:
                    missed.append(entry)

            folded = await fold(self.journal, self.tenant, self.stream, on_entry=None if first else keep_missed)
            self.engine = folded.engine
            self.seq = self._asked = folded.seq
            self.snapshot_seq = folded.snapshot_seq
            self._clock.not_before(folded.engine.state.at)
            self.failed = ""
            metrics.journal_failed.labels(self.tenant).set(0)
            # Durable though reported as failed (or another leader's): listeners see every entry once.
            self._deliver(missed)
            self._writer = asyncio.create_task(self._write(), name=f"live-writer-{self.tenant}")
            self._writer.add_done_callback(self._writer_ended)
            self._arm()


def _finish(future: asyncio.Future[None] | None) -> None:
    if future is not None and not future.done():
        future.set_result(None)
