"""Who each leg of the engine is. One engine serves all tenants, so this is where a leg finds its tenant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .seating import CUSTOMER, Seating


@dataclass(slots=True)
class Call:
    """What voice must know of a contact beside the journal."""

    tenant: str
    contact: str
    direction: str
    leg: str
    """The customer's: the engine's id for an incoming one, ours for one that we ring."""
    language: str
    line: str = ""
    entry: str = ""
    seating: Seating = field(default_factory=Seating)
    """Who is to hear whom."""
    others: dict[str, str] = field(default_factory=dict)
    """assignment or party -> leg, while we think that it lives."""
    bridges: dict[str, str] = field(default_factory=dict)
    """leg -> bridge, as last asked of the engine."""
    built: set[str] = field(default_factory=set)
    """Bridges that we have asked for and not dissolved."""
    music: set[str] = field(default_factory=set)
    """Legs that were put on hold."""
    customer_up: bool = False
    party: str = ""
    number: str | None = None
    """The customer's, in E.164; None until it was asked for. Memory only: the journal has it erasable."""

    def leg_of(self, whose: str) -> str:
        """Empty for one that has none."""
        if whose == CUSTOMER:
            return self.leg if self.customer_up else ""
        return self.others.get(whose, "")

    def legs_of(self, members: Iterable[str]) -> list[str]:
        """The customer's first."""
        return [leg for whose in sorted(members) if (leg := self.leg_of(whose))]


class Legs:
    def __init__(self) -> None:
        self.calls: dict[str, Call] = {}
        self._of_leg: dict[str, tuple[Call, str]] = {}

    def add(self, call: Call) -> None:
        self.calls[call.contact] = call
        self._of_leg[call.leg] = (call, "")

    def add_other(self, call: Call, whose: str, leg: str) -> None:
        call.others[whose] = leg
        self._of_leg[leg] = (call, whose)

    def find(self, leg: str) -> tuple[Call, str] | None:
        """The call and whose leg it is: an assignment, a party, or (empty) the customer."""
        return self._of_leg.get(leg)

    def drop_other(self, call: Call, whose: str) -> str:
        """Returns the leg; empty when there was none."""
        leg = call.others.pop(whose, "")
        if leg:
            del self._of_leg[leg]
            call.bridges.pop(leg, None)
            call.music.discard(leg)
        return leg

    def drop(self, contact: str) -> Call | None:
        call = self.calls.pop(contact, None)
        if call is not None:
            self._of_leg.pop(call.leg, None)
        return call
