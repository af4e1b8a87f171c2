"""What a flow owes its callers, as numbers: a profile of rules that it is checked against.

Shipped: `strict` (three levels, five choices, thirty seconds of speech to a level; a number of every hotline
standard that we know of), `plain` (what can be remembered at all), `government` (callers are led to people without
menus). Key 0 is a person in all of them.
"""

from __future__ import annotations

from typing import NamedTuple


class Profile(NamedTuple):
    name: str
    menus: bool = True
    """Whether menus are allowed at all."""
    depth: int = 5
    """Menus between the caller and where they want to be."""
    choices: int = 9
    """In one menu, beside key 0."""
    speech_s: float = 0.0
    """Heard at most between two answers of the caller; 0: unbounded."""
    circle: int = 3
    """Who comes to the same menu so many times without having reached a goal is offered a person."""


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("plain"),
        Profile("strict", depth=3, choices=5, speech_s=30.0),
        Profile("government", menus=False, depth=0, choices=0, speech_s=30.0),
    )
}
DEFAULT = "plain"
