"""Are these two the same? How sure that is, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..model import PHONE

WEIGHTS = {"proven": 0.9, "phone": 0.6, "identity": 0.8, "name": 0.2, "born": 0.5, "address": 0.4}
"""How sure each makes it alone; several together as chances that are independent. `proven`: an identity that both
have proved. A phone may be of a household, a name of thousands: either alone is not enough to act on."""
LEAST = 0.5
"""What is less sure is not told."""
PROVEN = 2


class Facts(NamedTuple):
    """What is compared of one customer, of every record that stands with theirs."""

    identities: dict[tuple[str, str], int]
    """(kind, value) → level."""
    names: set[str]
    """As `model.name_key`."""
    born: set[str]
    addresses: set[str]
    """As `model.address_key`."""


def why(one: Facts, other: Facts) -> set[str]:
    """Of `WEIGHTS`. A day of birth or an address says something of people of the same name only, and a name only
    beside something else."""
    found = set()
    for key in one.identities.keys() & other.identities.keys():
        proven = one.identities[key] == other.identities[key] == PROVEN
        found.add("proven" if proven else PHONE if key[0] == PHONE else "identity")
    if one.names & other.names:
        found |= {"born"} if one.born & other.born else set()
        found |= {"address"} if one.addresses & other.addresses else set()
        found |= {"name"} if found else set()
    return found


def score(why: Iterable[str]) -> float:
    """0 to 1."""
    doubt = 1.0
    for reason in why:
        doubt *= 1 - WEIGHTS[reason]
    return round(1 - doubt, 3)
