"""Who each leg of the engine is. One engine serves all tenants, so this is where a leg finds its tenant."""

from __future__ import annotations

from dataclasses import dataclass, field


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
    queue: str = ""
    visit: str = ""
    entry: str = ""
    agent_legs: dict[str, str] = field(default_factory=dict)
    """assignment -> leg, while we think that it lives."""
    customer_up: bool = False
    party: str = ""
    number: str | None = None
    """The customer's, in E.164; None until it was asked for. Memory only: the journal has it erasable."""


class Legs:
    def __init__(self) -> None:
        self.calls: dict[str, Call] = {}
        self._of_leg: dict[str, tuple[Call, str]] = {}

    def add(self, call: Call) -> None:
        self.calls[call.contact] = call
        self._of_leg[call.leg] = (call, "")

    def add_agent(self, call: Call, assignment: str, leg: str) -> None:
        call.agent_legs[assignment] = leg
        self._of_leg[leg] = (call, assignment)

    def find(self, leg: str) -> tuple[Call, str] | None:
        """The call and, for an agent's leg, the assignment (empty for the customer's)."""
        return self._of_leg.get(leg)

    def drop_agent(self, call: Call, assignment: str) -> str:
        leg = call.agent_legs.pop(assignment, "")
        self._of_leg.pop(leg, None)
        return leg

    def drop(self, contact: str) -> Call | None:
        call = self.calls.pop(contact, None)
        if call is not None:
            self._of_leg.pop(call.leg, None)
        return call
