"""What self-service is told of who calls (`flow.document.FACTS`).

A number is a hint, never proof: whoever shows a customer's number is greeted as them, and no more. Their address and
mail are told only where that number is known to be theirs (they answered there before, or proved it).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal

from ...contexts.customers.api import Reach
from ...core.model import Contact
from ...flow import values
from ...flow.values import Value, Values
from ..pops import Pop

THEIRS = ("confirmed", "proven")


async def facts(contact: Contact, pop: Pop, reach: Callable[[str], Awaitable[Reach]]) -> Values:
    """`reach(customer)`: where they are reached in writing."""
    found: list[tuple[str, Value]] = [("medium", contact.medium)]
    if contact.entry:
        found.append(("entry", contact.entry))
    if pop.number:
        found += [
            ("caller", pop.number),
            ("calls_today", _count(pop.calls_today)),
            ("calls_year", _count(pop.calls_year)),
        ]
    if (customer := pop.customer) is not None:
        found += [("customer", customer["id"]), ("customer_name", customer["name"]), ("vip", bool(customer["vip"]))]
        found.append(("customer_language", customer["language"] or None))
        if customer["level"] in THEIRS:
            known = await reach(customer["id"])
            found += [("customer_address", known.address or None), ("customer_mail", known.mail or None)]
    return values.put((), found)


def _count(calls: int) -> Decimal:
    """This one among them: as rules of routing have it."""
    return Decimal(calls)
