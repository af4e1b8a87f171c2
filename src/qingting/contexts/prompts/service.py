"""Prompts and their recordings: made, replaced, taken back.

The rows are the truth. The file that callers hear is written after the commit, one change at a time; where that fails
whoever asked is told, and the next start makes the files as the rows have them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Audit, Identity
from qingting.errors import Invalid, NotFound, Refused, TooMany
from qingting.records import Records
from qingting.speech.sound import BadSound, seconds, telephone
from qingting.speech.standard import STANDARD

from . import files, model
from .tables import prompt, recording

log = structlog.get_logger(__name__)


class Use(NamedTuple):
    """A flow that says it."""

    id: str
    name: str


class Asked(NamedTuple):
    """Which of them: `q` in id, name or text; `own`, `standard` or all.

    `after`: the last one seen (1 for one of the house, its id); `limit`: so many.
    """

    q: str = ""
    which: str = "all"
    after: tuple[int, str] | None = None
    limit: int = 50


UsedBy = Callable[[str], Awaitable[Mapping[str, Sequence[Use]]]]
"""By tenant: prompt → flows that say it, in draft or published."""

ABOUT = [column for column in recording.c if column.name not in ("tenant", "wav")]


class Prompts:
    def __init__(
        self, records: Records, folder: Path, audit: Audit, used: UsedBy, now: Callable[[], float] = time.time
    ) -> None:
        self.records = records
        self._folder, self._audit, self._used, self._now = folder, audit, used, now
        self._turn = asyncio.Lock()
        self._texts: dict[tuple[str, str], dict[str, str]] = {}

    async def start(self) -> None:
        """Files as the rows have them, texts as callers may hear them."""
        async with self.records.read() as connection:
            for row in await connection.execute(sa.select(prompt.c.tenant, prompt.c.id, prompt.c.texts)):
                self._texts[row.tenant, row.id] = dict(row.texts)
            keys = [recording.c.tenant, recording.c.prompt, recording.c.language, recording.c.number]
            current = (await connection.execute(sa.select(*keys).where(recording.c.current))).all()
            for row in current:  # one at a time: a large house has hundreds of megabytes
                wav = await connection.scalar(sa.select(recording.c.wav).where(*_is(row)))
                file = files.path(self._folder, row.tenant, row.prompt, row.language)
                if wav is not None and not await asyncio.to_thread(files.same, file, bytes(wav)):
                    await self._put(file, bytes(wav))

    def text(self, tenant: str, id: str, language: str) -> str:
        """What stands beside a recording, for a language in which there is none; empty without."""
        return self._texts.get((tenant, id), {}).get(language, "")

    # --- what is there -------------------------------------------------------------------------------------------

    async def listed(self, who: Identity, asked: Asked) -> tuple[list[dict[str, Any]], int]:
        """Own ones by id, then those of the house: those after `asked.after`, and how many fit in all."""
        used = await self._used(who.tenant)
        async with self.records.read() as connection:
            rows = {row.id: row for row in await connection.execute(_of(prompt, who.tenant))}
            every = [_told(id, row) for id, row in rows.items()]
            every += [_told(id, None) for id in STANDARD if id not in rows]
            fit = [it for it in every if model.fits(it, asked.q, asked.which)]
            fit.sort(key=lambda it: _place(it["standard"], it["id"]))
            after = _place(*asked.after) if asked.after else (-1, 0, "")
            found = [it for it in fit if _place(it["standard"], it["id"]) > after][: asked.limit]
            current: dict[str, list[Any]] = {}
            r = recording.c
            here = (r.tenant == who.tenant, r.current, r.prompt.in_([it["id"] for it in found]))
            for row in await connection.execute(sa.select(*ABOUT).where(*here).order_by(r.language)):
                current.setdefault(row.prompt, []).append(row)
        for it in found:
            it["recordings"] = [_about(row) for row in current.get(it["id"], [])]
            it["flows"] = [use._asdict() for use in used.get(it["id"], ())]
        return found, len(fit)

    async def one(self, who: Identity, id: str) -> dict[str, Any]:
        """With all versions, the newest first."""
        used = await self._used(who.tenant)
        async with self.records.read() as connection:
            row = await self._known(connection, who, id)
            every = sa.select(*ABOUT).where(recording.c.tenant == who.tenant, recording.c.prompt == id)
            newest = every.order_by(recording.c.language, recording.c.number.desc())
            recordings = [_about(each) for each in await connection.execute(newest)]
        return {**_told(id, row), "recordings": recordings, "flows": [use._asdict() for use in used.get(id, ())]}

    async def wav(self, who: Identity, id: str, language: str, number: int) -> bytes:
        async with self.records.read() as connection:
            await self._known(connection, who, id)
            r = recording.c
            here = (r.tenant == who.tenant, r.prompt == id, r.language == language, r.number == number)
            wav = await connection.scalar(sa.select(r.wav).where(*here))
        if wav is None:
            raise NotFound("prompt.no_recording", "there is no such recording")
        return bytes(wav)

    # --- what people do ------------------------------------------------------------------------------------------

    async def create(self, who: Identity, id: str, name: str, texts: dict[str, str]) -> None:
        """Raises `Invalid("request.invalid")`, `Refused("prompt.exists")`, `TooMany("prompt.too_many")`."""
        if not model.ID.fullmatch(id):
            raise Invalid("request.invalid", fields={"id": "prompt.bad_id"})
        texts = model.checked_texts(texts)
        async with self._turn, self.records.write() as connection:
            mine = prompt.c.tenant == who.tenant
            if id in STANDARD or await connection.scalar(sa.select(prompt.c.id).where(mine, prompt.c.id == id)):
                raise Refused("prompt.exists", "there is a prompt of this id")
            if (await connection.scalar(sa.select(sa.func.count()).where(mine)) or 0) >= model.PROMPTS_MOST:
                raise TooMany("prompt.too_many", f"at most {model.PROMPTS_MOST}", most=model.PROMPTS_MOST)
            values = {"tenant": who.tenant, "id": id, "name": name, "texts": texts, "version": 1}
            await connection.execute(prompt.insert().values(**values, user_id=who.user, changed_at=self._now()))
            await self._audit(connection, who, "prompt.create", id, {})
        self._texts[who.tenant, id] = texts

    async def change(self, who: Identity, id: str, version: int, name: str, texts: dict[str, str]) -> None:
        """Raises as `create`, `NotFound("prompt.unknown")`, `Refused("prompt.standard" | "prompt.changed")`."""
        texts = model.checked_texts(texts)
        async with self._turn, self.records.write() as connection:
            row = await self._own(connection, who, id)
            if row.version != version:
                raise Refused("prompt.changed", "somebody else has changed it meanwhile", version=row.version)
            values = {"name": name, "texts": texts, "version": version + 1, "changed_at": self._now()}
            mine = (prompt.c.tenant == who.tenant, prompt.c.id == id)
            await connection.execute(prompt.update().where(*mine).values(**values, user_id=who.user))
            await self._audit(connection, who, "prompt.change", id, {})
        self._texts[who.tenant, id] = texts

    async def remove(self, who: Identity, id: str) -> None:
        """With its recordings. Raises as `change`, `Refused("prompt.in_use", flows=[…])`."""
        used = (await self._used(who.tenant)).get(id, ())
        async with self._turn, self.records.write() as connection:
            await self._own(connection, who, id)
            if used:
                flows = [use._asdict() for use in used]
                raise Refused("prompt.in_use", "flows say this prompt", flows=flows)
            r = recording.c
            mine = (r.tenant == who.tenant, r.prompt == id)
            languages = (await connection.execute(sa.select(r.language).distinct().where(*mine))).scalars().all()
            await connection.execute(recording.delete().where(*mine))
            await connection.execute(prompt.delete().where(prompt.c.tenant == who.tenant, prompt.c.id == id))
            await self._audit(connection, who, "prompt.remove", id, {})
        self._texts.pop((who.tenant, id), None)
        for language in languages:
            await self._put(files.path(self._folder, who.tenant, id, language), None)

    async def record(self, who: Identity, id: str, language: str, source: str, data: bytes) -> dict[str, Any]:
        """A new version, in use from now on.

        Raises `NotFound("prompt.unknown")`, `Invalid("prompt.bad_language" | "sound.…")`.
        """
        async with self.records.read() as connection:
            await self._known(connection, who, id)
        if not model.LANGUAGE.fullmatch(language):
            raise Invalid("prompt.bad_language", "a language is written as zh, en or pt-BR")
        if not data:
            raise Invalid("sound.empty", "there is no sound in it")
        try:
            wav = await telephone(data, longest_s=model.LONGEST_S)
        except BadSound as bad:
            raise Invalid(bad.code, "this sound cannot be taken", longest_s=model.LONGEST_S) from bad
        r = recording.c
        mine = (r.tenant == who.tenant, r.prompt == id, r.language == language)
        async with self._turn:
            async with self.records.write() as connection:
                await self._known(connection, who, id)
                numbers = sa.select(r.number).where(*mine).order_by(r.number)
                have = list((await connection.execute(numbers)).scalars())
                number = have[-1] + 1 if have else 1
                await connection.execute(recording.update().where(*mine).values(current=False))
                if len(have) >= model.VERSIONS_MOST:
                    old = have[: len(have) - model.VERSIONS_MOST + 1]
                    await connection.execute(recording.delete().where(*mine, r.number.in_(old)))
                about = {"number": number, "current": True, "source": source, "seconds": round(seconds(wav), 2)}
                about |= {"user_id": who.user, "by": who.name, "at": self._now()}
                key = {"tenant": who.tenant, "prompt": id, "language": language}
                await connection.execute(recording.insert().values(**key, **about, wav=wav))
                await self._audit(connection, who, "prompt.record", id, {"language": language, "number": number})
            await self._put(files.path(self._folder, who.tenant, id, language), wav)
        return {"language": language, "number": number, "seconds": about["seconds"]}

    async def choose(self, who: Identity, id: str, language: str, number: int) -> None:
        """An earlier version is heard again; 0: none, the engine speaks. Raises `NotFound`."""
        r = recording.c
        mine = (r.tenant == who.tenant, r.prompt == id, r.language == language)
        async with self._turn:
            async with self.records.write() as connection:
                await self._known(connection, who, id)
                wav = await connection.scalar(sa.select(r.wav).where(*mine, r.number == number)) if number else None
                if number and wav is None:
                    raise NotFound("prompt.no_recording", "there is no such recording")
                await connection.execute(recording.update().where(*mine).values(current=r.number == number))
                await self._audit(connection, who, "prompt.choose", id, {"language": language, "number": number})
            file = files.path(self._folder, who.tenant, id, language)
            await self._put(file, bytes(wav) if wav is not None else None)

    async def _put(self, file: Path, wav: bytes | None) -> None:
        try:
            await asyncio.to_thread(files.put, file, wav)
        except OSError as error:  # the next start tries again; the page tells that it is not heard yet
            log.error("prompt.not_written", file=file.name, why=error.strerror)
            raise Refused("prompt.not_written", "the recording is kept, but its file cannot be written") from error

    async def _known(self, connection: AsyncConnection, who: Identity, id: str) -> Any:
        """Its row; None for one of the house."""
        row = (await connection.execute(_of(prompt, who.tenant).where(prompt.c.id == id))).first()
        if row is None and id not in STANDARD:
            raise NotFound("prompt.unknown", "there is no such prompt")
        return row

    async def _own(self, connection: AsyncConnection, who: Identity, id: str) -> Any:
        if id in STANDARD:
            raise Refused("prompt.standard", "a prompt of the house stays; its recordings may be replaced")
        return await self._known(connection, who, id)


def _of(table: sa.Table, tenant: str) -> sa.Select[Any]:
    return sa.select(table).where(table.c.tenant == tenant)


def _is(row: Any) -> list[sa.ColumnElement[bool]]:
    return [recording.c[name] == getattr(row, name) for name in ("tenant", "prompt", "language", "number")]


def _told(id: str, row: Any) -> dict[str, Any]:
    if row is None:
        return {"id": id, "name": "", "texts": STANDARD[id], "version": 0, "standard": True}
    return {"id": id, "name": row.name, "texts": row.texts, "version": row.version, "standard": False}


HOUSE = {id: n for n, id in enumerate(STANDARD)}
"""Theirs stand by what they are about, not by the alphabet."""


def _place(standard: int, id: str) -> tuple[int, int, str]:
    return int(standard), HOUSE.get(id, 0), id


def _about(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("language", "number", "current", "source", "seconds", "by", "at")}
