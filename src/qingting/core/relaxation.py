"""What a visit needs at each step of its queue's relaxation. Pure; steps only ever widen who may serve it.

A visit's step is part of the state: it changes by events alone. It is never ahead of what the waiting time says
(`reached`), and behind it only until the deadline that is due has been handled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .values import ANYWHERE, Relaxation, Requirements, Skills

Steps = tuple[Relaxation, ...]


class Need(NamedTuple):
    """What an agent must have at one step."""

    skills: Skills
    sites: tuple[str, ...]
    """Empty: any."""
    exclude: tuple[str, ...]


def reached(steps: Steps, since: float, now: float) -> int:
    """How many steps the waiting time has reached."""
    n = 0
    for step in steps:
        if since + step.after_s > now:
            break
        n += 1
    return n


def need(requires: Requirements, steps: Sequence[Relaxation], step: int) -> Need:
    if not step:
        return Need(requires.skills, (requires.site,) if requires.site else (), requires.exclude)
    skills = requires.skills
    sites = [requires.site] if requires.site else []
    exclude = requires.exclude
    for relaxation in steps[:step]:
        if skills and relaxation.lower:
            lower = dict(relaxation.lower)
            enough = [(skill, min(level, lower.get(skill, level))) for skill, level in skills]
            skills = tuple([(skill, level) for skill, level in enough if level])
        if sites:
            sites += relaxation.sites
        if relaxation.anyone:
            exclude = ()
    return Need(skills, () if ANYWHERE in sites else tuple(dict.fromkeys(sites)) if sites else (), exclude)


def bonus(steps: Sequence[Relaxation], step: int) -> float:
    """Seconds of priority that have come with waiting."""
    return sum([relaxation.priority_s for relaxation in steps[:step]])
