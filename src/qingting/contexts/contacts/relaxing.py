"""What waiting made easier: the steps of a queue's relaxation that a visit has reached, and their words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .codes import Both
from .why import duration

_EVERYWHERE = "*"


def eased(steps: Iterable[Sequence[Any]], waited_s: float) -> dict[str, Any]:
    """All that has changed by then, steps add up: `after_s` of the latest, 0 before the first; `lower`, `sites`,
    `priority_s`, `anyone` as in `core.values.Relaxation`, of which each step has the fields, in order."""
    after, lower, sites, worth, anyone = 0.0, dict[str, int](), list[str](), 0.0, False
    for after_s, lowered, more_sites, priority_s, nobody_excluded in steps:
        if after_s > waited_s:
            break
        after = after_s
        lower.update((skill, level) for skill, level in lowered)
        sites += [site for site in more_sites if site not in sites]
        worth += priority_s
        anyone = anyone or nobody_excluded
    return {"after_s": after, "lower": list(lower.items()), "sites": sites, "priority_s": worth, "anyone": anyone}


def in_words(
    eased: Mapping[str, Any], needs: Mapping[str, int], named: Callable[[str, str], Both]
) -> list[tuple[str, str]]:
    """One pair, Chinese and English, for each thing that is easier for a visit that needs these skills."""
    found: list[Both] = []
    for skill, level in eased["lower"]:
        if needs.get(skill, 0) > level:
            zh, en = named("skills", skill)
            enough = (f"{zh} {level} 级即可", f"{en} {level} is enough")
            found.append(enough if level else (f"不再要求 {zh}", f"{en} is not needed"))
    if _EVERYWHERE in eased["sites"]:
        found.append(("各职场均可", "agents of all sites"))
    elif eased["sites"]:
        of = [named("sites", site) for site in eased["sites"]]
        found.append((f"{'、'.join(zh for zh, _ in of)} 也可接", f"also agents of {', '.join(en for _, en in of)}"))
    if eased["priority_s"]:
        long = duration(abs(eased["priority_s"]))
        earlier = eased["priority_s"] > 0
        found.append((f"{'提前' if earlier else '延后'} {long[0]}", f"{long[1]} {'earlier' if earlier else 'later'}"))
    if eased["anyone"]:
        found.append(("不再排除坐席", "nobody is excluded any more"))
    return found
