"""Coming back to customers: callbacks and messages asked for by key, on the web or at a desk, become commands.

The number is checked here, where it comes in: E.164, and one that this tenant allows to be called. It stands in the
erasable table only; the core knows a reference and a digest under our key, by which one person is called back once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .. import numbers
from ..core import commands as c
from ..core.model import Contact
from ..errors import Invalid, NotFound, Unavailable
from ..journal.port import PersonalData
from .directory import CALLED_BACK, Directory
from .live import Live

HANGS_UP_S = 8.0
"""Who asks by phone has hung up until then: their line would be busy."""
MOST_OPEN = 5000
"""Callbacks, and messages, that a tenant may have open at once: more can never be worked off."""


class Wish(NamedTuple):
    """A callback that somebody wants."""

    number: str
    """As they say it."""
    queue: str = ""
    """Empty: where `of` waits."""
    of: str = ""
    """Their contact that is going on."""
    since: float | None = None
    at: float = 0.0
    first: str = ""
    """As the core's command has it."""
    language: str = "zh"
    line: str = ""
    site: str = ""
    journey: str = ""
    note: str = ""
    source: str = ""
    """Who brought it: `flow`, `web`, `agent:<id>`."""


class Later:
    def __init__(self, lives: Mapping[str, Live], directory: Directory, digest: Callable[[str, str], str]) -> None:
        self._lives = lives
        self._directory = directory
        self._digest = digest
        """(text, purpose) → the same for the same, by a key of ours."""

    # --- for anybody -------------------------------------------------------------------------------------

    async def callback(self, tenant: str, id: str, wish: Wish) -> None:
        """Raises `callback.no_number`, `dial.bad_number`, `dial.not_allowed`, `dial.too_many`, `callback.too_many`,
        and what the core refuses: `callback.exists`, `queue.unknown`, `visit.wrong_state` …"""
        live = self._live(tenant)
        number = self._callable(tenant, wish.number)
        if len(live.engine.state.callbacks) >= MOST_OPEN:
            raise Unavailable("callback.too_many", "more callbacks are waiting than can be made")
        party = "p" + id
        who = {"number": number, "raw": wish.number[:80], "withheld": False, "source": wish.source, "note": wish.note}
        await live.submit(
            c.RequestCallback(
                callback=id,
                party=party,
                key=self._digest(f"{tenant} {number}", "callback"),
                of=wish.of,
                queue=wish.queue,
                since=wish.since,
                at=wish.at,
                first=wish.first,
                journey=wish.journey,
                line=wish.line,
                site=wish.site,
                language=wish.language,
            ),
            cause=wish.source,
            personal=[PersonalData(party, "caller", "routing", who)],
        )

    async def message(self, tenant: str, id: str, wish: Wish, demand: str = "") -> None:
        """Offline registration: an agent sees to it. Raises as `callback`, and `message.too_many`."""
        live = self._live(tenant)
        number = self._callable(tenant, wish.number)
        if len(live.engine.state.messages) >= MOST_OPEN:
            raise Unavailable("message.too_many", "more messages are waiting than can be seen to")
        party, note = "p" + id, "n" + id
        who = {"number": number, "raw": wish.number[:80], "withheld": False, "source": wish.source}
        await live.submit(
            c.TakeMessage(id, wish.queue, party, note, wish.of, demand),
            cause=wish.source,
            personal=[
                PersonalData(party, "caller", "routing", who),
                PersonalData(note, "text", "routing", {"text": wish.note}),
            ],
        )

    # --- for who is on the phone -------------------------------------------------------------------------

    async def take_down(
        self, tenant: str, contact: str, kind: str, *, queue: str, fallback: str, since: float | None,
        first: str, demand: str, number: str,
    ) -> None:  # fmt: skip
        """`number`: as typed; empty: the one they call from. `queue` empty: where they wait, else `fallback`.

        Doing it twice is doing it once: the id follows from the contact. Raises as `callback` and `message`.
        """
        live = self._live(tenant)
        known = live.engine.state.contacts.get(contact)
        if known is None or known.ended:
            raise NotFound("contact.unknown", "they have left")
        wish = Wish(
            number or await self._number_of(live, known),
            of=contact,
            since=since,
            first=first,
            language=known.language,
            line=known.line,
            site=known.site,
            journey=known.journey,
            source="flow",
        )
        waits = known.visit in live.engine.state.visits
        if kind == "message":
            id = "m" + contact
            if id not in live.engine.state.messages:
                await self.message(
                    tenant, id, wish._replace(queue=queue or self._queue_of(live, known) or fallback), demand
                )
            return
        id = "b" + contact
        if id not in live.engine.state.callbacks:
            at = live.now() + HANGS_UP_S
            wish = wish._replace(at=at, queue=queue or ("" if waits else fallback), since=None if waits else since)
            await self.callback(tenant, id, wish)

    @staticmethod
    def _queue_of(live: Live, contact: Contact) -> str:
        visit = live.engine.state.visits.get(contact.visit)
        return visit.queue if visit is not None else ""

    @staticmethod
    async def _number_of(live: Live, contact: Contact) -> str:
        found: dict[str, Any] = await live.journal.personal(live.tenant, [contact.party]) if contact.party else {}
        return str(found[contact.party].value.get("number", "")) if contact.party in found else ""

    def _callable(self, tenant: str, said: str) -> str:
        """In E.164. A short number is a place in this house or an emergency call, nobody to call back."""
        if not said:
            raise Invalid("callback.no_number", "whom to call?", field="number")
        number = numbers.dialled(said)
        if number is None or not number.startswith("+"):
            raise Invalid("dial.bad_number", "this is no telephone number", field="number")
        self._directory.tolls.check(tenant, number, CALLED_BACK)
        return number

    def _live(self, tenant: str) -> Live:
        if tenant not in self._lives:
            raise Unavailable("tenant.closed", "this tenant is not served here")
        return self._lives[tenant]
