"""Listening to recordings: by permission, within one's lines, each access in the audit log before the first byte."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any, Literal

import numpy as np
import sqlalchemy as sa
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse

from ...access import Audit, Identity, identity, require
from ...errors import NotAllowed, Refused
from . import queries, store, wav
from .ranges import Unsatisfiable, wanted
from .service import Recordings

Channel = Literal["both", "customer", "agent"]
PIECE = 256 * 1024
ONE_LISTENING_S = 300.0
"""A player asks for many ranges: within so long they are one access."""


def router(recordings: Recordings, audit: Audit) -> APIRouter:
    """Full paths: to stand among the app's root routers; `audit` is `people.api.record_audit`."""
    routes = APIRouter(prefix="/api/v1/recordings", tags=["recordings"])
    accesses = Accesses(recordings, audit)

    @routes.get("/{recording}")
    async def describe(recording: str, who: Annotated[Identity, Depends(require("contacts.view"))]) -> dict[str, Any]:
        async with recordings.records.read() as connection:
            return await queries.described(connection, await queries.get(connection, who, recording))

    @routes.get("/{recording}/waveform")
    async def waveform(recording: str, who: Annotated[Identity, Depends(identity)]) -> dict[str, Any]:
        row = await _ready(recordings, who, recording)
        await accesses.note(who, "recording.waveform_viewed", row.id, {"contact": row.contact})
        customer, agent = np.frombuffer(row.peaks, dtype=np.uint8).reshape(2, -1) / 255
        peaks = {"customer": np.round(customer, 3).tolist(), "agent": np.round(agent, 3).tolist()}
        return {"seconds": queries.seconds(row), "channels": peaks}

    @routes.get("/{recording}/audio", response_class=Response)
    async def audio(
        recording: str,
        who: Annotated[Identity, Depends(identity)],
        channel: Annotated[Channel, Query()] = "both",
        download: Annotated[bool, Query()] = False,
        range: Annotated[str, Header(max_length=200)] = "",
        if_range: Annotated[str, Header(max_length=200)] = "",
    ) -> Response:
        row = await _ready(recordings, who, recording, download=download)
        sound = Sound(recordings, row, channel)
        await asyncio.to_thread(sound.check)
        action = "recording.downloaded" if download else "recording.played"
        await accesses.note(who, action, row.id, {"contact": row.contact, "channel": channel})
        etag = f'"{row.id}-{channel}-{row.frames}"'
        headers = {
            "Accept-Ranges": "bytes",
            "Cache-Control": "private, no-store",
            "ETag": etag,
            "X-Content-Type-Options": "nosniff",
        }
        if download:
            name = row.id if channel == "both" else f"{row.id}.{channel}"
            headers["Content-Disposition"] = f'attachment; filename="{name}.wav"'
        try:
            part = wanted(range, sound.size) if if_range in ("", etag) else None
        except Unsatisfiable:
            return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{sound.size}"})
        first, last = part or (0, sound.size - 1)
        headers["Content-Length"] = str(last - first + 1)
        if part is not None:
            headers["Content-Range"] = f"bytes {first}-{last}/{sound.size}"
        status = 200 if part is None else 206
        return StreamingResponse(sound.stream(first, last + 1), status, headers, media_type="audio/wav")

    return routes


async def _ready(recordings: Recordings, who: Identity, recording: str, *, download: bool = False) -> sa.Row[Any]:
    """Of what the asker may hear; `voicemail.play` is leave for messages, not for conversations."""
    needed = "recordings.download" if download else "recordings.play"
    messages_only = not who.may(needed)
    if messages_only and (download or not who.may("voicemail.play")):
        raise NotAllowed("permission.missing", f"needs {needed}", permission=needed)
    async with recordings.records.read() as connection:
        row = await queries.get(connection, who, recording)
    if messages_only and row.assignment:
        raise NotAllowed("permission.missing", f"needs {needed}", permission=needed)
    if row.state == "failed":
        raise Refused(row.error, "this recording has failed")
    if row.state != "ready":
        raise Refused("recording.pending", "the call is not over, or its recording is still being taken in")
    return row


class Accesses:
    """Writes the audit log, once for all ranges of one listening."""

    def __init__(self, recordings: Recordings, audit: Audit) -> None:
        self._records = recordings.records
        self._audit = audit
        self._noted: OrderedDict[tuple[str, ...], float] = OrderedDict()

    async def note(self, who: Identity, action: str, target: str, detail: dict[str, Any]) -> None:
        key = (who.tenant, who.user, who.via, who.address, action, target, str(detail))
        now = time.monotonic()
        if self._noted.get(key, -ONE_LISTENING_S) > now - ONE_LISTENING_S:
            return
        async with self._records.write() as connection:
            await self._audit(connection, who, action, target, detail)
        self._noted[key] = now
        self._noted.move_to_end(key)
        while len(self._noted) > 10_000:
            self._noted.popitem(last=False)


class Sound:
    """A WAV file that is nowhere: header and samples of one or both channels, by byte."""

    def __init__(self, recordings: Recordings, row: sa.Row[Any], channel: Channel) -> None:
        self._open = partial(recordings.reader, row)
        self._plain = row.frames * 4
        self._which = {"both": None, "customer": 0, "agent": 1}[channel]
        channels = 2 if self._which is None else 1
        self._header = wav.header(row.frames, row.rate, channels)
        self.size = len(self._header) + row.frames * channels * 2

    def check(self) -> None:
        """Blocking. Is it whole? Asked before an answer has begun: raises what opening raises."""
        with self._open() as reader:
            if reader.size != self._plain:
                raise Refused("recording.damaged", "the stored file is not as long as it was")

    async def stream(self, start: int, end: int) -> AsyncIterator[bytes]:
        with self._open() as reader:
            while start < end:
                until = min(end, (start // PIECE + 1) * PIECE)
                yield await asyncio.to_thread(self._read, reader, start, until)
                start = until

    def _read(self, reader: store.Reader, start: int, end: int) -> bytes:
        head = self._header[start:end]
        start, end = max(0, start - len(self._header)), max(0, end - len(self._header))
        if self._which is None:
            return head + reader.read(start, end - start)
        first, last = start // 2, -(-end // 2)
        both = np.frombuffer(reader.read(first * 4, (last - first) * 4), dtype="<i2").reshape(-1, 2)
        return head + both[:, self._which].tobytes()[start - first * 2 : end - first * 2]
