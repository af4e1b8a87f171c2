"""What `/health` tells of each part."""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from ..web.operations import Check, Part
from .house import House


def parts(house: House) -> dict[str, Check]:
    return {
        "journal": partial(_journal, house),
        "records": partial(_records, house),
        "voice": partial(_voice, house),
        "contacts": partial(_contacts, house),
        "mail": partial(_mail, house),
        "jobs": partial(_jobs, house),
    }


def _journal(house: House) -> Part:
    failed = {room.tenant: room.live.failed for room in house.centre.rooms.values() if room.live.failed}
    return Part("down", "; ".join(f"{t}: {why}" for t, why in failed.items())) if failed else Part("ok")


def _voice(house: House) -> Part:
    if house.voice is None:
        return Part("degraded", "this centre runs without voice")
    return Part("ok") if house.voice.up else Part("degraded", "the telephone engine is not reachable")


async def _records(house: House) -> Part:
    try:
        async with house.records.read() as connection:
            await connection.scalar(sa.select(1))
    except (SQLAlchemyError, OSError) as error:
        return Part("down", type(error).__name__)
    return Part("ok")


def _mail(house: House) -> Part:
    error = house.outgoing.last_error
    return Part("degraded", error) if error else Part("ok")


def _contacts(house: House) -> Part:
    failing = house.projection.failing
    return Part("degraded", f"contacts not up to date: {failing}") if failing else Part("ok")


def _jobs(house: House) -> Part:
    failing = house.jobs.failing
    words = ", ".join(f"{name} ({why})" for name, why in sorted(failing.items()))
    return Part("degraded", f"failed and are started again: {words}") if failing else Part("ok")
