"""A service is tried by whoever sets it up: what it says to a lookup, and what a flow could keep of that."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from ..access import Identity, require
from ..contexts.configuration import api as configuration
from ..errors import Invalid, NotFound
from ..flow import moves, values
from ..records import new_id
from ..runtime.selfservice.outcomes import places
from ..runtime.selfservice.requests import Requests

Editor = Annotated[Identity, Depends(require("configuration.edit"))]
Name = Annotated[str, Field(pattern=r"^[^\W\d]\w{0,39}$")]
Place = Annotated[str, Field(pattern=r"^[\w-]{1,40}(\.[\w-]{1,40}){0,7}$")]
Told = Annotated[str, Field(max_length=500)] | Annotated[float, Field(allow_inf_nan=False)] | bool | None
TIMEOUT_S = 20.0
PLACES_MOST = 100
_STRANGE = re.compile(r"[\s{}\\#]|//|\.\.")


class Try(BaseModel):
    model_config = ConfigDict(extra="forbid", regex_engine="python-re")
    method: Literal["get", "post"] = "get"
    path: Annotated[str, Field(max_length=300, pattern="^/")]
    with_: Annotated[dict[Name, Told], Field(alias="with", max_length=30)] = {}
    keep: Annotated[dict[Name, Place], Field(max_length=30)] = {}


def routes(
    configured: configuration.Configuration,
    requests: Requests,
    audit: Callable[[Identity, str, str, dict[str, Any]], Awaitable[None]],
) -> APIRouter:
    router = APIRouter(tags=["configuration"])

    @router.post("/services/{id}/try")
    async def try_out(id: str, asked: Try, who: Editor) -> dict[str, Any]:
        """As a `lookup` asks. What is told and what it answers is of people: neither is kept."""
        if id not in configured.of(who.tenant).services:
            raise NotFound("service.unknown", id=id)
        if _STRANGE.search(asked.path):
            raise Invalid("request.invalid", fields={"path": "service.bad_path"})
        await audit(who, "service.try", id, {"method": asked.method})
        request = moves.Request(
            do=False, service=id, method=asked.method, path=((asked.path, False),),
            sends=tuple((name, _value(told)) for name, told in asked.with_.items()), secrets=(),
            keeps=tuple(asked.keep.items()), timeout_s=TIMEOUT_S, retries=0, number=0, prompts=(), language="",
        )  # fmt: skip
        answered = await requests.ask(who.tenant, new_id("try-"), request)
        return {
            "outcome": answered.outcome,
            "status": answered.status,
            "trouble": answered.trouble,
            "took_s": round(answered.took_s, 3),
            "kept": {name: values.written(value) for name, value in answered.values.items()},
            "places": places(answered.body, PLACES_MOST),
        }

    return router


def _value(told: str | float | bool | None) -> values.Value:
    return Decimal(str(told)) if isinstance(told, int | float) and not isinstance(told, bool) else told
