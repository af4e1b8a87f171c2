"""Mails that tell a person what happened at their own door."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from . import queries
from .parts import People


async def mail_owner(people: People, c: AsyncConnection, user: Row[Any], template: str, **values: str) -> None:
    """In the caller's transaction; wake `people.outgoing` after it. Nothing without mail, or without an address."""
    if not people.outgoing.enabled or not user.mail:
        return
    company = (await queries.tenant(c, user.tenant)).name
    await people.outgoing.put(
        c,
        tenant=user.tenant,
        about=user.id,
        to=user.mail,
        template=template,
        language=user.language,
        values={"company": company, "display_name": user.display_name, "name": user.name, **values},
    )


async def warn_owner(people: People, c: AsyncConnection, user: Row[Any], guesses: int) -> None:
    """Somebody guesses at this password from many places."""
    await mail_owner(people, c, user, "guessed_at", guesses=str(guesses), link=f"{people.base_url}/forgot")
