"""What a tenant's journal can be asked afterwards: why an agent got a contact, whether it is decided the same again.

Only reads; a centre may be running meanwhile. A journal by itself, without its records, is taken as well: names are
then ids.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError

from .config import Config
from .contexts.configuration import api as configuration
from .contexts.contacts import api as contacts
from .contexts.people import api as people
from .errors import Invalid, NotFound
from .journal.sqlite import SqliteJournal
from .records import Records
from .runtime import replay_text
from .runtime.explain.explain import explain
from .runtime.explain.text import report
from .runtime.fold import ROUTING
from .runtime.replay import replay
from .runtime.stretch import stretch
from .runtime.whatif import text as whatif_text
from .runtime.whatif.compare import compare

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Archive:
    """One tenant's journal, and what its records say of names."""

    journal: SqliteJournal
    tenant: str
    view: configuration.View
    records: Records | None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.view.settings.body.timezone)

    def named(self, kind: str, id: str) -> str:
        item = self.view.of(kind).get(id)
        return item.name if item is not None else id

    def called(self, kind: str, id: str) -> contacts.Both:
        return contacts.called(self.view, kind, id)


@asynccontextmanager
async def archive(config: Config, tenant: str = "") -> AsyncIterator[Archive]:
    """`tenant` by short name or id; it may be left out where there is only one.

    Raises `NotFound("journal.missing" | "tenant.unknown")`, `Invalid("tenant.needed")`.
    """
    if not config.journal_path.is_file():
        raise NotFound("journal.missing", f"there is no journal at {config.journal_path}")
    journal = await SqliteJournal.open(config.journal_path)
    records = await _readable(config)
    try:
        known = {tenant for tenant, stream in await journal.streams() if stream == ROUTING}
        codes: dict[str, str] = {}
        if records is not None:
            async with records.read() as connection:
                codes = {t.code: t.id for t in await people.list_tenants(connection) if t.id in known}
        id = _chosen(tenant, known, codes)
        view = configuration.View(id)
        if records is not None:
            async with records.read() as connection:
                view = await configuration.read_view(connection, id, time.time())
        yield Archive(journal, id, view, records)
    finally:
        if records is not None:
            await records.close()
        await journal.close()


async def _readable(config: Config) -> Records | None:
    """None where the journal stands alone."""
    if not config.records_url and not (config.data / "records.db").is_file():
        return None
    records = Records(config.effective_records_url)
    try:
        async with records.read() as connection:
            await connection.execute(sa.text("SELECT 1 FROM alembic_version"))
    except SQLAlchemyError as e:
        log.warning("history.without_names", why=type(e).__name__)
        await records.close()
        return None
    return records


def _chosen(tenant: str, known: set[str], codes: dict[str, str]) -> str:
    if tenant:
        id = codes.get(tenant, tenant)
        if id not in known:
            raise NotFound("tenant.unknown", f"the journal knows no tenant {tenant}", tenant=tenant)
        return id
    if len(known) != 1:
        names = ", ".join(sorted({*codes, *(known - {*codes.values()})})) or "none"
        raise Invalid("tenant.needed", f"say which tenant; the journal knows: {names}")
    return next(iter(known))


async def explain_contact(config: Config, contact: str, tenant: str, language: str, as_json: bool) -> str:
    """What to print. Raises as `archive` and `explain` do."""
    async with archive(config, tenant) as it:
        arrived = None
        if it.records is not None:
            async with it.records.read() as connection:
                arrived = await contacts.entry_of_arrival(connection, it.tenant, contact)
        told = await explain(it.journal, it.tenant, contact, it.called, arrived)
        if not as_json:
            return report(told, language, it.zone, it.named)
        found: dict[str, Any] = asdict(told)
        for offer in found["offers"]:
            offer["words"] = contacts.in_words(offer["why"], it.named)
        return json.dumps(found, ensure_ascii=False)


async def replay_tenant(config: Config, tenant: str, first: str, last: str, fold_only: bool) -> tuple[str, bool]:
    """What to print, and whether all was decided the same. `first`, `last`: see `runtime.stretch`."""
    async with archive(config, tenant) as it:
        part = await stretch(it.journal, it.tenant, first, last, it.zone)
        found = await replay(it.journal, it.tenant, part.first, part.last, fold_only=fold_only)
        return replay_text.report(found), found.same


async def what_if(config: Config, tenant: str, first: str, last: str, policy: Path, as_json: bool) -> str:
    """What to print. Raises what `compare` raises."""
    async with archive(config, tenant) as it:
        part = await stretch(it.journal, it.tenant, first, last, it.zone)
        found = await compare(it.journal, it.tenant, part.first, part.last, policy, it.zone, part.since, part.until)
        if as_json:
            return json.dumps(found.json(), ensure_ascii=False)
        return whatif_text.report(found, it.zone, it.named)
