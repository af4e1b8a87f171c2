"""What every part of a dialogue speaks, listens and tells by."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..flow import moves
from ..speech.prompts import PromptStore
from ..telephony.port import Telephony
from .conversation import Dialogue, Flows, Outside, Submit
from .playing import Player
from .waiting import WaitingRoom


class Means(NamedTuple):
    telephony: Telephony
    submit: Submit
    prompts: PromptStore
    flows: Flows
    clock: Callable[[], float]
    outside: Outside
    player: Player
    room: WaitingRoom
    lives: Callable[[Dialogue], bool]
    """Whether the dialogue goes on: its caller has not left."""
    feed: Callable[[Dialogue, moves.Input, int | None], None]
    """An input, and of one that answers a step, its number."""
