"""Whose personal data stands in the journal's erasable table: the one place that knows every kind of it.

An entry points into that table by a reference; what each event points to, for whom it is held and when that is over
stands here. Retention and erasure go by the rows that come of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from qingting.core import events as e

Kind = Literal["caller", "party", "text", "dialogue"]


class Reference(NamedTuple):
    ref: str
    kind: Kind
    """`caller`: who they say they are, or whom we call; `party`: somebody outside who was called into a contact;
    `text`: what was written about it; `dialogue`: what self-service remembers of them."""
    holder: str
    """Contact, callback or message: it is kept as long as the last that holds it."""
    contact: str
    """Which it came of; empty when of none."""


def references(event: Any) -> list[Reference]:
    """What an event points to; most to nothing."""
    found = HELD.get(type(event))
    return [] if found is None else [it for it in found(event) if it.ref]


def ended(event: Any) -> str:
    """Who holds nothing from now on but what they held; empty when nobody."""
    field = ENDS.get(type(event))
    return str(getattr(event, field)) if field is not None else ""


def dialogue_of(contact: str) -> str:
    """What its self-service remembers of the caller: one reference a contact. A row tells that there is something,
    and from when on it is old; who erases a contact or a person need not ask for it."""
    return "d" + contact


def _note(x: e.ContactTransferred | e.ConsultStarted | e.PartyCalled) -> Reference:
    return Reference(x.notes.note, "text", x.contact, x.contact)


HELD: dict[type, Callable[[Any], Iterable[Reference]]] = {
    e.ContactArrived: lambda x: [Reference(x.party, "caller", x.contact, x.contact)],
    e.CallbackRequested: lambda x: [Reference(x.party, "caller", x.callback, x.of)],
    e.MessageTaken: lambda x: [
        Reference(x.party, "caller", x.message, x.contact),
        Reference(x.note, "text", x.message, x.contact),
    ],
    e.DialogueMoved: lambda x: [Reference(x.remembered, "dialogue", x.contact, x.contact)] if x.remembered else [],
    e.PartyCalled: lambda x: [Reference(x.ref, "party", x.contact, x.contact), _note(x)],
    e.ContactTransferred: lambda x: [_note(x)],
    e.ConsultStarted: lambda x: [_note(x)],
}
ENDS: dict[type, str] = {e.ContactEnded: "contact", e.CallbackEnded: "callback", e.MessageClosed: "message"}
