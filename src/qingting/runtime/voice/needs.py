"""What voice needs from others, as the narrow shapes that it uses; `bootstrap` fits the real ones in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol


class Door(NamedTuple):
    """Where a dialled number or page leads, and how we are to understand who calls."""

    tenant: str
    entry: str
    line: str
    site: str
    language: str
    caller: str
    """E.164, or as sent when no country makes sense of it; empty when withheld."""


class QueueSettings(NamedTuple):
    record: bool = True
    music: str = ""
    """As the telephony port names it; empty for the default."""
    announce_place: bool = True
    announce_wait: bool = True
    announce_every_s: float = 30.0


class Way(NamedTuple):
    """How an agent's call leaves: a trunk, the number as it wants it, what it shows."""

    target: str
    caller: str


class Directory(Protocol):
    """Configuration, in memory."""

    async def door(self, *, dialled: str, caller: str, source: str) -> Door | None: ...

    async def flow(self, tenant: str, entry: str) -> tuple[str, int]:
        """The entry point's flow and the version of it that is published now."""

    def queue(self, tenant: str, queue: str) -> QueueSettings: ...

    async def way_out(self, tenant: str, number: str) -> Way | None:
        """None when the tenant has no trunk."""

    async def way_back(self, tenant: str, number: str) -> Way | None:
        """To a customer who wants to be called back; None when that may not be called now."""


class Phones(Protocol):
    def target(self, tenant: str, agent: str) -> str | None:
        """What the telephony port rings for an agent: the browser's phone when it is registered here, else the desk
        phone; who has none here is rung by their site's engine, if that answers."""

    def in_browser(self, target: str) -> bool:
        """One that is registered here."""

    def agent_of(self, endpoint: str) -> tuple[str, str] | None:
        """(tenant, agent)."""

    def reachable(self, tenant: str, agent: str) -> bool: ...

    def changed(self, endpoint: str, online: bool) -> None: ...

    def site_changed(self, trunk: str, reachable: bool) -> Sequence[tuple[str, str]]:
        """Every (tenant, agent) who can be rung now, or no longer."""

    async def restore(self, online: set[str], restarted: bool) -> None:
        """After the engine came up: push what must be known to it again, take over who is registered."""

    def known(self) -> Sequence[tuple[str, str]]:
        """Every (tenant, agent) that has a phone."""


class Tapes(Protocol):
    """Recordings, as far as voice goes."""

    async def begin(self, tenant: str, recording: str, contact: str, assignment: str, line: str) -> tuple[str, str]:
        """Paths for what comes from the customer and what goes to them."""

    async def pause(self, tenant: str, recording: str, on: bool) -> None: ...

    async def finish(self, tenant: str, recording: str, error: str, *, gone: bool = False) -> None: ...


class Waiting(Protocol):
    """Self-service and what a waiting customer hears (`runtime/dialogue.py`)."""

    async def ready(self, tenant: str, flow: str, version: int) -> bool:
        """Whether this flow can be begun; it is at hand from now on."""

    def at_work(self, leg: str) -> bool: ...

    async def start(
        self, contact: str, leg: str, tenant: str, flow: str, version: int, language: str, *, known: bool = True
    ) -> None:
        """Of one that the journal does not know yet (`known`) it raises `Unavailable` when it is not kept."""

    async def restore(
        self, contact: str, leg: str, tenant: str, flow: str, version: int, language: str, state: str
    ) -> None: ...

    async def wait(
        self, contact: str, leg: str, tenant: str, visit: str, queue: str, settings: Any, language: str
    ) -> None: ...

    async def recall(
        self, contact: str, leg: str, tenant: str, flow: str, version: int, language: str, state: str
    ) -> None:
        """After a restart, before `wait`: keys work again for who waits."""

    async def stop_waiting(self, leg: str) -> None: ...

    async def overflowed(self, contact: str, leg: str, tenant: str, queue: str, to: str, target: str) -> None:
        """The queue's policy led them out of it; the flow goes on with them."""

    async def greet(self, leg: str, tenant: str, queue: str, language: str) -> None:
        """Who is called back hears who calls, and that they may be recorded."""

    async def say(self, leg: str, prompt: str, language: str) -> None:
        """One standard prompt, to its end or the leg's."""

    def key(self, leg: str, key: str) -> None: ...

    def playback_ended(self, playback: str, leg: str, complete: bool) -> None: ...

    async def recorded(self, recording: str, error: str, silent: bool) -> None:
        """One that is not a conversation's."""

    def leg_answered(self, leg: str) -> None: ...

    def leg_ended(self, leg: str, cause: str = "") -> None: ...
