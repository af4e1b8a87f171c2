"""How people would behave where the recording does not tell: drawn from how the others did, always the same.

Patience: a caller who was answered, or left otherwise, never told how long they would have waited. They are taken as
going on from there with the constant hazard of their queue, whose mean is `time waited by all / callers who gave up`
(the maximum-likelihood estimate of an exponential patience under censoring, as in Erlang A; Mandelbaum and Zeltyn
2007). Draws are by visit, so that two policies meet the same people.
"""

from __future__ import annotations

import math
from collections import defaultdict
from random import Random
from typing import NamedTuple

from ...core.commands import AgentLeaves, Transfer
from ...errors import Invalid
from ..simulate.people import PICKS_UP_ITSELF_S
from .recorded import Met, Recorded, Stay

BACK_AFTER_S = 60.0
"""An agent who was set aside says available again after so long, where the recording has no example."""


class Handling(NamedTuple):
    talk_s: float
    wrap_up_s: float
    cause: str
    """Who ends the talk."""
    extends: bool
    """They ask for more wrap-up."""


class Behaviour:
    def __init__(self, recorded: Recorded) -> None:
        """Raises `Invalid("whatif.nobody_talked")`."""
        self._stays = recorded.stays
        self.hazard: dict[str, tuple[float, int]] = {}
        """By queue: seconds waited by all, and how many gave up."""
        self._handled: dict[str, list[Stay]] = defaultdict(list)
        self._accepted: dict[str, list[Met]] = defaultdict(list)
        self._offers: dict[str, list[Met]] = defaultdict(list)
        for stay in recorded.stays.values():
            if stay.waited_s is not None:
                waited_s, gave_up = self.hazard.get(stay.queue, (0.0, 0))
                self.hazard[stay.queue] = waited_s + stay.waited_s, gave_up + stay.gave_up
            if stay.talk_s is not None:
                for queue in {stay.queue, ""}:
                    self._handled[queue].append(stay)
        met = [one for stay in recorded.stays.values() if stay.queue for one in stay.offers if one is not None]
        met = [one for one in met if one.how != "open"]
        # How a phone that answers by itself does it says nothing of its agent; unless there is nothing else.
        for one in [one for one in met if not one.auto] or met:
            self._offers[one.agent].append(one)
            if one.how == "accepted":
                self._accepted[one.agent].append(one)
                self._accepted[""].append(one)
        if not self._handled or not self._accepted:
            raise Invalid("whatif.nobody_talked", "nobody was answered in this stretch: there is nothing to go by")

    def began(self, visit: str, queue: str, at: float) -> None:
        """One that was not recorded: an overflow, a callback at another time. It is met like others of its queue."""
        self._stays.setdefault(visit, Stay(queue, at))

    def moves(self, visit: str) -> Transfer | AgentLeaves | None:
        """How its agent hands it on, or is lost, when that is how it ends."""
        return self._stays[visit].moved

    def patience(self, visit: str) -> float:
        """Seconds from entering the queue; `inf`: as long as it takes."""
        stay = self._stays[visit]
        if stay.gave_up and stay.waited_s is not None:
            return stay.waited_s
        waited_s, gave_up = self.hazard.get(stay.queue, (0.0, 0))
        if not gave_up:
            return math.inf
        return (stay.waited_s or 0.0) + Random(f"{visit}/patience").expovariate(gave_up / waited_s)

    def handling(self, visit: str) -> Handling:
        stay = self._stays[visit]
        if stay.talk_s is None:
            known = self._handled.get(stay.queue) or self._handled[""]
            longer = [one for one in known if one.talk_s is not None and one.talk_s > stay.least_s]
            if not longer:
                return Handling(math.inf, 0.0, stay.cause, False)
            stay = Random(f"{visit}/handling").choice(longer)
        assert stay.talk_s is not None
        return Handling(stay.talk_s, stay.wrap_up_s or 0.0, stay.cause, stay.extended)

    def meets(self, visit: str, n: int, agent: str, auto: bool) -> Met:
        """How this agent, or their phone by itself, meets the visit's n-th offer (from 1)."""
        stay = self._stays[visit]
        offers = stay.offers
        told = offers[n - 1] if n <= len(offers) else None
        if told is not None and (told.agent, told.auto) != (agent, auto):
            told = None
        if told is not None and (told.how in ("missed", "declined") or told.joined != "open" or not stay.queue):
            return told
        random = Random(f"{visit}/{n}/{agent}")
        if auto:
            joined_s = random.choice(self._accepted.get(agent) or self._accepted[""]).joined_s
            after_s = max(PICKS_UP_ITSELF_S, told.after_s if told is not None else 0.0)
            return Met(agent, 0.0, True, "accepted", after_s, joined="connected", joined_s=joined_s)
        met = random.choice(self._offers.get(agent) or self._accepted[""])
        if told is None and met.how != "accepted":
            return met
        known = self._accepted.get(agent) or self._accepted[""]
        if told is None:
            drawn = random.choice(known)
            return Met(agent, 0.0, False, "accepted", drawn.after_s, joined="connected", joined_s=drawn.joined_s)
        # Something came between: not before then, at any rate.
        drawn = random.choice([one for one in known if one.after_s > told.after_s] or known)
        after_s = told.after_s if told.how == "accepted" else max(drawn.after_s, told.after_s)
        return Met(agent, 0.0, False, "accepted", after_s, joined="connected", joined_s=drawn.joined_s)
