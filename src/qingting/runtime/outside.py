"""What self-service asks of others than the core: how queues stand, who calls, other systems, letters, proofs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
import structlog

from ..contexts.customers import api as customers
from ..core.engine import Engine
from ..core.estimating import prospect
from ..flow import moves
from ..flow.expressions import Loads
from ..flow.values import Value, Values
from ..records import Records
from .live import Live
from .pops import Pops
from .remembering import remembered
from .selfservice.facts import facts
from .selfservice.letters import Letters
from .selfservice.proving import Proving
from .selfservice.requests import Requests

log = structlog.get_logger(__name__)

T = TypeVar("T")
NOWHERE = customers.Reach("", "")


class Reach(NamedTuple):
    """What of the world a house reaches."""

    records: Records
    requests: Requests
    letters: Letters
    proving: Proving


class Surroundings:
    """`runtime/conversation.py: Outside`."""

    def __init__(
        self, lives: Mapping[str, Live], pops: Callable[[str], Pops | None], reach: Reach | None = None
    ) -> None:
        """`reach`: None of a house that reaches nobody; whatever is asked outside fails."""
        self._lives = lives
        self._pops = pops
        self._reach = reach

    def loads(self, tenant: str, at: Iterable[tuple[str, str]]) -> Loads:
        live = self._lives[tenant]
        return {(what, queue): load(live.engine, what, queue, live.now()) for what, queue in at}

    async def facts(self, tenant: str, contact: str) -> Values:
        pops, known = self._pops(tenant), self._lives[tenant].engine.state.contacts.get(contact)
        if pops is None or known is None:
            return ()

        async def reach(customer: str) -> customers.Reach:
            if self._reach is None:
                return NOWHERE
            async with self._reach.records.read() as connection:
                return await customers.reach(connection, tenant, customer)

        pop = await pops.gathered(contact)
        return await facts(known, pop, lambda customer: _or(reach(customer), NOWHERE, contact))

    async def remembered(self, tenant: str, contact: str) -> Values:
        found = await remembered(self._lives[tenant].journal, tenant, [contact])
        return found.get(contact, ())

    async def request(self, tenant: str, contact: str, asked: moves.Request) -> moves.Fetched:
        if self._reach is None:
            return moves.Fetched("failed")
        answered = await self._reach.requests.ask(tenant, contact, asked)
        return moves.Fetched(answered.outcome, answered.values)

    async def write(self, tenant: str, contact: str, asked: moves.Write) -> moves.Sent | moves.NotSent:
        if self._reach is None:
            return moves.NotSent("mail.off")
        return await _or(self._reach.letters.write(tenant, contact, asked), moves.NotSent("records.down"), contact)

    async def send_code(self, tenant: str, contact: str, asked: moves.SendCode) -> moves.Sent | moves.NotSent:
        if self._reach is None:
            return moves.NotSent("mail.off")
        sending = self._reach.proving.send_code(tenant, contact, asked)
        return await _or(sending, moves.NotSent("records.down"), contact)

    async def check(self, tenant: str, contact: str, asked: moves.Check) -> moves.Checked:
        if self._reach is None:
            return moves.Checked("failed")
        return await _or(self._reach.proving.check(tenant, contact, asked), moves.Checked("failed"), contact)


async def _or(work: Awaitable[T], otherwise: T, contact: str) -> T:
    """A database that is away is no reason to leave a caller in silence."""
    try:
        return await work
    except (sa.exc.SQLAlchemyError, OSError) as error:
        log.warning("outside.failed", contact=contact, error=type(error).__name__)
        return otherwise


def load(engine: Engine, what: str, queue: str, now: float) -> Value:
    """One of `flow.expressions.LOADS`; nothing of a queue that is gone, or when nobody can tell."""
    state = engine.state
    found = state.queues.get(queue)
    if found is None:
        return None
    if what == "waiting":
        return Decimal(found.waiting)
    if what == "staffed":
        return Decimal((state.present["voice"] & found.members).bit_count())
    if engine.free(queue):
        return Decimal(0)
    said = prospect(state, queue, "voice", found.requires, now - found.priority_s)
    return None if said is None else Decimal(round(said.p50_s))
