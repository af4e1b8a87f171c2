"""The life of a recording, told by whoever runs the call: begun, paused, over, or failed.

All of them may be repeated: the second time changes nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ...errors import Invalid
from ...records import tell
from .tables import recording_pauses, recordings

_SAFE_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_CODE = re.compile(r"[a-z0-9_.]{1,80}")


def recording_id(assignment: str) -> str:
    """One recording for each assignment; the id is also a file's name.

    >>> recording_id("v01jx/2")
    'rec-v01jx-2'
    """
    return checked_id(f"rec-{assignment.replace('/', '-')}")


def checked_id(recording: str) -> str:
    if not _SAFE_ID.fullmatch(recording):
        raise Invalid("recording.bad_id", "letters, digits, - and _ only, at most 100", field="recording")
    return recording


async def begin(
    connection: AsyncConnection,
    tenant: str,
    recording: str,
    contact: str,
    assignment: str,
    started: float,
    line: str = "",
) -> None:
    """Before the engine is asked to record, so that no file is ever without its owner."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    await connection.execute(
        insert(recordings)
        .values(
            id=checked_id(recording),
            tenant=tenant,
            contact=contact,
            assignment=assignment,
            line=line,
            state="recording",
            started=started,
        )
        .on_conflict_do_nothing(index_elements=["id"])
    )


async def pause(connection: AsyncConnection, tenant: str, recording: str, at: float) -> None:
    running = recordings.c.id == recording, recordings.c.tenant == tenant, recordings.c.state == "recording"
    if (await connection.execute(sa.select(recordings.c.id).where(*running))).first() is None:
        return
    open_pause = sa.select(recording_pauses.c.paused).where(
        recording_pauses.c.recording == recording, recording_pauses.c.resumed.is_(None)
    )
    if (await connection.execute(open_pause)).first() is None:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        await connection.execute(
            insert(recording_pauses)
            .values(tenant=tenant, recording=recording, paused=at)
            .on_conflict_do_nothing(index_elements=["recording", "paused"])
        )


async def resume(connection: AsyncConnection, tenant: str, recording: str, at: float) -> None:
    await connection.execute(
        recording_pauses.update()
        .where(
            recording_pauses.c.tenant == tenant,
            recording_pauses.c.recording == recording,
            recording_pauses.c.resumed.is_(None),
        )
        .values(resumed=at)
    )


async def finish(connection: AsyncConnection, tenant: str, recording: str, ended: float, error: str = "") -> None:
    """The engine has closed the files (or lost them: then `error` is a code that stays visible).

    What the files hold is taken in either way. Call `Recordings.wake()` after the commit.
    """
    await resume(connection, tenant, recording, ended)
    await connection.execute(
        recordings.update()
        .where(recordings.c.id == recording, recordings.c.tenant == tenant, recordings.c.state == "recording")
        .values(state="pending", ended=ended, error=_code(error), not_before=0.0)
    )


async def fail(connection: AsyncConnection, tenant: str, recording: str, code: str, ended: float) -> None:
    """The engine could not record. The contact shows `code`; should there be sound in the spool, it is taken in."""
    await resume(connection, tenant, recording, ended)
    changed = await connection.execute(
        recordings.update()
        .where(recordings.c.id == recording, recordings.c.tenant == tenant, recordings.c.state == "recording")
        .values(state="failed", error=_code(code) or "recording.failed", ended=ended)
        .returning(recordings.c.contact)
    )
    if (row := changed.first()) is not None:
        await tell_failed(connection, tenant, recording, row.contact, _code(code) or "recording.failed")


NOT_IN_BACKUP = "recording.not_in_backup"


class Lost(NamedTuple):
    contact: str
    recording: str


async def lose_unfinished(connection: AsyncConnection, now: float) -> list[Lost]:
    """After a restore: the spool is in no backup, so what had not been taken in never will be. Oldest first."""
    unfinished = recordings.c.state.in_(("recording", "pending"))
    query = sa.select(recordings).where(unfinished).order_by(recordings.c.started, recordings.c.id)
    rows = (await connection.execute(query)).all()
    for row in rows:
        ended = now if row.ended is None else row.ended
        await resume(connection, row.tenant, row.id, ended)
        await connection.execute(
            recordings.update()
            .where(recordings.c.id == row.id, recordings.c.tenant == row.tenant)
            .values(state="failed", error=NOT_IN_BACKUP, trouble="", ended=ended)
        )
        await tell_failed(connection, row.tenant, row.id, row.contact, NOT_IN_BACKUP)
    return [Lost(row.contact, row.id) for row in rows]


async def tell_failed(connection: AsyncConnection, tenant: str, recording: str, contact: str, code: str) -> None:
    payload = {"recording": recording, "contact": contact, "code": code}
    await tell(connection, tenant, "recordings", "RecordingFailed", payload)


def _code(code: str) -> str:
    """Codes only: an engine's own words may hold a number or a name."""
    return code if _CODE.fullmatch(code) else ("recording.engine_failed" if code else "")
