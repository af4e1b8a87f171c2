"""A callback's attempt: whom to ring first, and what the customer hears who was reached.

`first` is `agent`: an offer rings their phone, and the customer is rung when they took it. `customer`: the offer is
taken at once, so that the agent is kept free; the customer is rung, then the agent's phone, which answers by itself.
Once the customer is there it is a call like any other: they wait with music when the agent fails.
"""

from __future__ import annotations

from ...core.model import Callback, State
from .legs import Call


def callback(state: State, call: Call) -> Callback | None:
    """Of which the call is an attempt; None once the customer was reached, and for all other calls."""
    contact = state.contacts.get(call.contact)
    return state.callbacks.get(contact.callback) if contact is not None and contact.callback else None


def customer_first(state: State, call: Call) -> bool:
    """The agent's phone is not to ring before the customer is there."""
    back = callback(state, call)
    return back is not None and back.first == "customer" and not call.customer_up
