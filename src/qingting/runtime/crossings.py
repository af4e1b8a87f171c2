"""Calls that are answered at another site than theirs, by pair of sites: counted for `/metrics`."""

from __future__ import annotations

from ..core import events as e
from ..core.model import State
from ..journal.port import Entry
from ..observability import across_sites


def count(state: State, entry: Entry) -> None:
    """Once each, whatever the medium. Who has gone again meanwhile is looked for no further."""
    for event in entry.events:
        if type(event) is not e.AssignmentConnected:
            continue
        it = state.assignments.get(event.assignment)
        if it is None or it.consult:
            continue
        contact, agent = state.contacts.get(it.contact), state.agents.get(it.agent)
        if contact is not None and agent is not None and contact.site and agent.site not in ("", contact.site):
            across_sites.labels(contact.site, agent.site).inc()
