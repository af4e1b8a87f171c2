"""One file's rows, written to standard output by a process of its own: calls share no interpreter with it.

python -m qingting.contexts.customers.exporting.worker   (one JSON line on standard input)

A page at a time, so that neither memory nor a transaction grows. No file is left behind, and what a spreadsheet would
run is made harmless.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import resource
import sys
from collections.abc import AsyncIterator
from typing import Any, BinaryIO

from qingting.access import Identity
from qingting.pacing import behind_calls
from qingting.records import Records

from .. import listing
from ..importing.formulas import harmless
from ..segments import keeping as segments
from . import sheet, xlsx
from .beside import beside
from .xlsx import Cell

PAGE = 200
REST_S = 0.005
"""Between pages; a database that is a server has no niceness."""
MEMORY_MOST = 1536 * 1024 * 1024
"""Of addresses; who asks for more gets no file, the machine goes on."""


def told(records: Records, who: Identity, zone: str, wanted: listing.Filter, asked: dict[str, Any]) -> dict[str, Any]:
    """What `main` reads. `wanted`: as it was asked for, its segment not looked up yet; `asked`: `{head, format}`."""
    assert wanted.members is None
    by = wanted._asdict() | {"lines": None if wanted.lines is None else sorted(wanted.lines)}
    whose = {"tenant": who.tenant, "user": who.user, "name": who.name, "permissions": sorted(who.permissions)}
    return {"records": records.url, "who": whose, "zone": zone, "wanted": by, **asked}


async def _do(told: dict[str, Any], out: BinaryIO) -> None:
    who = Identity(**told["who"] | {"permissions": frozenset(told["who"]["permissions"])})
    by = {name: tuple(it) if isinstance(it, list) else it for name, it in told["wanted"].items()}
    lines = None if by["lines"] is None else frozenset(by["lines"])
    wanted = listing.Filter(**by | {"lines": lines})._replace(limit=PAGE)
    records = Records(told["records"])
    try:
        async with records.read() as connection:
            wanted = await segments.applied(connection, who.tenant, told["zone"], wanted)
            columns = await sheet.of_tenant(connection, who.tenant, told["head"])
        pages = _rows(records, who, wanted, columns)
        async for some in (_csv if told["format"] == "csv" else _xlsx)(columns.heads(), pages):
            out.write(some)
            out.flush()
    finally:
        await records.close()


async def _rows(
    records: Records, who: Identity, wanted: listing.Filter, columns: sheet.Sheet
) -> AsyncIterator[list[list[Cell]]]:
    """A page at a time; records that stand together may come on several pages, and are one customer."""
    seen: set[str] = set()
    while True:
        async with records.read() as connection:
            page = await listing.search(connection, who.tenant, wanted)
            new = [one for one in page.items if one["id"] not in seen]
            told = await beside(connection, who.tenant, [one["id"] for one in new])
        seen.update(one["id"] for one in new)
        yield [columns.row(who, one, told[one["id"]]) for one in new]
        if page.next is None:
            return
        wanted = wanted._replace(after=page.next)
        await asyncio.sleep(REST_S)


async def _csv(heads: list[Cell], pages: AsyncIterator[list[list[Cell]]]) -> AsyncIterator[bytes]:
    yield ("\ufeff" + _lines([heads])).encode()
    async for rows in pages:
        yield _lines(rows).encode()


async def _xlsx(heads: list[Cell], pages: AsyncIterator[list[list[Cell]]]) -> AsyncIterator[bytes]:
    book = xlsx.Sheet()
    yield book.rows([heads])
    async for rows in pages:
        yield book.rows(rows)
    yield book.end()


def _lines(rows: list[list[Cell]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue()


def main() -> None:
    # Whatever else is said in this process is said elsewhere: the file is the file.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    told = json.loads(sys.stdin.readline())
    behind_calls()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
    asyncio.run(_do(told, out))


if __name__ == "__main__":
    main()
