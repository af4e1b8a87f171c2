"""Many dialogues in one process, each in the middle of the telecom flow with what it remembers: their memory.

The real shell of dialogues, core and journal (SQLite, FULL); the telephone line is silent.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from qingting.core import commands as c
from qingting.flow.document import Document
from qingting.journal.port import PersonalData
from qingting.journal.sqlite import SqliteJournal
from qingting.runtime.dialogue import Dialogues
from qingting.runtime.flow_tools import publishable
from qingting.runtime.live import Live
from qingting.runtime.outside import Surroundings
from qingting.speech.espeak import Espeak
from qingting.speech.prompts import PromptStore

FLOWS = Path(__file__).parents[2] / "flows"
TENANT, AT = "bench", "verify/pin"
KEYS = ("1", "1", *"13800138000", "#")
"""Mandarin, the balance, whose: then they are asked for their PIN."""
WAVE = 500


class Line:
    """Takes what is played and says nothing."""

    async def play(self, playback: str, leg: str, media: Any) -> None:
        return None

    async def stop_playing(self, playback: str) -> None:
        return None


class Flows:
    def __init__(self, document: Document) -> None:
        self._document = document

    async def document(self, tenant: str, flow: str, version: int) -> Document:
        return self._document

    def hours(self, tenant: str, hours: str, at: float) -> str:
        return "open"

    def consent(self, tenant: str, queue: str) -> bool:
        return False

    def asks_who_they_are(self, tenant: str, queue: str) -> bool:
        return False


async def nothing(*args: Any, **kwargs: Any) -> None:
    raise AssertionError("nobody asks for this here")


async def run(count: int, folder: Path) -> dict[str, Any]:
    verify = publishable((FLOWS / "verify.yaml").read_text())
    document = publishable((FLOWS / "telecom.yaml").read_text(), others={"verify": verify})
    journal = await SqliteJournal.open(folder / "journal.db")
    live = Live(TENANT, journal)
    await live.start()
    await live.submit(c.PutQueue("service"))
    speech = Espeak()
    prompts = PromptStore(speech, folder / "prompts", folder / "recorded")

    async def submit(tenant: str, command: c.Command, cause: str, personal: Any = ()) -> object:
        return await live.submit(command, cause, personal)

    def post(tenant: str, command: c.Command, cause: str, personal: Any = ()) -> None:
        live.post(command, cause, personal)

    line: Any = Line()
    dialogues = Dialogues(
        line, submit, post, prompts, Flows(document), time.time,  # type: ignore[arg-type]
        lambda tenant, visit: None, nothing, nothing, Surroundings({TENANT: live}, lambda tenant: None),  # type: ignore[arg-type]
    )  # fmt: skip
    before = resident_mib()
    began = time.perf_counter()

    async def call(n: int) -> None:
        contact, leg = f"c{n}", f"l{n}"
        who = [PersonalData("p" + contact, "caller", "routing", {"number": f"+86138{n:08}"})]
        arrives = c.ContactArrives(contact, contact, "voice", "in", party="p" + contact, leg=leg)
        await live.submit(arrives, "bench", who)
        await dialogues.start(contact, leg, TENANT, "telecom", 1, "zh")
        for key in KEYS:
            dialogues.key(leg, key)
            await asyncio.sleep(0)
        while live.engine.state.contacts[contact].node != AT:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    for start in range(0, count, WAVE):
        await asyncio.gather(*(call(n) for n in range(start, min(count, start + WAVE))))
    seconds = time.perf_counter() - began
    there = sum(1 for contact in live.engine.state.contacts.values() if contact.node == AT)
    after = resident_mib()
    await dialogues.close()
    await live.stop()
    await speech.close()
    await journal.close()
    return {
        "dialogues_in_parallel": there,
        "memory_mib": round(after, 1),
        "kib_per_dialogue": round((after - before) * 1024 / count, 2),
        "keys_per_s": round(count * len(KEYS) / seconds),
    }


def resident_mib() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(run(arguments.count, Path(folder)))))
