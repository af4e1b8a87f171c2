"""Ids of what we ask the engine for, derived from the journal's own, so that a repeat is recognised.

A visit is `<contact>.v<n>`, an assignment `<visit>/<n>`. An agent's leg, the recording and the bridge of an
assignment follow from its id; whoever finds such a leg in the engine after a restart knows whose it is.
"""

from __future__ import annotations

import hashlib


def contact_of_leg(leg: str) -> str:
    """The contact that an incoming leg is: the same leg is the same contact, however often it is told."""
    return "c" + hashlib.blake2b(leg.encode(), digest_size=10).hexdigest()


def visit_of(contact: str, n: int = 1) -> str:
    return f"{contact}.v{n}"


def visit_moved(visit: str) -> str:
    """The visit in which this one goes on when its queue is taken away."""
    return visit + "m"


def contact_of(visit_or_assignment: str) -> str:
    return visit_or_assignment.split(".", 1)[0]


def visit_of_assignment(assignment: str) -> str:
    return assignment.rsplit("/", 1)[0]


def agent_leg(assignment: str) -> str:
    return "a-" + assignment.replace("/", ".")


def outside_leg(contact: str) -> str:
    """The customer's leg of a call that we make."""
    return "o-" + contact


def bridge(visit: str) -> str:
    return "b-" + visit


def recording(assignment: str) -> str:
    return "r-" + assignment.replace("/", "-").replace(".", "-")
