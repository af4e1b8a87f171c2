"""What others may use of people. Make `People` once; `serve` runs `work` beside it."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ...access import PERMISSIONS, Identity
from . import queries
from .actions import Created, NewUser, create_tenant, create_user
from .audit import record_audit
from .credentials import CSRF_HEADER, SESSION_COOKIE, TOKEN_PREFIX, Passwords, csrf_of
from .model import Person
from .parts import OnSessionEnd, People, SessionEnd
from .queries import Tenant, list_tenants, people_names
from .rescue import new_one_time_password
from .retention import kinds as retained
from .sessions import desk_is_open, identify_session, identify_token, identity_now, is_signed_in
from .watching import sweep, until_ended

__all__ = [
    "CSRF_HEADER",
    "SESSION_COOKIE",
    "TOKEN_PREFIX",
    "Created",
    "NewUser",
    "OnSessionEnd",
    "Passwords",
    "People",
    "Person",
    "SessionEnd",
    "Tenant",
    "agent_of",
    "create_tenant",
    "create_user",
    "csrf_of",
    "desk_is_open",
    "identify_session",
    "identify_token",
    "identity_now",
    "is_signed_in",
    "list_tenants",
    "new_one_time_password",
    "people_names",
    "record_audit",
    "retained",
    "system",
    "until_ended",
    "work",
]

log = structlog.get_logger(__name__)


def system(tenant: str) -> Identity:
    """Who acts when nobody is signed in: set-up, the command line, jobs. It may do everything in its tenant."""
    return Identity(tenant, "system", "system", frozenset(PERMISSIONS), via="system")


async def agent_of(people: People, tenant: str, user: str) -> str:
    """The agent that this person is, or empty."""
    async with people.records.read() as connection:
        return await queries.agent_of(connection, tenant, user)


async def work(people: People, every_s: float = 60.0) -> None:
    """Until cancelled: mail leaves, what has run out goes."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(people.outgoing.run())
        tasks.create_task(_sweep(people, every_s))


async def _sweep(people: People, every_s: float) -> None:
    while True:
        try:
            await sweep(people)
        except (SQLAlchemyError, OSError) as e:
            log.warning("people.sweep_failed", error=type(e).__name__)
        await asyncio.sleep(every_s)
