"""One contact's self-service as it is remembered while it goes on, and what it needs of others."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Protocol

from ..core import commands as c
from ..flow import moves
from ..flow.document import Document
from ..flow.expressions import Loads
from ..flow.nodes import Prompt
from ..flow.values import Values
from ..journal.port import PersonalData


class Submit(Protocol):
    async def __call__(
        self, tenant: str, command: c.Command, cause: str, personal: Sequence[PersonalData] = (), /
    ) -> object:
        """Durable on return, with what it says of people. Raises `Refused` and `Unavailable`."""


class Post(Protocol):
    def __call__(self, tenant: str, command: c.Command, cause: str, personal: Sequence[PersonalData] = (), /) -> None:
        """The same for what nothing waits for: durable before whatever is submitted after it."""


class Flows(Protocol):
    """What dialogues need of the configuration."""

    async def document(self, tenant: str, flow: str, version: int) -> Document:
        """A published version. Raises `QingtingError`."""

    def hours(self, tenant: str, hours: str, at: float) -> str:
        """`open`, `closed` or `holiday`. Raises `NotFound`."""

    def consent(self, tenant: str, queue: str) -> bool:
        """Whether callers must be told, before this queue, that they may be recorded."""

    def asks_who_they_are(self, tenant: str, queue: str) -> bool:
        """Whether it matters there with whom they talked last."""

    async def wants(self, tenant: str, contact: str, queue: str) -> c.Requirements:
        """Who is to have them first in this queue, and who is not."""

    async def outside(self, tenant: str, number: str) -> tuple[str, str] | None:
        """Target to ring and number to show; None when it may not be called, or there is no trunk."""


class TakeDown(Protocol):
    """`runtime/later.py: Later.take_down`. Raises `QingtingError`."""

    async def __call__(
        self, tenant: str, contact: str, kind: str, *, queue: str, fallback: str, since: float | None,
        first: str, demand: str, number: str,
    ) -> None: ...  # fmt: skip


class Voicemails(Protocol):
    """`runtime/voicemail.py`: messages that are spoken, and their recordings."""

    async def begin(
        self, tenant: str, contact: str, message: str, *, queue: str, fallback: str, demand: str
    ) -> tuple[str, str]:
        """Paths for what comes from the customer and what goes to them. Raises `QingtingError`."""

    async def end(self, tenant: str, message: str, error: str, *, silent: bool) -> None:
        """Repeating it changes nothing."""

    def open(self, tenant: str, contact: str) -> str:
        """The message that they were leaving when the program went; empty for none."""


class Outside(Protocol):
    """What dialogues ask of others than the core. Nothing here raises: what went wrong is an outcome."""

    def loads(self, tenant: str, at: Iterable[tuple[str, str]]) -> Loads:
        """How queues stand (`flow/expressions.py`)."""

    async def facts(self, tenant: str, contact: str) -> Values:
        """What is known of the caller (`flow.document.FACTS`), as far as it is known after a moment."""

    async def remembered(self, tenant: str, contact: str) -> Values:
        """Values as of the last step that was kept."""

    async def request(self, tenant: str, contact: str, asked: moves.Request) -> moves.Fetched: ...

    async def write(self, tenant: str, contact: str, asked: moves.Write) -> moves.Sent | moves.NotSent: ...

    async def send_code(self, tenant: str, contact: str, asked: moves.SendCode) -> moves.Sent | moves.NotSent: ...

    async def check(self, tenant: str, contact: str, asked: moves.Check) -> moves.Checked: ...


class Dialogue:
    def __init__(self, contact: str, leg: str, tenant: str, flow: str, version: int, document: Document) -> None:
        self.contact = contact
        self.leg = leg
        self.tenant = tenant
        self.flow = flow
        self.version = version
        self.document = document
        self.state: moves.State | None = None
        self.inbox: deque[tuple[moves.Input, int | None]] = deque()
        """Inputs, and for those that answer a step, its number: later ones are stale."""
        self.known = False
        """The journal has the contact; until then whoever let it in tells the caller what is wrong."""
        self.busy = False
        self.timer: asyncio.TimerHandle | None = None
        self.first_words: Sequence[Prompt] = ()
        """Of the queue that it entered."""
        self.hint: Sequence[Prompt] = ()
        """Said again and again while they wait there."""
        self.queue = ""
        """Where they wait, or waited last; and since when."""
        self.since: float | None = None
        self.visit = ""
        """While it waits or rings, as far as we know."""
        self.consented = False
        self.other_leg = ""
        """Of a transfer."""
        self.joined = False
        self.voicemail = ""
        """Which is being recorded."""
        self.kept: Values = ()
        """Values that the erasable table has."""

    @property
    def step(self) -> int:
        return self.state.step if self.state else 0

    def quiet(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
