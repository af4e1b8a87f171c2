"""What each kind of event changes: see `applying`."""

from __future__ import annotations

from .applying import Apply, agents, assignments, company, configuration, contacts, later, visits

APPLY: Apply = {
    **configuration.APPLY,
    **agents.APPLY,
    **contacts.APPLY,
    **visits.APPLY,
    **assignments.APPLY,
    **company.APPLY,
    **later.APPLY,
}
