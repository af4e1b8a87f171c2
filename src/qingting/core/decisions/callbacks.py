"""Calling back: a place in the queue without a line; at its turn, at a time that was chosen, again if in vain.

Each attempt is a contact of its own that goes out, and its visit waits in the queue like any other, at the first
arrival of the customer.
"""

from __future__ import annotations

from ...errors import Refused
from ..commands import CancelCallback, CustomerAnswers, RequestCallback
from ..events import (
    CallbackEnded,
    CallbackPostponed,
    CallbackRequested,
    CallbackStarted,
    ContactArrived,
    CustomerAnswered,
    Event,
)
from ..model import Callback, Contact, State, Visit
from ..values import Requirements
from . import known
from .contacts import ended, take_out
from .entering import enter
from .names import attempt

FIRST = ("agent", "customer")
MONTH_S = 31 * 86400.0


def request(state: State, c: RequestCallback, now: float) -> list[Event]:
    """It starts by its own deadline, which is due at once when no time was chosen."""
    known.new_id("callback", c.callback, state.callbacks)
    visit = _waiting(state, c.of)
    queue = known.queue(state, c.queue or (visit.queue if visit is not None else ""))
    if not c.party:
        raise Refused("callback.no_number", "whom to call?")
    key = known.short("callback", "key", c.key or c.party)
    for other in state.callbacks.values():
        if (other.key, other.queue) == (key, queue.id):
            raise Refused("callback.exists", "they are called back already", callback=other.id)
    policy = queue.policy
    first = c.first or policy.callback_first
    if first not in FIRST:
        raise Refused("callback.bad_value", f"first is agent or customer, not {first}", field="first")
    attempts = policy.callback_attempts if c.attempts is None else c.attempts
    retry_s = policy.callback_retry_s if c.retry_s is None else c.retry_s
    expires_s = policy.callback_expires_s if c.expires_s is None else c.expires_s
    own = visit is not None and visit.queue == queue.id and not c.requires
    requires = visit.wants.skills if visit is not None and own else known.skills(state, c.requires, ())
    since = c.since if c.since is not None else visit.since if visit is not None else now
    due = max(now, known.number("callback", "at", c.at, 0.0, now + MONTH_S))
    asked = CallbackRequested(
        now,
        c.callback,
        c.party,
        key,
        c.of,
        queue.id,
        requires,
        known.number("callback", "priority_s", c.priority_s, -86400.0, 86400.0),
        known.number("callback", "since", min(since, now), 0.0, now),
        due,
        first,
        int(known.number("callback", "attempts", attempts, 1, 10)),
        known.number("callback", "retry_s", retry_s, 0.0, 86400.0),
        due + known.number("callback", "expires_s", expires_s, 1.0, MONTH_S),
        c.journey or c.callback,
        c.line,
        c.site,
        c.language,
    )
    return [asked, *(take_out(state, now, visit, "callback") if visit is not None else ())]


def _waiting(state: State, contact: str) -> Visit | None:
    if not contact:
        return None
    visit = state.visits.get(known.contact(state, contact).visit)
    if visit is None or visit.state == "ended":
        return None
    if visit.state not in ("waiting", "offered"):
        raise Refused("visit.wrong_state", f"visit {visit.id} is {visit.state}", id=visit.id, state=visit.state)
    return visit


def due(state: State, now: float, id: str) -> list[Event]:
    """The next attempt begins; or its patience is over, while it waits or before."""
    back = state.callbacks[id]
    if now >= back.expires:
        over: list[Event] = [CallbackEnded(now, id, "expired")]
        contact = state.contacts.get(back.contact)
        if contact is not None and _state(state, contact) == "waiting":
            over += _without(ended(state, now, contact, "expired"))
        return over
    n = back.made + 1
    contact_id, visit = attempt(id, n)
    arrived = ContactArrived(
        now, contact_id, back.journey, "voice", "out", "", back.line, back.site, back.language, back.party, "", id
    )
    contact = Contact(*arrived[1:11], arrived=now)
    queue, anyone = state.queues[back.queue], Requirements()
    return [
        CallbackStarted(now, id, contact_id, n, back.first),
        arrived,
        *enter(
            state,
            now,
            contact,
            visit,
            queue,
            back.requires,
            anyone,
            back.priority_s,
            back.first_arrival,
            lenient=True,
        ),
    ]


def reached(state: State, now: float, contact: Contact) -> list[Event]:
    """Customer and agent talk: it is done."""
    return [CallbackEnded(now, contact.callback, "reached")] if contact.callback else []


def cancel(state: State, c: CancelCallback, now: float) -> list[Event]:
    back = _known(state, c.callback)
    over = CallbackEnded(now, back.id, known.short("callback", "why", c.why))
    contact = state.contacts.get(back.contact)
    if contact is None:
        return [over]
    if _state(state, contact) not in ("waiting", "offered"):
        raise Refused("callback.under_way", "they are being connected", callback=back.id)
    return [over, *_without(ended(state, now, contact, "cancelled"))]


def customer_answers(state: State, c: CustomerAnswers, now: float) -> list[Event]:
    contact = known.contact(state, c.contact)
    if contact.direction != "out":
        raise Refused("contact.not_called", "it was they who called", contact=contact.id)
    return [] if contact.reached else [CustomerAnswered(now, contact.id)]


def _state(state: State, contact: Contact) -> str:
    visit = state.visits.get(contact.visit)
    return visit.state if visit is not None else ""


def _known(state: State, id: str) -> Callback:
    found = state.callbacks.get(id)
    if found is None:
        raise Refused("callback.unknown", f"no such callback, or it is over: {id}", callback=id)
    return found


def _without(events: list[Event]) -> list[Event]:
    """What ends a contact, without another attempt."""
    return [event for event in events if type(event) is not CallbackPostponed and type(event) is not CallbackEnded]
