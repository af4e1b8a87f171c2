"""Transfer, consult, conference; parties outside."""

from __future__ import annotations

from typing import NamedTuple

from ..values import NO_NOTES, Notes, Skills


class Transfer(NamedTuple):
    """The owner hands the contact on, unheard: their part ends, and a new visit of the same contact begins.

    It keeps the first arrival. Refused with `contact.in_consult` while somebody else is in the call.
    """

    assignment: str
    visit: str
    """Id of the visit that begins."""
    queue: str = ""
    """None: the queue where the contact is; needed (`queue.needed`) when it is in none."""
    agent: str = ""
    """Rung first; if they do not take it, the visit waits in the queue."""
    requires: Skills = ()
    priority_s: float = 0.0
    notes: Notes = NO_NOTES


class TransferOutside(NamedTuple):
    """To somebody who is no agent. If they do not answer, the contact comes back to its queue."""

    assignment: str
    party: str
    ref: str
    """Reference to their number, in the erasable table."""
    notes: Notes = NO_NOTES


class Consult(NamedTuple):
    """The owner asks a colleague, or whoever a queue brings, while the customer is on hold. One at a time."""

    assignment: str
    visit: str
    """Id of the consult: a visit beside that of the customer."""
    queue: str = ""
    agent: str = ""
    """One of the two: an agent, or a queue."""
    requires: Skills = ()
    priority_s: float = 0.0
    notes: Notes = NO_NOTES


class ConsultOutside(NamedTuple):
    assignment: str
    party: str
    ref: str
    notes: Notes = NO_NOTES


class Swap(NamedTuple):
    """The owner talks with the other one: customer or consulted; who is left hears music."""

    assignment: str


class Join(NamedTuple):
    """Conference: customer, owner and consulted hear each other."""

    assignment: str


class CompleteTransfer(NamedTuple):
    """The owner leaves the contact to whom they consulted or conferred with. `AgentLeaves` does the same then."""

    assignment: str
    notes: Notes = NO_NOTES


class EndConsult(NamedTuple):
    """The owner sends the consulted away (a visit or a party), also out of a conference, and is back with the
    customer."""

    consult: str


class PartyAnswers(NamedTuple):
    party: str


class PartyEnds(NamedTuple):
    """The outside leg is over. `cause`: `hangup`, `busy`, `no_answer`, `rejected`, `failed`."""

    party: str
    cause: str = "hangup"


InCompany = (
    Transfer
    | TransferOutside
    | Consult
    | ConsultOutside
    | Swap
    | Join
    | CompleteTransfer
    | EndConsult
    | PartyAnswers
    | PartyEnds
)
