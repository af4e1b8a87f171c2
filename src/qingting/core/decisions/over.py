"""A contact is over; one that was a callback in vain is tried again."""

from __future__ import annotations

from ..events import CallbackEnded, CallbackPostponed, ContactEnded, Event
from ..model import Contact, State


def over(state: State, now: float, contact: Contact, cause: str) -> list[Event]:
    end = ContactEnded(now, contact.id, cause)
    if not contact.callback:
        return [end]
    back = state.callbacks[contact.callback]
    due = now + back.retry_s
    if contact.reached:
        return [CallbackEnded(now, back.id, "reached"), end]
    if back.made >= back.attempts or due >= back.expires:
        return [CallbackEnded(now, back.id, "not_reached"), end]
    return [CallbackPostponed(now, back.id, due, cause), end]
