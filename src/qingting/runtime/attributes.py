"""What rules may ask of a contact, told to the core as codes and numbers.

Only what some rule asks for is told: nothing of a customer goes into the journal for nothing. What is known later
than the contact waits (a language chosen, a number looked up) counts from then on.

  entry, language   how it came in
  calls_today       this one included, by this number
  calls_year        the same, of 365 days
  answered_year     how often they talked with a person in 365 days
  years             whole years as a customer
  vip               "yes" of customers whom the desk shows as VIPs, else nothing
  and whatever else stands with the customer
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ..contexts.contacts.api import CustomerCounts
from ..contexts.customers.api import Customer
from ..core import commands as c
from ..core import events as e
from ..journal.port import Entry

if TYPE_CHECKING:
    from .live import Live

Known = dict[str, str | float]


def of_caller(customer: Customer | None, before: CustomerCounts, today: dt.date) -> Known:
    """`before`: without the contact that is coming in."""
    known: Known = dict(customer.attributes) if customer is not None else {}
    if customer is not None and (years := customer.years(today)) is not None:
        known["years"] = years
    return known | {
        "calls_today": before.today + 1,
        "calls_year": before.year + 1,
        "answered_year": before.answered,
    }


class Attributes:
    """Of one tenant's contacts."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def on_entry(self, entry: Entry) -> None:
        for event in entry.events:
            if isinstance(event, e.ContactArrived):
                self.tell(event.contact, {"entry": event.entry, "language": event.language})
            elif isinstance(event, e.LanguageSet):
                self.tell(event.contact, {"language": event.language})

    def tell(self, contact: str, known: Known) -> None:
        rules = self._live.engine.state.rules
        if not rules:
            return
        asked = {condition.attribute for rule in rules.values() for condition in rule.when}
        told = tuple(sorted((name, value) for name, value in known.items() if name in asked))
        if told:
            self._live.post(c.SetAttributes(contact, told), cause="attributes")
