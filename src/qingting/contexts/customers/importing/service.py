"""Imports from upload to end: what people ask of them, and the processes that do the work, one after the other.

The row in state `looking`, `checking` or `running` is the job. Killed at any moment, the next start does the rest.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Audit, Identity
from qingting.errors import Invalid, NotFound, Refused, TooMany
from qingting.records import Records, new_id

from ..apart import work_apart
from . import mapping
from .columns import Offered, offered
from .folder import Folder
from .reading import FILE_MOST
from .tables import imports

log = structlog.get_logger(__name__)

PIECE_MOST = 1024 * 1024
"""Bytes of a file that come at once."""
KEPT_MOST = 20
"""Imports of a tenant."""
SPACE_MOST = 1024 * 1024 * 1024
"""Bytes of all their files."""
ATTEMPTS_MOST = 3
POLL_S = 5.0
_LOOKS: tuple[str, ...] = ("looking", "checking")
_RUNS: tuple[str, ...] = ("running",)
BUSY = (*_LOOKS, *_RUNS)
_NOTHING = {
    **dict.fromkeys(("done", "bad", "new", "changed", "same", "shared", "errors_size", "attempts"), 0),
    "faults": {},
}


class Imports:
    def __init__(self, records: Records, data: Path, audit: Audit) -> None:
        self.records = records
        self._data = data
        self._audit = audit
        self._wakes = {states: asyncio.Event() for states in (_LOOKS, _RUNS)}

    def folder(self, tenant: str, id: str) -> Folder:
        return Folder(self._data, tenant, id)

    # --- what people ask -----------------------------------------------------------------------------------------

    async def create(self, who: Identity, name: str, size: int, language: str) -> Any:
        """Raises `Invalid("import.empty" | "import.too_large")`, `TooMany("import.too_many")`."""
        if size == 0:
            raise Invalid("import.empty", "the file is empty")
        if size > FILE_MOST:
            raise Invalid("import.too_large", f"at most {FILE_MOST} bytes", most=FILE_MOST)
        now, id = time.time(), new_id("im-")
        async with self.records.write() as connection:
            kept, space = (
                await connection.execute(
                    sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(imports.c.size), 0)).where(
                        imports.c.tenant == who.tenant
                    )
                )
            ).one()
            if kept >= KEPT_MOST or space + size > SPACE_MOST:
                raise TooMany("import.too_many", "remove imports that are done with first", most=KEPT_MOST)
            await connection.execute(
                imports.insert().values(
                    tenant=who.tenant, id=id, name=name, size=size, state="receiving", user_id=who.user,
                    language=language, created_at=now, changed_at=now, columns=[], faults={},
                )
            )  # fmt: skip
            return await self._one(connection, who.tenant, id)

    async def take(self, who: Identity, id: str, offset: int, content: bytes) -> Any:
        """A piece of the file. Raises `Refused("import.wrong_place", received=…)`: go on from there."""
        if len(content) > PIECE_MOST:
            raise TooMany("request.too_large", f"at most {PIECE_MOST} bytes", most=PIECE_MOST)
        job = await self.one(who, id)
        after = offset + len(content)
        if job.state != "receiving" or offset != job.received or after > job.size or not content:
            raise Refused("import.wrong_place", f"{job.received} bytes are here", received=job.received)
        complete = after == job.size
        await asyncio.to_thread(self._keep, self.folder(who.tenant, id), offset, content, complete)
        state = "looking" if complete else "receiving"
        job = await self._change(who, job, imports.c.received == offset, received=after, state=state)
        if complete:
            self._wake()
        return job

    @staticmethod
    def _keep(folder: Folder, offset: int, content: bytes, complete: bool) -> None:
        folder.make()
        with os.fdopen(os.open(folder.upload, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            file.seek(offset)
            file.write(content)
            file.truncate()
            file.flush()
            if complete:
                os.fsync(file.fileno())

    async def check(self, who: Identity, id: str, columns: Sequence[str], tag: str) -> Any:
        """Judge every row and write none. Raises what `mapping.check` raises, `Refused("import.wrong_state")`."""
        job = await self.one(who, id)
        looked = await asyncio.to_thread(self.folder(who.tenant, id).looked)
        if looked is None or job.state in ("receiving", *BUSY):
            raise Refused("import.wrong_state", f"it is {job.state}", state=job.state)
        mapping.check(columns, len(looked.heads), await self.offered(who))
        values = _NOTHING | {"columns": list(columns), "tag": tag.strip(), "problem": "", "problem_line": 0}
        job = await self._change(who, job, state="checking", **values)
        self._wake()
        return job

    async def run_it(self, who: Identity, id: str) -> Any:
        """From the beginning, or on from where it was cancelled. Raises `Refused("import.wrong_state")`."""
        job = await self.one(who, id)
        if job.state not in ("checked", "done", "cancelled") or not job.columns:
            raise Refused("import.wrong_state", f"it is {job.state}", state=job.state)
        again = {"attempts": 0} if job.state == "cancelled" else _NOTHING
        job = await self._change(who, job, state="running", user_id=who.user, **again)
        self._wake()
        return job

    async def cancel(self, who: Identity, id: str) -> Any:
        """What is in stays. Raises `Refused("import.wrong_state")`."""
        job = await self.one(who, id)
        if job.state not in BUSY:
            raise Refused("import.wrong_state", f"it is {job.state}", state=job.state)
        state = {"looking": "failed", "checking": "ready", "running": "cancelled"}[job.state]
        problem = "import.cancelled" if state == "failed" else ""
        while True:
            with contextlib.suppress(_Moved):
                # Progress may come between; the state must not.
                return await self._change(who, job, state=state, problem=problem)
            job = await self.one(who, id)
            if job.state not in BUSY:
                return job

    async def remove(self, who: Identity, id: str) -> None:
        job = await self.one(who, id)
        if job.state in BUSY:
            raise Refused("import.wrong_state", f"it is {job.state}", state=job.state)
        await self._remove(who.tenant, id)

    async def one(self, who: Identity, id: str) -> Any:
        async with self.records.read() as connection:
            return await self._one(connection, who.tenant, id)

    async def offered(self, who: Identity) -> Offered:
        """What columns may be of the tenant's own."""
        async with self.records.read() as connection:
            return await offered(connection, who.tenant)

    async def all(self, who: Identity) -> list[Any]:
        async with self.records.read() as connection:
            query = sa.select(imports).where(imports.c.tenant == who.tenant).order_by(imports.c.id.desc())
            return list(await connection.execute(query))

    async def note(self, who: Identity, action: str, id: str) -> None:
        async with self.records.write() as connection:
            await self._audit(connection, who, action, id, {})

    async def _one(self, connection: AsyncConnection, tenant: str, id: str) -> Any:
        query = sa.select(imports).where(imports.c.tenant == tenant, imports.c.id == id)
        if (found := (await connection.execute(query)).one_or_none()) is None:
            raise NotFound("import.unknown", id=id)
        return found

    async def _change(self, who: Identity, job: Any, *still: sa.ColumnElement[bool], **values: Any) -> Any:
        mine = (imports.c.tenant == job.tenant, imports.c.id == job.id)
        async with self.records.write() as connection:
            moved = await connection.execute(
                imports.update()
                .where(*mine, imports.c.state == job.state, *still)
                .values(changed_at=time.time(), **values)
            )
            if moved.rowcount != 1:
                raise _Moved
            if values.get("state", job.state) != job.state:
                await self._audit(connection, who, f"customer.import.{values['state']}", job.id, {"rows": job.rows})
            return await self._one(connection, job.tenant, job.id)

    # --- the work ------------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        for wake in self._wakes.values():
            wake.set()

    async def run(self) -> None:
        """Until cancelled. Looking and checking do not wait behind a long import."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._work(_LOOKS), name="imports.look")
            tasks.create_task(self._work(_RUNS), name="imports.run")

    async def _work(self, states: tuple[str, ...]) -> None:
        wake = self._wakes[states]
        while True:
            wake.clear()
            try:
                if (job := await self._next(states)) is not None:
                    await self._start(job)
                    continue
            except (sa.exc.SQLAlchemyError, OSError) as error:
                log.warning("import.waits", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await wake.wait()

    async def _next(self, states: tuple[str, ...]) -> Any:
        query = sa.select(imports).where(imports.c.state.in_(states)).order_by(imports.c.changed_at).limit(1)
        async with self.records.read() as connection:
            return (await connection.execute(query)).one_or_none()

    async def _start(self, job: Any) -> None:
        """One process. It takes itself out of its state; one that dies in it is tried again some times."""
        mine = (imports.c.tenant == job.tenant, imports.c.id == job.id, imports.c.state == job.state)
        hopeless = job.attempts >= ATTEMPTS_MOST
        values = {"state": "failed", "problem": "import.broken"} if hopeless else {"attempts": job.attempts + 1}
        async with self.records.write() as connection:
            await connection.execute(imports.update().where(*mine).values(**values))
        if hopeless:
            log.warning("import.given_up", id=job.id)
            return
        told = {"records": self.records.url, "data": str(self._data), "tenant": job.tenant, "id": job.id}
        ended = await work_apart("qingting.contexts.customers.importing.worker", told)
        if ended.status:
            log.warning("import.died", id=job.id, status=ended.status, error=ended.error)
            await asyncio.sleep(1)

    async def forget(self, tenant: str) -> int:
        """All files that were brought in: in one of them may stand who asks to be forgotten. Returns how many.

        Raises `Refused("import.under_way")` while one is being worked at: it could bring them back.
        """
        return await forget(self.records, self._data, tenant)

    async def _remove(self, tenant: str, id: str) -> None:
        await asyncio.to_thread(self.folder(tenant, id).remove)
        async with self.records.write() as connection:
            await connection.execute(imports.delete().where(imports.c.tenant == tenant, imports.c.id == id))


class _Moved(Refused):
    def __init__(self) -> None:
        super().__init__("changed_meanwhile", "somebody else changed it meanwhile")


async def forget(records: Records, data: Path, tenant: str, *, at_work: bool = False) -> int:
    """As `Imports.forget`; `at_work`: those as well that were being worked at."""
    mine = sa.select(imports.c.id, imports.c.state).where(imports.c.tenant == tenant)
    async with records.write() as connection:
        rows = (await connection.execute(mine)).all()
        if not at_work and any(row.state in BUSY for row in rows):
            raise Refused("import.under_way", "a file of customers is being worked at: wait until it is done")
        for row in rows:
            await asyncio.to_thread(Folder(data, tenant, row.id).remove)
        ids = [row.id for row in rows]
        await connection.execute(imports.delete().where(imports.c.tenant == tenant, imports.c.id.in_(ids)))
    return len(rows)
