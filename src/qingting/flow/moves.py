"""What the interpreter is told, what it answers, and the little that it remembers in between."""

from __future__ import annotations

import json
from typing import NamedTuple

from .document import Prompt

# --- the state -------------------------------------------------------------------------------------------


class State(NamedTuple):
    node: str
    language: str
    step: int = 0
    """Moves so far; what is played at a step derives its id from it."""
    misses: int = 0
    """Silences and wrong keys at this menu."""
    visits: int = 0
    """Queues and transfers asked for so far."""
    phase: str = ""
    """`speaking`, `listening`, `checking`, `queued`, `transferring`, `asking` (whether a callback or message is
    taken), `typing` (their number), `recording`, `taken`, `leaving` (a spoken way out), `done`."""
    way_out: str = ""
    """Standard prompt of the way out that is being spoken."""
    queue: str = ""
    """Node of the queue where they wait, or waited last."""
    typed: str = ""
    """Keys ahead of their menu. Not kept over a restart: they may have been meant for something secret."""


def dump(state: State) -> str:
    return json.dumps(state[:-1], ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> State:
    """Raises ValueError when it is no state."""
    match json.loads(text):
        case [str(node), str(language), int(step), int(misses), int(visits), str(phase), str(way_out), *more]:
            queue = more[0] if more and isinstance(more[0], str) else ""
            return State(node, language, step, misses, visits, phase, way_out, queue)
        case _:
            raise ValueError("not the state of a dialogue")


# --- what happened ---------------------------------------------------------------------------------------


class Started(NamedTuple):
    language: str


class Restarted(NamedTuple):
    """The program was away: what was playing and listening is gone."""


class Key(NamedTuple):
    key: str


class Silence(NamedTuple):
    """The time that `Listen` gave is over."""


class Spoken(NamedTuple):
    """What `Speak` asked for has been said to its end."""


class HoursChecked(NamedTuple):
    open: bool
    holiday: bool = False


class QueueRefused(NamedTuple):
    code: str


class TransferFailed(NamedTuple):
    why: str


class Overflowed(NamedTuple):
    """The queue's policy leads them on: `to` is `callback`, `message` or `voicemail`, `target` a node or nothing."""

    to: str
    target: str = ""


class Taken(NamedTuple):
    """The callback or message was taken down."""


class NotTaken(NamedTuple):
    code: str


class Recorded(NamedTuple):
    """The recording is over. `silent`: nothing was said."""

    silent: bool = False


class NotRecorded(NamedTuple):
    code: str


class Trouble(NamedTuple):
    """Nothing can be said: speech engine and cache are both without it."""


Input = (
    Started
    | Restarted
    | Key
    | Silence
    | Spoken
    | HoursChecked
    | QueueRefused
    | TransferFailed
    | Overflowed
    | Taken
    | NotTaken
    | Recorded
    | NotRecorded
    | Trouble
)

# --- what to do ------------------------------------------------------------------------------------------


class Move(NamedTuple):
    """The dialogue is at `node` now, brought there by `via`: keep that before doing what follows.

    `via`: a key, `start`, `next`, `timeout`, `no_match`, `open`, `closed`, `holiday`, `refused`, `failed`,
    `overflow`, `tone`, `recorded`, `trouble`, `limit`, `restart`.
    """

    node: str
    via: str


class Speak(NamedTuple):
    """Say these, one after the other; answer with `Spoken`. A new one takes the place of one still going on."""

    prompts: tuple[Prompt, ...]
    language: str
    barge_in: bool


class Listen(NamedTuple):
    """Wait for one of these keys; answer with `Key`, or with `Silence` after the time."""

    keys: str
    timeout_s: float


class CheckHours(NamedTuple):
    hours: str


class EnterQueue(NamedTuple):
    queue: str
    requires: tuple[tuple[str, int], ...]
    priority_s: float
    number: int
    """Of this visit, from 1."""
    prompts: tuple[Prompt, ...]
    hint: tuple[Prompt, ...] = ()


class TakeDown(NamedTuple):
    """A callback or message for this caller; answer with `Taken` or `NotTaken`."""

    kind: str
    queue: str
    first: str
    demand: str
    number: str
    """As typed; empty: the one they call from. Secret: to be kept nowhere but in the erasable table."""


class Record(NamedTuple):
    """A tone, then what they say is kept as a message for `queue`; answer with `Recorded` or `NotRecorded`."""

    queue: str
    demand: str
    silence_s: float
    """Ends it."""
    longest_s: float
    """Answer with `Silence` after it."""


class StopRecording(NamedTuple):
    """`Recorded` follows."""


class TransferTo(NamedTuple):
    to: str
    number: int
    """Counted with the visits."""


class SetLanguage(NamedTuple):
    language: str


class HangUp(NamedTuple):
    pass


Output = (
    Move | Speak | Listen | CheckHours | EnterQueue | TakeDown | Record | StopRecording | TransferTo | SetLanguage
    | HangUp
)  # fmt: skip
Step = tuple[State, tuple[Output, ...]]
