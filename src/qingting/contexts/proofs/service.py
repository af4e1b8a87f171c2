"""Codes are issued and judged, tries counted, subjects locked out: the same in every call and every process."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Any, Literal

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Audit, Identity
from qingting.errors import NotFound, TooMany
from qingting.records import Records

from . import model
from . import tables as t

log = structlog.get_logger(__name__)

Outcome = Literal["passed", "wrong", "locked"]
TIDY_S = 600.0


class Proofs:
    """`subject`: whose proof it is, as a flow has it (an account, a card); nobody else's, whatever call it is in."""

    def __init__(
        self, records: Records, digest: Callable[[str, str], str], audit: Audit, now: Callable[[], float] = time.time
    ) -> None:
        """`digest(text, purpose)`: keyed (`Vault.digest`)."""
        self.records = records
        self._digest, self._audit, self.now = digest, audit, now

    def key(self, tenant: str, subject: str) -> str:
        return self._digest(f"{tenant}\0{' '.join(subject.split()).casefold()}", "proof.subject")

    # --- codes -----------------------------------------------------------------------------------------------

    async def issue(self, connection: AsyncConnection, tenant: str, contact: str, subject: str, length: int) -> str:
        """A new code, in place of any before, in the transaction in which it is sent.

        Raises `TooMany("proof.too_many")` and, while nobody may try, `TooMany("proof.locked")`.
        """
        key, now = self.key(tenant, subject), self.now()
        tried = await self._row(connection, t.attempt, tenant, key)
        if tried.until > now:
            raise TooMany("proof.locked", "too many were wrong")
        row = await self._row(connection, t.code, tenant, key)
        sent, since = (row.sent, row.since) if row.since > now - model.CODES_S else (0, now)
        if sent >= model.CODES_MOST:
            raise TooMany("proof.too_many", "so many codes were sent already")
        made = f"{secrets.randbelow(10**length):0{length}d}"
        await self._change(
            connection, t.code, tenant, key, contact=contact, code=self._of(tenant, key, contact, made),
            expires=now + model.CODE_S, tries=0, sent=sent + 1, since=since, forget=since + model.CODES_S,
        )  # fmt: skip
        return made

    async def check_code(self, tenant: str, contact: str, subject: str, told: str) -> Outcome:
        """Good once, in the contact in which it was sent. One that is not there any more is wrong, and not held
        against anybody: nothing could be guessed."""
        key = self.key(tenant, subject)
        async with self.records.write() as connection:
            if await self._count(connection, tenant, key, contact) is None:
                return "locked"
            row = await self._row(connection, t.code, tenant, key)
            if not row.code or row.contact != contact or row.expires <= self.now():
                await self._uncount(connection, tenant, key)
                return "wrong"
            if hmac.compare_digest(row.code, self._of(tenant, key, contact, told)):
                await self._change(connection, t.code, tenant, key, code="")
                await self._forgive(connection, tenant, key)
                return "passed"
            left = row.tries + 1 < model.CODE_TRIES
            await self._change(connection, t.code, tenant, key, tries=row.tries + 1, code=row.code if left else "")
            return await self._wrong(connection, tenant, key)

    def _of(self, tenant: str, key: str, contact: str, told: str) -> str:
        return self._digest(f"{tenant}\0{key}\0{contact}\0{told}", "proof.code")

    # --- tries that somebody else judges ---------------------------------------------------------------------

    async def begin(self, tenant: str, contact: str, subject: str) -> bool:
        """Count one try, to be judged; False: nobody may try now. One of `passed`, `wrong`, `take_back` follows."""
        async with self.records.write() as connection:
            return await self._count(connection, tenant, self.key(tenant, subject), contact) is not None

    async def passed(self, tenant: str, subject: str) -> None:
        async with self.records.write() as connection:
            await self._forgive(connection, tenant, self.key(tenant, subject))

    async def wrong(self, tenant: str, subject: str) -> Outcome:
        async with self.records.write() as connection:
            return await self._wrong(connection, tenant, self.key(tenant, subject))

    async def take_back(self, tenant: str, subject: str) -> None:
        """It could not be judged."""
        async with self.records.write() as connection:
            await self._uncount(connection, tenant, self.key(tenant, subject))

    async def _count(self, connection: AsyncConnection, tenant: str, key: str, contact: str) -> int | None:
        row, now = await self._row(connection, t.attempt, tenant, key), self.now()
        if row.until > now:
            return None
        tries, since = (row.tries + 1, row.since) if row.since > now - model.WRONG_S else (1, now)
        until = model.wrong_until(tries, now)
        await self._change(
            connection, t.attempt, tenant, key, contact=contact, tries=tries, since=since, until=until,
            forget=since + model.WRONG_S + model.LOCK_S,
        )  # fmt: skip
        return int(tries)

    async def _wrong(self, connection: AsyncConnection, tenant: str, key: str) -> Outcome:
        row = await self._row(connection, t.attempt, tenant, key)
        if row.until <= self.now():
            return "wrong"
        log.info("proof.locked", subject=key[:8], contact=row.contact, tries=row.tries)
        return "locked"

    async def _uncount(self, connection: AsyncConnection, tenant: str, key: str) -> None:
        row = await self._row(connection, t.attempt, tenant, key)
        await self._change(connection, t.attempt, tenant, key, tries=max(0, row.tries - 1), until=0.0)

    async def _forgive(self, connection: AsyncConnection, tenant: str, key: str) -> None:
        await connection.execute(t.attempt.delete().filter_by(tenant=tenant, subject=key))

    # --- people ----------------------------------------------------------------------------------------------

    async def locked(self, who: Identity) -> list[dict[str, Any]]:
        """`{id, contact, tries, until}`, those first who were locked out last."""
        a = t.attempt.c
        query = (
            sa.select(a.subject.label("id"), a.contact, a.tries, a.until)
            .where(a.tenant == who.tenant, a.until > self.now())
            .order_by(a.until.desc(), a.subject)
            .limit(model.LISTED_MOST)
        )
        async with self.records.read() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def look(self, who: Identity, subject: str) -> dict[str, Any]:
        """`{id, tries, until}` of one whose number a customer tells; `until` None: they may try."""
        key, a = self.key(who.tenant, subject), t.attempt.c
        async with self.records.read() as connection:
            query = sa.select(a.tries, a.until).where(a.tenant == who.tenant, a.subject == key)
            row = (await connection.execute(query)).one_or_none()
        until = row.until if row is not None and row.until > self.now() else None
        return {"id": key, "tries": row.tries if row is not None else 0, "until": until}

    async def unlock(self, who: Identity, id: str) -> None:
        """Raises `NotFound("proof.not_locked")`."""
        async with self.records.write() as connection:
            a = t.attempt.c
            mine = (a.tenant == who.tenant, a.subject == id)
            row = (await connection.execute(sa.select(a.contact, a.tries, a.until).where(*mine))).one_or_none()
            if row is None or row.until <= self.now():
                raise NotFound("proof.not_locked", id=id)
            await connection.execute(t.attempt.delete().where(*mine))
            await self._audit(connection, who, "proof.unlock", id, {"contact": row.contact, "tries": row.tries})

    # --- rows ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until cancelled: what counts no longer goes."""
        while True:
            try:
                await self.tidy()
            except (sa.exc.SQLAlchemyError, OSError) as error:
                log.warning("proof.waits", error=type(error).__name__)
            await asyncio.sleep(TIDY_S)

    async def tidy(self) -> int:
        """How many went."""
        gone = 0
        async with self.records.write() as connection:
            for table in (t.code, t.attempt):
                gone += (await connection.execute(table.delete().where(table.c.forget < self.now()))).rowcount
        return gone

    async def _row(self, connection: AsyncConnection, table: sa.Table, tenant: str, key: str) -> Any:
        """Locked, made when it is not there: in one statement, for between two it could go."""
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        empty: dict[str, Any] = {
            column.name: "" if isinstance(column.type, sa.String) else 0
            for column in table.c
            if not column.primary_key
        }
        new = insert(table).values(tenant=tenant, subject=key, **empty | {"forget": self.now() + model.CODES_S})
        there = new.on_conflict_do_update(index_elements=["tenant", "subject"], set_={"subject": key})
        return (await connection.execute(there.returning(table))).one()

    @staticmethod
    async def _change(connection: AsyncConnection, table: sa.Table, tenant: str, key: str, **values: Any) -> None:
        await connection.execute(table.update().filter_by(tenant=tenant, subject=key).values(**values))
