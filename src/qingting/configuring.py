"""A tenant's configuration as a file: out of the records, and into them.

Taking out and checking only read: a centre may be running. Bringing in wants the data folder for itself, for a
running centre would not hear of it; that one takes a document by its own door, `POST /configuration/document`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from . import migrate
from .config import Config
from .contexts.configuration import api as configuration
from .contexts.people import api as people
from .datalock import DataLock
from .errors import Invalid, NotFound, Unavailable
from .records import Records
from .runtime.flow_tools import read_flow
from .vault import Vault

BYTES_MOST = 16 * 1024 * 1024
LEFT_SHOWN = 20


async def export(config: Config, tenant: str) -> str:
    """Raises `NotFound("tenant.unknown")`, `Invalid("tenant.needed")`, `Unavailable("records.other_version")`."""
    async with _opened(config, tenant) as (settled, id):
        return await configuration.export(settled, people.system(id))


def save(text: str, file: str) -> None:
    """Raises `Invalid("file.unwritable")`."""
    if file == "-":
        sys.stdout.write(text)
        return
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as e:
        raise Invalid("file.unwritable", f"{file} cannot be written: {e.strerror}") from e


def load(file: str) -> str:
    """Raises `Invalid("file.unreadable")`."""
    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as source:
            return source.read(BYTES_MOST).decode()
    except OSError as e:
        raise Invalid("file.unreadable", f"{file} cannot be read: {e.strerror}") from e
    except UnicodeDecodeError as e:
        raise Invalid("file.unreadable", f"{file} is not a text in UTF-8") from e


async def bring_in(config: Config, tenant: str, text: str, *, only_look: bool) -> str:
    """What to print. Raises as `export` does, `Unavailable("data.in_use")`, and what the configuration refuses."""
    act = configuration.look_at if only_look else configuration.bring_in
    with nullcontext() if only_look else DataLock(config.data):
        async with _opened(config, tenant, upgrade=not only_look) as (settled, id):
            brought = await act(settled, people.system(id), text)
    return "\n".join(_told(brought, only_look))


@asynccontextmanager
async def _opened(
    config: Config, code: str, *, upgrade: bool = False
) -> AsyncIterator[tuple[configuration.Configuration, str]]:
    if not config.records_url and not (config.data / "records.db").is_file():
        raise NotFound("data.missing", f"there is no centre in {config.data}")
    if upgrade:
        await asyncio.to_thread(migrate.upgrade, config.effective_records_url)
    records = Records(config.effective_records_url)
    try:
        if (stands := await migrate.revision_of(records)) != migrate.newest():
            # An earlier program may be running on them: who only reads does not change them under it.
            raise Unavailable(
                "records.other_version",
                f"the tables are of version {stands or 'none'}, this program wants {migrate.newest()}: "
                "start the centre with it once, then ask again",
            )
        async with records.read() as connection:
            tenants = {tenant.code: tenant.id for tenant in await people.list_tenants(connection)}
        if not code and len(tenants) != 1:
            raise Invalid("tenant.needed", f"say which tenant; there are: {', '.join(sorted(tenants)) or 'none'}")
        if code and code not in tenants:
            raise NotFound("tenant.unknown", f"there is no tenant {code}", tenant=code)
        vault = Vault(config.data / "secrets")
        check = configuration.checker(read_flow)
        settled = configuration.Configuration(records, vault, check_flow=check, audit=people.record_audit)
        await settled.refresh()
        yield settled, tenants[code] if code else next(iter(tenants.values()))
    finally:
        await records.close()


def _told(brought: configuration.Brought, only_look: bool) -> Iterator[str]:
    for one in brought.changes:
        yield f"{'+' if one.how == 'new' else '~'} {one.kind}/{one.id} {one.name}{_fields(one.fields)}"
        if one.how == "published":
            yield "    published anew"
    yield f"{len(brought.changes)} {'would change' if only_look else 'changed'}, {brought.same} are so already"
    if brought.left:
        names = [f"{each.kind}/{each.id}" for each in brought.left[:LEFT_SHOWN]]
        more = [f"and {len(brought.left) - LEFT_SHOWN} more"] if len(brought.left) > LEFT_SHOWN else []
        yield f"not in the document, left as they are: {', '.join([*names, *more])}"
    for each in brought.without_secret:
        yield f"! {each.kind}/{each.id} {each.name}: has no secret; enter it if the other side asks for one"


def _fields(fields: dict[str, Any]) -> str:
    return "".join(
        f"\n    {name}: {_short(change[0])} → {_short(change[1])}" if isinstance(change, list) else f"\n    {name}"
        for name, change in fields.items()
    )


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:99]}…"
