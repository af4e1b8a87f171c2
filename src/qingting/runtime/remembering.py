"""What callers told self-service, out of the erasable table."""

from __future__ import annotations

from collections.abc import Iterable

from ..flow import values
from ..flow.values import Values
from ..journal.port import Journal
from . import names


async def remembered(journal: Journal, tenant: str, contacts: Iterable[str]) -> dict[str, Values]:
    """By contact, as of the last step that was kept; those of whom nothing is known, or no longer, are left out."""
    by_ref = {names.remembered(contact): contact for contact in contacts}
    found = await journal.personal(tenant, list(by_ref))
    told = {by_ref[ref]: data.value.get("values") for ref, data in found.items()}
    return {contact: values.load(kept) for contact, kept in told.items() if isinstance(kept, dict)}
