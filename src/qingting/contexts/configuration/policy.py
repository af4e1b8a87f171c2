"""A queue's policy: offers that are not taken, agents who are lost or on breaks, contacts that it cannot serve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from qingting.core.policy import MEASURED

from .fields import Body, Id, Part, Ref, Seconds, bad

Target = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,80}$", validate_default=True)]


class Overflow(Part):
    """When a queue does not take a contact, or no longer, and where it goes then."""

    when: Literal["closed", "out_of_hours", "no_agents", "size", "longest_wait", "estimated_wait", "waited"]
    limit: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False, validate_default=True)] = 0.0
    """Visits that wait, or seconds; of those that are not measured none."""
    to: Literal["queue", "site", "callback", "voicemail", "message"] = "queue"
    target: Target = ""
    """A queue; of a `site` the queue that stands for it; of others what the flow makes of it, perhaps nothing."""

    @field_validator("limit")
    @classmethod
    def _measured(cls, limit: float, info: ValidationInfo) -> float:
        most = MEASURED.get(info.data.get("when", ""))
        if most is None:
            return 0.0
        if limit == 0:
            raise bad("overflow.limit_needed", "of how many, or how long?")
        if limit > most:
            raise bad("overflow.too_long", "a day at most")
        return limit

    @field_validator("target")
    @classmethod
    def _to_somewhere(cls, target: str, info: ValidationInfo) -> str:
        if not target and info.data.get("to") in ("queue", "site"):
            raise bad("overflow.target_needed", "to which queue?")
        return target

    @property
    def leads_on(self) -> bool:
        """To another queue."""
        return self.to in ("queue", "site")

    def refers(self) -> Iterator[tuple[str, str, str]]:
        if self.leads_on:
            yield "target", "queues", self.target


class Breaks(Part):
    """So many may be on breaks of these reasons at once; no reasons: there is no limit."""

    reasons: Annotated[list[Id], Ref("reasons"), Field(max_length=50)] = []
    most: Annotated[int, Field(ge=0, le=10_000)] = 1


class Policy(Body):
    """What the core knows as well, under the same name, is told in `core.policy`."""

    at_once: Annotated[int, Field(ge=1, le=10)] = 1
    auto_answer: bool = False
    misses: Annotated[int, Field(ge=0, le=100)] = 1
    penalty_s: Seconds = 0.0
    requeue_lost: bool = False
    grace_s: Seconds = 30.0
    extend_wrap_up_s: Seconds = 0.0
    overflow: Annotated[list[Overflow], Field(max_length=16)] = []
    callback_first: Literal["agent", "customer"] = "agent"
    """Who is called first when somebody is called back, where they do not say."""
    callback_attempts: Annotated[int, Field(ge=1, le=10)] = 3
    callback_retry_s: Seconds = 300.0
    """From an attempt in vain to the next."""
    callback_expires_s: Annotated[float, Field(ge=60, le=2_678_400, allow_inf_nan=False)] = 86_400.0
    """From the request, or from the time that was chosen."""
    breaks: Breaks = Breaks()
    """Of the queue's agents."""


def leads_to(policy: Policy) -> list[str]:
    return sorted({rule.target for rule in policy.overflow if rule.leads_on})
