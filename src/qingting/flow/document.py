"""A flow as the interpreter reads it: a graph of nodes (`nodes.py`).

What is implicit in the text is explicit here: key 0 and the end of a menu's ladder lead to the node `person` when the
text names a queue of people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .nodes import Node, keys_of, uses
from .profile import DEFAULT, PROFILES, Profile

PERSON = "person"
"""Id of the implicit node that brings the caller to a person."""


class Document(NamedTuple):
    languages: tuple[str, ...]
    """The first is spoken when the caller's is not among them."""
    person: str
    """Queue of the node `person`; empty when there is none."""
    start: str
    nodes: Mapping[str, Node]
    positions: Mapping[str, tuple[int, int]]
    """Where each node stands in the text: line and column."""
    profile: Profile = PROFILES[DEFAULT]
    facts: tuple[str, ...] = ()
    """Values that the flow expects to be known at its start, beside those that the house tells of every caller."""

    def language(self, wanted: str) -> str:
        return wanted if wanted in self.languages else self.languages[0]


FACTS = (
    *("caller", "medium", "entry", "calls_today", "calls_year"),
    *("customer", "customer_name", "customer_address", "customer_mail", "customer_language", "vip"),
)
"""What the house tells of every caller, where it is known."""


def facts_of(document: Document) -> frozenset[str]:
    """What of `FACTS` and its own facts this flow makes use of."""
    used = {value for node in document.nodes.values() for value in uses(node)}
    return frozenset(used.intersection((*FACTS, *document.facts)))


def words(document: Document, node: str, via: str, before: str = "") -> dict[str, str]:
    """What the key `via` that led to `node` is called, by language, for people who read the caller's way. `before`:
    from where it led, if that is known; the same key of several nodes may lead there under different names."""
    asked = document.nodes.get(before)
    if asked is not None and (choice := keys_of(asked).get(via)) is not None and choice.to == node:
        return dict(choice.words)
    for other in document.nodes.values():
        choice = keys_of(other).get(via)
        if choice is not None and choice.to == node and choice.words:
            return dict(choice.words)
    return {}
