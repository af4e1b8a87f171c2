"""For whoever runs the machine: a way in for someone who lost theirs, when no mail can bring it."""

from __future__ import annotations

from ...access import PERMISSIONS, Identity
from ...errors import NotFound
from . import attempts, credentials, model, queries
from .audit import record_audit
from .parts import People
from .sessions import end_sessions
from .tables import users


async def new_one_time_password(people: People, name: str) -> str:
    """`name` as at sign-in. All their sessions end. Raises `NotFound("user.unknown")`."""
    code, own = model.split_name(name)
    password = credentials.one_time_password()
    kept = await people.passwords.hash(password)
    async with people.records.write() as c:
        tenants = await queries.list_tenants(c)
        wanted = [t for t in tenants if t.code == code] if code else tenants
        found = [user for t in wanted if (user := await queries.user_by_name(c, t.id, model.fold(own))) is not None]
        if len(found) != 1:
            raise NotFound("user.unknown", f"{len(found)} people are called {name}: say TENANT/NAME", name=name)
        user = found[0]
        await c.execute(
            users.update()
            .where(users.c.tenant == user.tenant, users.c.id == user.id)
            .values(password=kept, must_change=True)
        )
        await end_sessions(c, user.tenant, user.id)
        await attempts.unlock(c, attempts.subject("sign_in", user.tenant, user.name_key))
        who = Identity(user.tenant, "system", "system", frozenset(PERMISSIONS), via="system")
        await record_audit(c, who, "password.one_time_made", user.id, at=people.now())
    return password
