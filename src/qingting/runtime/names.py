"""Ids of what we ask the engine for, derived from the journal's own, so that a repeat is recognised.

A visit is `<contact>.v<n>`, an assignment `<visit>/<n>`. Legs, the recording of an assignment and the bridges of a
contact follow from its id; whoever finds such a leg in the engine after a restart knows whose it is.
"""

from __future__ import annotations

import hashlib
import secrets

NOBODY = "-"
"""No id of anybody."""


def contact_of_leg(leg: str) -> str:
    """The contact that an incoming leg is: the same leg is the same contact, however often it is told."""
    return "c" + hashlib.blake2b(leg.encode(), digest_size=10).hexdigest()


def visit_of(contact: str, n: int = 1) -> str:
    return f"{contact}.v{n}"


def visit_moved(visit: str) -> str:
    """The visit in which this one goes on when its queue is taken away."""
    return visit + "m"


def visit_transferred(contact: str) -> str:
    """The visit in which a contact goes on elsewhere."""
    return f"{contact}.t{secrets.token_hex(4)}"


def consult_of(contact: str) -> str:
    return f"{contact}.k{secrets.token_hex(4)}"


def party_of(contact: str) -> str:
    """Somebody outside who is called into a contact."""
    return f"{contact}.p{secrets.token_hex(4)}"


def remembered(contact: str) -> str:
    """What its self-service remembers of the caller, in the erasable table (`contacts.references.dialogue_of`)."""
    return "d" + contact


def contact_of(id: str) -> str:
    """Of a visit, an assignment, a consult, a party."""
    return id.split(".", 1)[0]


def is_assignment(id: str) -> bool:
    """Or a party."""
    return "/" in id


def visit_of_assignment(assignment: str) -> str:
    return assignment.rsplit("/", 1)[0]


def agent_leg(assignment: str) -> str:
    return "a-" + assignment.replace("/", ".")


def outside_leg(contact: str) -> str:
    """The customer's leg of a call that we make."""
    return "o-" + contact


def party_leg(party: str) -> str:
    return "x-" + party


OUR_LEGS = ("a-", "o-", "x-")
"""How the legs that we ring begin."""


def bridge(contact: str) -> str:
    """Where the customer is heard."""
    return "b-" + contact


def bridge_apart(contact: str) -> str:
    """Where they are not."""
    return "s-" + contact


def voicemail(contact: str, step: int) -> str:
    """The message that they leave at this step of their dialogue, and its recording."""
    return f"m-{contact}-{step}".replace("~", "_")


def recording(assignment: str) -> str:
    """A file's name as well. `~` stands in callbacks' attempts and in visits that follow by themselves."""
    return "r-" + assignment.replace("/", "-").replace(".", "-").replace("~", "_")
