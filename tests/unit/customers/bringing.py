"""Somebody who brings files in over HTTP, and waits for what becomes of them."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx

from qingting.contexts.customers.importing.api import Imports

from ...patience import PATIENCE_S

LOOK_S = 0.1
BUSY = ("looking", "checking", "running")


@asynccontextmanager
async def at_work(imports: Imports) -> AsyncIterator[None]:
    """Imports are worked at, from here to the end of the block."""
    task = asyncio.create_task(imports.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Bringer:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def upload(self, content: bytes, name: str = "customers.csv", language: str = "en") -> dict[str, Any]:
        """As it stands once it was looked at."""
        new = {"name": name, "size": len(content), "language": language}
        made = await self.client.post("/customer-imports", json=new)
        assert made.status_code == 201, made.text
        id, piece = made.json()["id"], made.json()["piece"]
        for offset in range(0, len(content), piece):
            part = content[offset : offset + piece]
            answer = await self.client.put(f"/customer-imports/{id}/content", params={"offset": offset}, content=part)
            assert answer.status_code == 200, answer.text
        return await self.settled(id)

    async def settled(self, id: str) -> dict[str, Any]:
        return await self.becomes(id, lambda told: told["state"] not in BUSY)

    async def becomes(self, id: str, so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for _ in range(int(PATIENCE_S / LOOK_S)):
            if so(told := await self.one(id)):
                return told
            await asyncio.sleep(LOOK_S)
        raise AssertionError(f"still {told}")

    async def one(self, id: str) -> dict[str, Any]:
        answer = await self.client.get(f"/customer-imports/{id}")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def check(self, id: str, columns: Sequence[str], tag: str = "") -> dict[str, Any]:
        answer = await self.client.post(f"/customer-imports/{id}/check", json={"columns": list(columns), "tag": tag})
        assert answer.status_code == 200, answer.text
        return await self.settled(id)

    async def run(self, id: str) -> dict[str, Any]:
        answer = await self.client.post(f"/customer-imports/{id}/run")
        assert answer.status_code == 200, answer.text
        return await self.settled(id)

    async def errors(self, id: str) -> list[list[str]]:
        answer = await self.client.get(f"/customer-imports/{id}/errors")
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def table(*rows: Sequence[str], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()
