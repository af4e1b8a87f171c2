"""Recorded prompts over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from qingting.access import Identity, require
from qingting.errors import Invalid, NotFound, Unavailable
from qingting.paging import Cursor, Limit, page, position
from qingting.paging import cursor as mark
from qingting.speech.port import SpeechFailed, Unspeakable

from .model import LANGUAGES_MOST, TEXT_MOST
from .service import Asked, Prompts

Viewer = Annotated[Identity, Depends(require("configuration.view"))]
Editor = Annotated[Identity, Depends(require("configuration.edit"))]
Name = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
Speak = Callable[[str, str], Awaitable[bytes]]
"""(text, language) → WAV as callers hear it. Raises `SpeechFailed`."""


class ChangedPrompt(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: Annotated[int, Field(ge=1, le=1 << 31)]
    name: Name = ""
    texts: Annotated[dict[str, str], Field(max_length=LANGUAGES_MOST)] = {}


class NewPrompt(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: Annotated[str, Field(min_length=1, max_length=64)]
    name: Name = ""
    texts: Annotated[dict[str, str], Field(max_length=LANGUAGES_MOST)] = {}


class Chosen(BaseModel):
    """0: none."""

    model_config = ConfigDict(extra="forbid")
    number: Annotated[int, Field(ge=0, le=1 << 31)] = 0


class Spoken(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1, max_length=TEXT_MOST)]
    language: Annotated[str, Field(min_length=2, max_length=20)]


def routes(prompts: Prompts, speak: Speak) -> APIRouter:
    router = APIRouter(prefix="/prompts", tags=["prompts"])

    @router.get("")
    async def listed(
        who: Viewer,
        q: Annotated[str, Query(max_length=120)] = "",
        which: Annotated[Literal["all", "own", "standard"], Query()] = "all",
        limit: Limit = 50,
        cursor: Cursor = "",
    ) -> dict[str, Any]:
        after = position(cursor, int, str) if cursor else None
        items, total = await prompts.listed(who, Asked(q, which, after, limit + 1))
        shown = items[:limit]
        more = mark(int(shown[-1]["standard"]), shown[-1]["id"]) if len(items) > limit else None
        return page(shown, more, total)

    @router.post("", status_code=201)
    async def create(new: NewPrompt, who: Editor) -> dict[str, Any]:
        await prompts.create(who, new.id, new.name, new.texts)
        return await prompts.one(who, new.id)

    @router.post("/spoken", response_class=Response)
    async def spoken(asked: Spoken, who: Editor) -> Response:
        try:
            return _sound(await speak(asked.text, asked.language))
        except Unspeakable as error:
            raise Invalid("speech.unspeakable", f"no engine can say it: {error}") from error
        except SpeechFailed as error:
            raise Unavailable("speech.failed", f"no engine can say it now: {error}") from error

    @router.get("/{id}")
    async def one(id: str, who: Viewer) -> dict[str, Any]:
        return await prompts.one(who, id)

    @router.put("/{id}")
    async def change(id: str, changed: ChangedPrompt, who: Editor) -> dict[str, Any]:
        await prompts.change(who, id, changed.version, changed.name, changed.texts)
        return await prompts.one(who, id)

    @router.delete("/{id}", status_code=204)
    async def remove(id: str, who: Editor) -> None:
        await prompts.remove(who, id)

    @router.put("/{id}/recordings/{language}")
    async def record(
        id: str,
        language: str,
        request: Request,
        who: Editor,
        source: Annotated[Literal["recorded", "uploaded"], Query()] = "uploaded",
    ) -> dict[str, Any]:
        """The body is the sound itself: WAV, or what the machine can convert; at most 2 MiB,
        as any body: two minutes of 8 kHz."""
        await prompts.one(who, id)  # before its bytes are taken
        return await prompts.record(who, id, language, source, await request.body())

    @router.post("/{id}/recordings/{language}/current", status_code=204)
    async def choose(id: str, language: str, chosen: Chosen, who: Editor) -> None:
        await prompts.choose(who, id, language, chosen.number)

    @router.get("/{id}/recordings/{language}/{number}", response_class=Response)
    async def audio(id: str, language: str, number: str, who: Viewer) -> Response:
        if not (number.isascii() and number.isdigit() and len(number) < 9):
            raise NotFound("prompt.no_recording", "there is no such recording")
        return _sound(await prompts.wav(who, id, language, int(number)))

    return router


def _sound(wav: bytes) -> Response:
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return Response(wav, media_type="audio/wav", headers=headers)
