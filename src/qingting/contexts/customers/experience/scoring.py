"""What a contact was probably like for the customer, from what happened: one point of its self-service, one of its
person. Pure. The weights stand in `BASE` and `WORTH` and nowhere else; they are a stated guess, and so the confidence
is low: whatever somebody says of the same step outranks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qingting.contexts.contacts.api import Experienced

from .model import LEAST, MOST, Point, Reason

BASE: Mapping[str, tuple[float, float]] = {
    "self_served": (4.5, 0.5),
    "left": (2.5, 0.3),
    "went_on": (3.5, 0.3),
    "answered": (4.0, 0.5),
    "abandoned": (1.5, 0.6),
    "nobody": (2.5, 0.4),
    "broken": (1.5, 0.6),
}
"""How a step ended → (score, confidence). `left`: hung up in self-service, perhaps content; `nobody`: led elsewhere
without having talked with anybody; `broken`: lost or failed."""

WORTH: Mapping[str, float] = {
    "wrong_keys": -0.5,  # each time the machine did not understand, or heard nothing
    "many_steps": -0.5,
    "waited": -0.5,  # beyond the queue's promise; each doubling after that once more
    "transferred": -0.5,  # each
    "held": -0.5,
    "came_back": -1.0,
    "resolved": 0.5,
    "unresolved": -1.0,
    "complaint": -1.5,
    "pleased": 0.5,
    "worried": -0.5,
    "upset": -1.0,
    "angry": -1.5,
}
MOST_OF = {"wrong_keys": 3, "waited": 3, "transferred": 2}
"""So often it counts at most."""
SURER = 0.2
"""For what people wrote down: a disposition, a mood."""
KEYS_AT_EASE = 6
HELD_LONG_S = 120.0
AGAIN_S = 7 * 86_400.0
"""Who comes within so long of a contact that was to help them comes back."""
_CAME_TO_SOMEBODY = ("answered", "abandoned")
_ENDS: Mapping[str, str] = {
    "answered": "answered",
    "abandoned": "abandoned",
    "flow_out": "nobody",
    "message": "nobody",
    "callback": "nobody",
    "lost": "broken",
    "failed": "broken",
}


def points(contacts: Iterable[Experienced], meanings: Mapping[str, str]) -> list[Point]:
    """Of one customer's contacts. `meanings`: disposition → `resolved`, `unresolved`, `complaint`."""
    found: list[Point] = []
    last: Experienced | None = None
    for contact in sorted(contacts, key=lambda it: (it.at, it.id)):
        again = last is not None and contact.direction == "in" and contact.at - last.ended_at <= AGAIN_S
        if (machine := self_service(contact)) is not None:
            found.append(machine)
        if (person := with_person(contact, meanings.get(contact.disposition, ""), again)) is not None:
            found.append(person)
        if contact.outcome in _CAME_TO_SOMEBODY:
            last = contact
    return found


def self_service(contact: Experienced) -> Point | None:
    """None: there was none of it, or nobody pressed anything and went on."""
    if contact.direction != "in" or not (
        contact.keys or contact.faults or contact.outcome in ("self_service", "left")
    ):
        return None
    end = {"self_service": "self_served", "left": "left"}.get(contact.outcome, "went_on")
    happened = {"wrong_keys": float(contact.faults), "many_steps": float(contact.keys > KEYS_AT_EASE)}
    return _point(contact, "self_service", contact.at, end, happened)


def with_person(contact: Experienced, meaning: str, again: bool) -> Point | None:
    """None: it never came to one, or they left too soon to judge, or we called in vain."""
    end = _ENDS.get(contact.outcome)
    if end is None or contact.short or (contact.direction == "out" and end != "answered"):
        return None
    complains = meaning == "complaint" or contact.demand == "complaint"
    happened = {
        "waited": _beyond(contact.wait_s, contact.promise_s),
        "transferred": float(contact.transfers),
        "held": float(contact.hold_s > HELD_LONG_S),
        "came_back": float(again),
        meaning: float(bool(meaning)),
        "complaint": float(complains),
        contact.mood: 1.0,
    }
    said = bool(meaning) or complains or contact.mood in WORTH
    return _point(contact, "complaint" if complains else "person", contact.ended_at, end, happened, said)


def _beyond(wait_s: float, promise_s: float) -> float:
    """How often the promise went into the wait: 1 beyond it, 2 beyond its double, 3 beyond four times it."""
    times, limit = 0, promise_s
    while promise_s > 0 and wait_s > limit and times < MOST_OF["waited"]:
        times, limit = times + 1, limit * 2
    return float(times)


def _point(
    contact: Experienced, situation: str, at: float, end: str, happened: Mapping[str, float], said: bool = False
) -> Point:
    score, confidence = BASE[end]
    reasons = [Reason(end)]
    for code, times in happened.items():
        if times and code in WORTH:
            score += WORTH[code] * min(times, MOST_OF.get(code, 1))
            told = {"waited": contact.wait_s, "held": contact.hold_s, "transferred": times, "wrong_keys": times}
            reasons.append(Reason(code, told.get(code)))
    if end == "abandoned":
        reasons[0] = Reason(end, contact.wait_s)
    return Point(
        at, f"contact:{contact.id}:{situation}", situation, min(max(score, LEAST), MOST),
        confidence + (SURER if said else 0.0), stated=False, origin="contact", reasons=tuple(reasons),
        contact=contact.id, line=contact.line,
    )  # fmt: skip
