"""Who is told of what; facts become messages that wait, and messages leave.

Facts are read from the journal's streams by a cursor that moves in the transaction in which their messages are
queued. A message leaves at least once, always under the same id; who hears it twice can tell.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting import judged
from qingting.access import Audit, Identity
from qingting.errors import Invalid, NotFound, Refused, TooMany
from qingting.journal.port import Journal
from qingting.records import Records, new_id
from qingting.vault import Vault

from . import model, posting
from .tables import delivery, progress, webhook

log = structlog.get_logger(__name__)

PURPOSE = "webhook"
ENTRIES = 1_000
AT_ONCE = 8
"""Messages on their way; one of a webhook at a time, so that a slow one delays only itself."""
LEASE_S = 60.0
LOOK_S = 1.0
"""How often for messages that are due again."""
GATHER_S = 0.5
"""What happens at once is queued at once."""
ASKED_ELSEWHERE_S = 10.0
"""How often for webhooks that another process has changed."""
ATTEMPTS_SHOWN = 12


class Allowed(NamedTuple):
    """By settings of the whole centre."""

    http: bool = False
    private: bool = False
    trust: str = ""
    """PEM file of authorities beside those whom the machine trusts."""


class Webhooks:
    def __init__(
        self,
        records: Records,
        journal: Journal,
        vault: Vault,
        audit: Audit,
        allowed: Allowed,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.records = records
        self._journal, self._vault, self._audit, self._allowed, self._now = journal, vault, audit, allowed, now
        self._trust = judged.trusting(allowed.trust)
        self._queued = asyncio.Event()
        self._asked = asyncio.Event()
        self._fed: dict[tuple[str, str], int] = {}
        """(tenant, stream) → up to which entry all is queued."""

    # --- what people ask -----------------------------------------------------------------------------------------

    async def create(self, who: Identity, name: str, url: str, kinds: Sequence[str]) -> tuple[Any, str]:
        """The webhook, and its secret: shown once. Raises as `model.checked_url`, `TooMany("webhook.too_many")`."""
        model.checked_url(url, plain=self._allowed.http)
        secret, id = model.new_secret(), new_id("wh-")
        async with self.records.write() as connection:
            count = sa.select(sa.func.count()).where(webhook.c.tenant == who.tenant)
            if (await connection.scalar(count) or 0) >= model.WEBHOOKS_MOST:
                raise TooMany("webhook.too_many", f"at most {model.WEBHOOKS_MOST}", most=model.WEBHOOKS_MOST)
            sealed = self._vault.seal(secret.encode(), PURPOSE)
            values = {"name": name, "url": url, "kinds": sorted(set(kinds)), "enabled": True, "sealed": sealed}
            await connection.execute(
                webhook.insert().values(
                    tenant=who.tenant, id=id, **values, user_id=who.user, created_at=self._now(), dropped=0
                )
            )
            await self._audit(connection, who, "webhook.create", id, {"kinds": list(kinds)})
            made = await self._one(connection, who.tenant, id)
        # From now on, not from what was; the queue is fed once this has a cursor.
        for stream, said in model.STREAMS.items():
            if set(said) & set(kinds):
                await self._begin(who.tenant, stream)
        self._asked.set()
        return made, secret

    async def new_secret(self, who: Identity, id: str) -> str:
        """Shown once; the one before signs as well for a day, so that the other side changes when it likes."""
        secret = model.new_secret()
        async with self.records.write() as connection:
            old = await self._one(connection, who.tenant, id)
            sealed = self._vault.seal(secret.encode(), PURPOSE)
            values = {"sealed": sealed, "old_sealed": old.sealed, "old_until": self._now() + model.BOTH_S}
            try:
                self._vault.open(old.sealed, PURPOSE)
            except Invalid:  # which is why it is changed
                values |= {"old_sealed": "", "old_until": 0.0}
            await connection.execute(
                webhook.update().where(webhook.c.tenant == who.tenant, webhook.c.id == id).values(**values)
            )
            await self._audit(connection, who, "webhook.secret", id, {})
        return secret

    async def change(self, who: Identity, id: str, values: dict[str, Any]) -> Any:
        """`values` of `name`, `url`, `kinds`, `enabled`; what is not among them stays. Raises as `create`."""
        if "url" in values:
            model.checked_url(values["url"], plain=self._allowed.http)
        async with self.records.write() as connection:
            await self._one(connection, who.tenant, id)
            await connection.execute(
                webhook.update().where(webhook.c.tenant == who.tenant, webhook.c.id == id).values(**values, dropped=0)
            )
            await self._audit(connection, who, "webhook.change", id, {"fields": sorted(values)})
            changed = await self._one(connection, who.tenant, id)
        self._asked.set()
        return changed

    async def remove(self, who: Identity, id: str) -> None:
        async with self.records.write() as connection:
            await self._one(connection, who.tenant, id)
            for table, column in ((delivery, delivery.c.webhook), (webhook, webhook.c.id)):
                await connection.execute(table.delete().where(table.c.tenant == who.tenant, column == id))
            await self._audit(connection, who, "webhook.remove", id, {})

    async def all(self, who: Identity) -> list[dict[str, Any]]:
        """Each with how many messages are in which state."""
        counted = sa.select(delivery.c.webhook, delivery.c.state, sa.func.count().label("many"))
        async with self.records.read() as connection:
            hooks = (await connection.execute(sa.select(webhook).where(webhook.c.tenant == who.tenant))).all()
            states: dict[str, dict[str, int]] = {}
            for row in await connection.execute(
                counted.where(delivery.c.tenant == who.tenant).group_by(delivery.c.webhook, delivery.c.state)
            ):
                states.setdefault(row.webhook, {})[row.state] = row.many
        return [{**hook._mapping, "states": states.get(hook.id, {})} for hook in hooks]

    async def deliveries(
        self, who: Identity, id: str, state: str, before: str, limit: int
    ) -> tuple[list[Any], str | None]:
        """Newest first, and the id before which there are more."""
        query = (
            sa.select(delivery)
            .where(delivery.c.tenant == who.tenant, delivery.c.webhook == id)
            .order_by(delivery.c.id.desc())
            .limit(limit + 1)
        )
        if state:
            query = query.where(delivery.c.state == state)
        if before:
            query = query.where(delivery.c.id < before)
        async with self.records.read() as connection:
            await self._one(connection, who.tenant, id)
            rows = list(await connection.execute(query))
        return rows[:limit], rows[limit - 1].id if len(rows) > limit else None

    async def send_again(self, who: Identity, id: str, message: str) -> None:
        """Raises `NotFound("webhook.unknown")`, `Refused("webhook.waiting")`."""
        async with self.records.write() as connection:
            await self._one(connection, who.tenant, id)
            done = await connection.execute(
                delivery.update()
                .where(delivery.c.tenant == who.tenant, delivery.c.webhook == id, delivery.c.id == message)
                .where(delivery.c.state != "waiting")
                .values(state="waiting", tries=0, due=self._now())
            )
            if done.rowcount != 1:
                raise Refused("webhook.waiting", "it is on its way already, or was forgotten")
            await self._audit(connection, who, "webhook.send_again", id, {"message": message})
        self._queued.set()

    async def _one(self, connection: AsyncConnection, tenant: str, id: str) -> Any:
        query = sa.select(webhook).where(webhook.c.tenant == tenant, webhook.c.id == id)
        if (found := (await connection.execute(query)).one_or_none()) is None:
            raise NotFound("webhook.unknown", id=id)
        return found

    # --- facts become messages -----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until cancelled. A database that is away is waited for."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._feed_on(), name="webhooks.feed")
            tasks.create_task(self._send_on(), name="webhooks.send")

    async def _feed_on(self) -> None:
        while True:
            self._asked.clear()
            await self._try(self.feed)
            await self._something_new()
            await asyncio.sleep(GATHER_S)

    async def _something_new(self) -> None:
        """An entry of a stream that is followed, or a webhook that was changed; here or, later, elsewhere."""
        waits = [self._journal.wait(*stream, after, ASKED_ELSEWHERE_S) for stream, after in self._fed.items()]
        tasks = [asyncio.create_task(wait) for wait in (*waits, self._asked.wait())]
        try:
            await asyncio.wait(tasks, timeout=ASKED_ELSEWHERE_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _send_on(self) -> None:
        while True:
            self._queued.clear()
            await self._try(self._send_all)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._queued.wait()

    @staticmethod
    async def _try(work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except (sa.exc.SQLAlchemyError, OSError) as error:
            log.warning("webhook.waits", error=type(error).__name__)

    async def feed(self) -> int:
        """Queue what has happened since; how many messages that were."""
        async with self.records.read() as connection:
            hooks = (await connection.execute(sa.select(webhook).where(webhook.c.enabled))).all()
            cursors = {(row.tenant, row.stream): row.seq for row in await connection.execute(sa.select(progress))}
        wanted: dict[tuple[str, str], list[Any]] = {}
        for hook in hooks:
            for stream, kinds in model.STREAMS.items():
                if set(kinds) & set(hook.kinds):
                    wanted.setdefault((hook.tenant, stream), []).append(hook)
        for tenant, stream in cursors.keys() - wanted.keys():  # nobody asks any more
            async with self.records.write() as connection:
                await connection.execute(progress.delete().filter_by(tenant=tenant, stream=stream))
        queued = 0
        self._fed = {stream: seq for stream, seq in cursors.items() if stream in wanted}
        for (tenant, stream), those in wanted.items():
            if (after := cursors.get((tenant, stream))) is None:
                await self._begin(tenant, stream)
            else:
                queued += await self._feed(tenant, stream, after, those)
        if queued:
            self._queued.set()
        return queued

    async def _begin(self, tenant: str, stream: str) -> None:
        seq = await self._journal.last_seq(tenant, stream)
        async with self.records.write() as connection:
            there = sa.select(progress.c.seq).where(progress.c.tenant == tenant, progress.c.stream == stream)
            if await connection.scalar(there) is None:
                await connection.execute(progress.insert().values(tenant=tenant, stream=stream, seq=seq))

    async def _feed(self, tenant: str, stream: str, after: int, hooks: Sequence[Any]) -> int:
        queued = 0
        while entries := [e async for e in self._journal.read(tenant, stream, after, after + ENTRIES)]:
            facts = [it for e in entries for it in model.told(e.kind, e.occurred, e.events)]
            async with self.records.write() as connection:
                moved = await connection.execute(
                    progress.update()
                    .where(progress.c.tenant == tenant, progress.c.stream == stream, progress.c.seq == after)
                    .values(seq=entries[-1].seq)
                )
                if moved.rowcount != 1:
                    return queued
                for hook in hooks:
                    queued += await self._queue(connection, hook, [it for it in facts if it.kind in hook.kinds])
            after = self._fed[tenant, stream] = entries[-1].seq
        return queued

    async def _queue(self, connection: AsyncConnection, hook: Any, facts: Sequence[model.Told]) -> int:
        if not facts:
            return 0
        mine = (delivery.c.tenant == hook.tenant, delivery.c.webhook == hook.id)
        waiting = await connection.scalar(sa.select(sa.func.count()).where(*mine, delivery.c.state == "waiting")) or 0
        room = max(0, model.WAITING_MOST - waiting)
        rows = [
            {"tenant": hook.tenant, "id": new_id("msg-"), "webhook": hook.id, "kind": it.kind, "at": it.at,
             "data": it.data, "state": "waiting", "tries": 0, "due": self._now(), "attempts": []}
            for it in facts[:room]
        ]  # fmt: skip
        if rows:
            await connection.execute(delivery.insert(), rows)
        if (over := len(facts) - len(rows)) > 0:
            log.warning("webhook.dropped", id=hook.id, many=over)
            await connection.execute(
                webhook.update()
                .where(webhook.c.tenant == hook.tenant, webhook.c.id == hook.id)
                .values(dropped=webhook.c.dropped + over)
            )
        return len(rows)

    # --- messages leave ------------------------------------------------------------------------------------------

    async def _send_all(self) -> None:
        while await self.send_due():
            pass

    async def send_due(self) -> int:
        """Try what is due, one of each webhook; how many were tried."""
        now = self._now()
        d, h = delivery.c, webhook.c
        both = sa.join(delivery, webhook, sa.and_(d.tenant == h.tenant, d.webhook == h.id))
        due = (d.state == "waiting", d.due <= now, h.enabled)
        first = (
            sa.select(d.tenant, d.webhook, sa.func.min(d.id).label("id"))
            .select_from(both)
            .where(*due)
            .group_by(d.tenant, d.webhook)
            .limit(AT_ONCE)
            .subquery()
        )
        async with self.records.write() as connection:
            rows = (
                await connection.execute(
                    sa.select(delivery, h.url, h.sealed, h.old_sealed, h.old_until)
                    .select_from(both)
                    .join(first, sa.and_(d.tenant == first.c.tenant, d.id == first.c.id))
                    .where(*due)
                )
            ).all()
            for row in rows:  # should we die: again after this
                await connection.execute(
                    delivery.update().where(d.tenant == row.tenant, d.id == row.id).values(due=now + LEASE_S)
                )
        await asyncio.gather(*(self._send(row) for row in rows))
        return len(rows)

    async def _send(self, row: Any) -> None:
        began, status, error = self._now(), 0, ""
        content = model.body(model.Told(row.kind, row.at, row.data))
        try:
            sealed = [row.sealed, *([row.old_sealed] if row.old_until > began else [])]
            secrets = [self._vault.open(each, PURPOSE).decode() for each in sealed]
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "Qingting-Webhooks/1",
                "webhook-id": row.id,
                "webhook-timestamp": str(int(began)),
                "webhook-signature": " ".join(
                    model.signature(secret, row.id, int(began), content) for secret in secrets
                ),
            }
            status = await posting.post(row.url, headers, content, self._trust, inside=self._allowed.private)
            error = "" if 200 <= status < 300 else "status"
        except judged.Failed as failed:
            error = failed.code
        except Invalid as lost:  # of the vault: this webhook's fault, which must not keep others waiting
            log.warning("webhook.sealed", id=row.webhook, error=lost.code)
            error = "secret"
        await self._settle(row, began, status, error)

    async def _settle(self, row: Any, began: float, status: int, error: str) -> None:
        tries, now = row.tries + 1, self._now()
        took = {"at": began, "status": status, "error": error, "took_s": round(now - began, 3)}
        values: dict[str, Any] = {"tries": tries, "attempts": [*row.attempts, took][-ATTEMPTS_SHOWN:]}
        if not error:
            values["state"] = "sent"
        elif tries > len(model.DELAYS_S):
            values["state"] = "dead"
        else:
            values["due"] = now + model.DELAYS_S[tries - 1]
        async with self.records.write() as connection:
            await connection.execute(
                delivery.update().where(delivery.c.tenant == row.tenant, delivery.c.id == row.id).values(**values)
            )
            if status == 410:  # gone: they want no more of it
                await connection.execute(
                    webhook.update()
                    .where(webhook.c.tenant == row.tenant, webhook.c.id == row.webhook)
                    .values(enabled=False)
                )
        state = values.get("state", "waiting")
        log.info(
            "webhook.tried", id=row.webhook, message=row.id, status=status, error=error, tries=tries, state=state
        )
