"""The customers' own page: asking for a callback, leaving a message. Nobody signs in here; `limits.py` slows it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from ..errors import Invalid, NotAllowed, NotFound, QingtingError, TooMany
from ..observability import refused
from ..runtime.page_later import PageLater

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Number = Annotated[str, Field(min_length=3, max_length=40)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    entry: Key
    number: Number
    language: Literal["zh", "en"] = "zh"


class Callback(Body):
    at: Annotated[float, Field(ge=0, le=1e11)] | None = None
    """Not before; none: as soon as somebody is free."""
    note: Annotated[str, Field(max_length=300)] = ""


class Message(Body):
    text: Annotated[str, Field(min_length=1, max_length=1000)]


def routes(later: PageLater) -> APIRouter:
    router = APIRouter(prefix="/public", tags=["public"])

    @router.get("/entries/{key}/later")
    async def offer(key: str) -> dict[str, Any]:
        return (await later.offer(key))._asdict()

    @router.post("/callbacks", status_code=204)
    async def callback(body: Callback) -> None:
        await _counted(later.callback(body.entry, body.number, body.language, body.at, body.note))

    @router.post("/messages", status_code=204)
    async def message(body: Message) -> None:
        await _counted(later.message(body.entry, body.number, body.language, body.text))

    return router


async def _counted(asked: Awaitable[None]) -> None:
    try:
        await asked
    except (Invalid, NotAllowed, NotFound, TooMany) as refusal:
        refused.labels(refusal.code).inc()
        raise
    except QingtingError as refusal:
        if refusal.code != "callback.exists":  # whether somebody else asked already is nobody's business
            raise
