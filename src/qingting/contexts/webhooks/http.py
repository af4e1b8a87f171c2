"""Webhooks over HTTP: who is told, what was told, and telling it again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from qingting.access import Identity, require
from qingting.paging import Cursor, Limit, cursor, page, position

from .service import Webhooks

Manager = Annotated[Identity, Depends(require("webhooks.manage"))]
Kind = Literal["customer.created", "customer.changed", "customer.merged", "customer.erased", "contact.ended"]


Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
Url = Annotated[str, Field(min_length=1, max_length=500)]
Kinds = Annotated[list[Kind], Field(min_length=1, max_length=5)]


class NewWebhook(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Name
    url: Url
    kinds: Kinds


class ChangedWebhook(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid")
    name: Name | None = None
    url: Url | None = None
    kinds: Kinds | None = None
    enabled: bool | None = None


def routes(webhooks: Webhooks) -> APIRouter:
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])

    @router.get("")
    async def every(who: Manager) -> dict[str, Any]:
        hooks = await webhooks.all(who)
        return page([_told(hook) | {"states": hook["states"]} for hook in hooks], None, len(hooks))

    @router.post("", status_code=201)
    async def create(new: NewWebhook, who: Manager) -> dict[str, Any]:
        made, secret = await webhooks.create(who, new.name, new.url, new.kinds)
        return _told(made._mapping) | {"secret": secret}

    @router.put("/{id}")
    async def change(id: str, new: ChangedWebhook, who: Manager) -> dict[str, Any]:
        return _told((await webhooks.change(who, id, new.model_dump(exclude_none=True)))._mapping)

    @router.delete("/{id}", status_code=204)
    async def remove(id: str, who: Manager) -> None:
        await webhooks.remove(who, id)

    @router.post("/{id}/secret")
    async def new_secret(id: str, who: Manager) -> dict[str, Any]:
        return {"secret": await webhooks.new_secret(who, id)}

    @router.get("/{id}/messages")
    async def messages(
        id: str,
        who: Manager,
        state: Literal["", "waiting", "sent", "dead"] = "",
        limit: Limit = 50,
        after: Cursor = "",
    ) -> dict[str, Any]:
        before = position(after, str)[0] if after else ""
        rows, more = await webhooks.deliveries(who, id, state, before, limit)
        names = ("id", "kind", "at", "data", "state", "tries", "due", "attempts")
        return page([{name: getattr(row, name) for name in names} for row in rows], cursor(more) if more else None)

    @router.post("/{id}/messages/{message}/send", status_code=204)
    async def send_again(id: str, message: str, who: Manager) -> None:
        await webhooks.send_again(who, id, message)

    return router


def _told(hook: Any) -> dict[str, Any]:
    return {name: hook[name] for name in ("id", "name", "url", "kinds", "enabled", "created_at", "dropped")}
