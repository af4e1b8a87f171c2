"""What customers at the call page are told of their own call: the step, their place, how long they talk.

A call is found by the credential that began it. That stands in the journal's erasable table, so it is known
after a restart too. Nothing is told of others but how many stand before, and never that there are more of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog

from ...core import events as e
from ...core.engine import Engine
from ...core.model import Contact, Visit
from ...errors import QingtingError
from ...flow.document import PERSON, Document, words
from ...flow.nodes import KEYS, Menu, Transfer
from ...journal.port import Entry, Journal
from .. import names
from ..waiting import Treatment

log = structlog.get_logger(__name__)

Item = dict[str, Any]

KEPT_S = 900.0
"""So long it is told how a call ended."""
MOST = 5000
LANGUAGES = ("zh", "en")
CAUSES = {"customer": "customer", "agent": "agent", "flow": "flow"}
"""Who ended it; all other causes are `trouble`."""
FIRST_SIGHT = 1_000_000


@dataclass(slots=True)
class _Call:
    contact: str
    party: str
    visit: str = ""
    place: int = FIRST_SIGHT
    """The least that was told of this visit."""
    connected: float = 0.0
    ended: float = 0.0
    cause: str = ""


class CustomerCalls:
    """Of one tenant. `is_web(entry)`; `treatment(queue)`; `document(flow, version)` raises `QingtingError`."""

    def __init__(
        self,
        tenant: str,
        engine: Callable[[], Engine],
        journal: Journal,
        *,
        is_web: Callable[[str], bool],
        treatment: Callable[[str], Treatment],
        document: Callable[[str, int], Awaitable[Document]],
    ) -> None:
        self._tenant = tenant
        self._engine = engine
        self._journal = journal
        self._is_web = is_web
        self._treatment = treatment
        self._document = document
        self._calls: dict[str, _Call] = {}
        """By contact, oldest first."""
        self._strangers: dict[str, str] = {}
        """Party -> contact, of those whose credential has not been looked up."""
        self._by_credential: dict[str, str] = {}
        """-> the newest contact."""

    def start(self, contacts: Iterable[Contact]) -> None:
        """Those that were open when the process started: what they were told before, nobody knows."""
        for contact in contacts:
            if self._is_web(contact.entry):
                self._add(contact.id, contact.party)
                call = self._calls[contact.id]
                # Only "you are next" cannot be a rise.
                call.visit, call.place = contact.visit, 1

    def on_entry(self, entry: Entry) -> None:
        for event in entry.events:
            if isinstance(event, e.ContactArrived):
                if self._is_web(event.entry):
                    self._add(event.contact, event.party)
            elif isinstance(event, e.AssignmentConnected):
                if (call := self._calls.get(names.contact_of(event.assignment))) is not None:
                    call.connected = call.connected or event.at
            elif isinstance(event, e.ContactEnded) and (call := self._calls.get(event.contact)) is not None:
                call.ended, call.cause = event.at, event.cause
                self._forget(event.at)

    async def of(self, credential: str) -> Item | None:
        """The newest call of this credential (`web:<id>` without its beginning); None when there is none.

        `stage`: `calling`, `menu` (`step`, `keys`), `transferring`, `waiting` (`since`, `place`, `wait_s`),
        `ringing` (`since`), `talking` and `held` (`since`), `ended` (`cause`, `talked_s`). `place` and `wait_s` are
        null when the queue does not tell them or nobody can.
        """
        await self._meet()
        call = self._calls.get(self._by_credential.get(credential, ""))
        if call is None:
            return None
        state = self._engine().state
        contact = state.contacts.get(call.contact)
        if call.ended or contact is None or contact.ended:
            return self._ended(call, contact)
        visit = state.visits.get(contact.visit)
        return await self._self_service(contact) if visit is None else self._visit(call, visit)

    # --- stages

    async def _self_service(self, contact: Contact) -> Item:
        if not contact.flow:
            return {"stage": "calling"}
        try:
            document = await self._document(contact.flow, contact.version)
        except QingtingError as error:
            log.warning("customer.no_flow", contact=contact.id, code=error.code)
            return {"stage": "menu", "step": None, "keys": []}
        node = document.nodes.get(contact.node)
        if isinstance(node, Transfer):
            return {"stage": "transferring"}
        step = words(document, contact.node, contact.via)
        keys = _keys(node) if isinstance(node, Menu) else []
        return {"stage": "menu", "step": _both(step) if step else None, "keys": keys}

    def _visit(self, call: _Call, visit: Visit) -> Item:
        state = self._engine().state
        assignment = state.assignments.get(visit.assignment)
        if assignment is None:
            return self._waiting(call, visit)
        if assignment.state in ("offered", "connecting"):
            return {"stage": "ringing", "since": visit.since}
        stage = "held" if assignment.state == "held" else "talking"
        return {"stage": stage, "since": assignment.connected}

    def _waiting(self, call: _Call, visit: Visit) -> Item:
        engine, told = self._engine(), self._treatment(visit.queue)
        if call.visit != visit.id:
            call.visit, call.place = visit.id, FIRST_SIGHT
        place, estimate = engine.place(visit.id), engine.estimate(visit.id)
        item: Item = {"stage": "waiting", "since": visit.since, "place": None, "wait_s": None}
        if told.announce_place and place is not None:
            if place <= call.place:
                call.place = place
            if call.place > 1 or place == 1:
                item["place"] = call.place
        if told.announce_wait and estimate is not None and estimate.narrow:
            item["wait_s"] = round(estimate.p90_s, 1)
        return item

    @staticmethod
    def _ended(call: _Call, contact: Contact | None) -> Item:
        ended = call.ended or (contact.ended if contact is not None else 0.0)
        cause = call.cause or (contact.cause if contact is not None else "")
        talked_s = round(ended - call.connected, 1) if call.connected and ended else None
        return {"stage": "ended", "cause": CAUSES.get(cause, "trouble"), "talked_s": talked_s}

    # --- who is who

    def _add(self, contact: str, party: str) -> None:
        if contact not in self._calls:
            self._calls[contact] = _Call(contact, party)
            self._strangers[party] = contact

    async def _meet(self) -> None:
        if not self._strangers:
            return
        asked = dict(self._strangers)
        found = await self._journal.personal(self._tenant, list(asked))
        for party, contact in asked.items():
            self._strangers.pop(party, None)
            source = str(found[party].value.get("source", "")) if party in found else ""
            if source.startswith("web:") and contact in self._calls:
                self._by_credential[source.removeprefix("web:")] = contact

    def _forget(self, now: float) -> None:
        """Those that ended long ago, and the oldest when there are too many."""
        ended, surplus = [it for it in self._calls.values() if it.ended], len(self._calls) - MOST
        old = [it for n, it in enumerate(ended) if n < surplus or it.ended < now - KEPT_S]
        for call in old:
            del self._calls[call.contact]
            self._strangers.pop(call.party, None)
        if old:
            self._by_credential = {id: c for id, c in self._by_credential.items() if c in self._calls}


def _keys(menu: Menu) -> list[Item]:
    """In the order of a phone's keys; `person` is the way to somebody, which needs no words of its own."""
    keys = []
    for key in sorted(menu.choices, key=KEYS.index):
        choice = menu.choices[key]
        keys.append({"key": key, "words": _both(dict(choice.words)), "person": choice.to == PERSON})
    return keys


def _both(said: dict[str, str]) -> dict[str, str]:
    """A text that is there in one language only is better than none."""
    first = next(iter(said.values()), "")
    return {lang: said.get(lang, first) for lang in LANGUAGES}
