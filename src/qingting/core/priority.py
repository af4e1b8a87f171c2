"""What a visit is worth, in seconds of waiting: by its queue, by rules over what is known of the contact, and while
its queue is behind its target.

Seconds are added once, when a visit begins to wait or more becomes known, so that order within a queue never needs
sorting again. Only the last is no part of a visit's rank: it is the same for a whole queue, so it is added when
queues are compared.
"""

from __future__ import annotations

from .model import Queue, Rule, State
from .values import Attributes, Condition

MOST_S = 7 * 86400.0
"""A visit is worth so many seconds at most, and no less than their opposite."""


def matching_rules(state: State, attributes: Attributes, queue: str, medium: str) -> list[Rule]:
    known = dict(attributes)
    found = []
    for rule in state.rules.values():
        if (rule.queues and queue not in rule.queues) or (rule.media and medium not in rule.media):
            continue
        for condition in rule.when:
            if not _meets(known, condition):
                break
        else:
            found.append(rule)
    return found


def _meets(known: dict[str, str | float], condition: Condition) -> bool:
    has = known.get(condition.attribute)
    if condition.operator == "!=":
        return has != condition.value
    if has is None:
        return False
    if condition.operator == "=":
        return has == condition.value
    if isinstance(has, str) or isinstance(condition.value, str):
        return False
    return has >= condition.value if condition.operator == ">=" else has <= condition.value


def bounded(seconds: float) -> float:
    return max(-MOST_S, min(MOST_S, seconds))


def boost(queue: Queue) -> float:
    """Seconds for a queue behind its target: `behind_s · (target - met) / target`, where met is the share of its
    latest answers that came within the service level."""
    if not queue.behind_s or not queue.met or not queue.service_level_target:
        return 0.0
    met = sum(queue.met) / len(queue.met)
    return queue.behind_s * max(0.0, queue.service_level_target - met) / queue.service_level_target
