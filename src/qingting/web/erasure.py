"""Erasing what is known of a person, on their request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from .. import numbers
from ..access import Identity, require
from ..errors import Invalid

Eraser = Annotated[Identity, Depends(require("customers.erase"))]
Number = Annotated[str, Field(max_length=40)]


class Person(BaseModel):
    """A customer, numbers, or both."""

    model_config = ConfigDict(extra="forbid")
    customer: Annotated[str, Field(max_length=64)] = ""
    numbers: Annotated[list[Number], Field(max_length=20)] = []
    recordings: bool = False
    """Remove what was recorded of them as well."""


def routes(erase: Callable[[Identity, str, Sequence[str], bool], Awaitable[dict[str, int]]]) -> APIRouter:
    router = APIRouter(tags=["customers"])

    @router.post("/erasures")
    async def forget(person: Person, who: Eraser) -> dict[str, int]:
        found = [numbers.to_e164(number) for number in person.numbers]
        bad = {f"numbers.{n}": "number.bad" for n, number in enumerate(found) if number is None}
        if bad or not (found or person.customer):
            raise Invalid("request.invalid", fields=bad or {"numbers": "number.bad"})
        return await erase(who, person.customer, [number for number in found if number], person.recordings)

    return router
