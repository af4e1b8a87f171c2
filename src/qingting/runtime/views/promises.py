"""Which callbacks are promised in a journey: what an agent who talks, or has talked, with the customer must see."""

from __future__ import annotations

from ...core import events as e
from ...core.model import Callback, Contact, State

CHANGES = e.CallbackRequested | e.CallbackStarted | e.CallbackPostponed | e.CallbackEnded


class Promises:
    def __init__(self, state: State) -> None:
        self._journeys = {it.id: it.journey for it in state.callbacks.values()}
        self._of: dict[str, list[str]] = {}
        for id, journey in self._journeys.items():
            self._of.setdefault(journey, []).append(id)

    def take(self, event: CHANGES) -> str:
        """The journey in which something changed; empty when it is not known."""
        if isinstance(event, e.CallbackRequested):
            self._journeys[event.callback] = event.journey
            self._of.setdefault(event.journey, []).append(event.callback)
            return event.journey
        journey = self._journeys.get(event.callback, "")
        if isinstance(event, e.CallbackEnded) and journey:
            del self._journeys[event.callback]
            self._of[journey].remove(event.callback)
            if not self._of[journey]:
                del self._of[journey]
        return journey

    def of(self, state: State, contact: Contact) -> Callback | None:
        """The latest, but for the one of which the contact itself is an attempt."""
        for id in reversed(self._of.get(contact.journey, ())):
            found = state.callbacks.get(id)
            if found is not None and found.contact != contact.id:
                return found
        return None
