"""What commands, events and records are made of: what is asked for, how it relaxes, what it is worth.

Plain immutable tuples of standard values, so that they are keys, and their own wire form.
"""

from __future__ import annotations

from typing import NamedTuple

Skills = tuple[tuple[str, int], ...]
"""Pairs of skill and level, 1 (learning) to 5 (expert), sorted by skill. In a requirement: the least level.

Languages and grades (second line, top service) are skills like any other.
"""
Attributes = tuple[tuple[str, str | float], ...]
"""What is known of a contact that rules may ask for: codes and numbers, sorted by name; no personal data."""

ANYWHERE = "*"
"""In `Relaxation.sites`: every site."""
SITE_RULES = ("any", "near", "home")
"""Whose agents a queue's visits go to. `any`: of all sites alike; `near`: of the visit's home site if one is free,
else of any other at once; `home`: of the home site alone, until relaxation widens it (and then near first)."""
STRATEGIES = ("longest_idle", "least_occupied", "fewest_contacts", "fair_round", "best_fit")
"""Which of the free agents, see `choosing`."""
OPERATORS = ("=", "!=", ">=", "<=")


MOST_EXCLUDED = 20
"""Agents whom one visit may exclude."""


class Requirements(NamedTuple):
    """What a visit asks of an agent."""

    skills: Skills = ()
    site: str = ""
    """Home site; empty for the contact's."""
    exclude: tuple[str, ...] = ()
    """Agents who may not have it: who declined it, who was complained of; sorted."""
    prefer: str = ""
    """An agent who gets it first: the last one, say."""
    prefer_s: float = 0.0
    """So long it waits for them alone, if they are on duty; then others have it as well. 0: only if free now."""

    def without(self, agent: str) -> Requirements:
        return self._replace(exclude=tuple(sorted({*self.exclude, agent})))


class Relaxation(NamedTuple):
    """What changes for a visit that has waited so long since its first arrival. Steps of a queue add up."""

    after_s: float
    lower: Skills = ()
    """Levels that are enough from now; level 0 drops the skill."""
    sites: tuple[str, ...] = ()
    """Sites beside the home site from now; `*` for all."""
    priority_s: float = 0.0
    """Seconds it is worth more from now."""
    anyone: bool = False
    """Nobody is excluded any more."""


class Condition(NamedTuple):
    """`attribute` `operator` `value`; one that the contact does not have meets nothing but `!=`."""

    attribute: str
    operator: str
    value: str | float


class Sharing(NamedTuple):
    """How an agent's media share the agent. Without `most`, each medium counts for itself alone."""

    most: int = 0
    """Load that an agent carries at most, over all media; 0: no such limit."""
    weights: tuple[tuple[str, int], ...] = ()
    """Load of one contact, by medium; 1 where nothing is said."""
    interrupts: tuple[tuple[str, str], ...] = ()
    """Pairs of a medium and one that it may interrupt: conversations of the second are parked until there is room
    again. What stands first is parked first."""


class Notes(NamedTuple):
    """What whoever serves the contact next should know: codes, and a reference to words kept erasable elsewhere."""

    demand: str = ""
    """Code of a special demand."""
    mood: str = ""
    """Code of the customer's mood."""
    note: str = ""


NO_NOTES = Notes()


def merged(one: Skills, other: Skills) -> Skills:
    """The higher level of each skill."""
    if not other:
        return one
    both = dict(one)
    for skill, level in other:
        if level > both.get(skill, 0):
            both[skill] = level
    return tuple(sorted(both.items()))
