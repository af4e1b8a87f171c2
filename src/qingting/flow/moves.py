"""What the interpreter is told, what it answers, and the little that it remembers in between."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .expressions import Loads
from .nodes import Prompt
from .values import Value, Values

# --- the state -------------------------------------------------------------------------------------------


class State(NamedTuple):
    node: str
    language: str
    step: int = 0
    """Moves so far; what is played at a step derives its id from it."""
    misses: int = 0
    """Silences and wrong answers at this node."""
    visits: int = 0
    """Queues and transfers asked for so far."""
    phase: str = ""
    """`speaking`, `listening`, `checking`, `queued`, `transferring`, `asking` (whether a callback or message is
    taken), `typing` (several keys), `recording`, `taken`, `looking` (at queues), `fetching`, `sending`, `verifying`,
    `leaving` (a spoken way out), `done`."""
    way_out: str = ""
    """Standard prompt of the way out that is being spoken."""
    queue: str = ""
    """Node of the queue where they wait, or waited last."""
    request: int = 0
    """Step at which another system was asked last: what makes asking it twice recognised."""
    stack: tuple[str, ...] = ()
    """Where the flows that were called lead back to."""
    seen: tuple[tuple[str, int], ...] = ()
    """How often they came to each menu since the last goal."""
    held: tuple[tuple[str, str], ...] = ()
    """Secrets that were given: name, and the node that asked for it."""
    back: str = ""
    """Node that waits for a secret which is asked for again: a restart had lost it."""
    # What follows is not kept with the moves: values are personal, the rest may be secret.
    values: Values = ()
    secrets: tuple[tuple[str, str], ...] = ()
    typed: str = ""
    """Keys ahead of their menu, and those of an answer that is being typed."""


_KEPT = State._fields.index("values")
_OF_OLD = 7
"""Fields that every state has, however old."""


def dump(state: State) -> str:
    """Without values (`values.dump`) and secrets."""
    return json.dumps(state[:_KEPT], ensure_ascii=False, separators=(",", ":"))


def load(text: str, known: Values = ()) -> State:
    """Raises ValueError when it is no state."""
    match json.loads(text):
        case [str(node), str(language), int(step), int(misses), int(visits), str(phase), str(way_out), *more]:
            first = State(node, language, step, misses, visits, phase, way_out, values=known)
            return first._replace(**dict(_newer(more)))
        case _:
            raise ValueError("not the state of a dialogue")


def _newer(more: list[Any]) -> Iterator[tuple[str, Any]]:
    """Fields that were added later: of a state that an earlier program wrote there are fewer."""
    for name, value in zip(State._fields[_OF_OLD:_KEPT], more, strict=False):
        match name, value:
            case ("queue" | "back", str()) | ("request", int()):
                yield name, value
            case "stack", [*nodes] if all(isinstance(it, str) for it in nodes):
                yield name, tuple(nodes)
            case "seen" | "held", [*pairs] if all(isinstance(it, list) and len(it) == 2 for it in pairs):
                yield name, tuple(map(tuple, pairs))


# --- what happened ---------------------------------------------------------------------------------------


class Started(NamedTuple):
    language: str
    facts: Values = ()
    """What is known of them (`document.FACTS`)."""


class Restarted(NamedTuple):
    """The program was away: what was playing and listening is gone."""


class Moved(NamedTuple):
    """They go on by another medium, a link in a text say: what was playing and listening there is gone."""

    medium: str


class Key(NamedTuple):
    key: str


class Said(NamedTuple):
    """In words: on a medium that has them."""

    text: str


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


class Looked(NamedTuple):
    loads: Loads


class Fetched(NamedTuple):
    """`outcome`: one of the ways of the node that asked."""

    outcome: str
    values: Mapping[str, Value] = {}


class Sent(NamedTuple):
    """It is on its way, or will be, whatever happens here."""


class NotSent(NamedTuple):
    code: str


class Checked(NamedTuple):
    outcome: str
    """`passed`, `wrong`, `locked`, or `failed` when it could not be checked."""


class Trouble(NamedTuple):
    """Nothing can be said: speech engine and cache are both without it."""


Input = (
    Started
    | Restarted
    | Moved
    | Key
    | Said
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
    | Looked
    | Fetched
    | Sent
    | NotSent
    | Checked
    | Trouble
)

# --- what to do ------------------------------------------------------------------------------------------


class Move(NamedTuple):
    """The dialogue is at `node` now, brought there by `via`: keep that before doing what follows.

    `via`: a key, `said`, `start`, `next`, `timeout`, `no_match`, `given`, `unknown`, `true`, `else`, `open`,
    `closed`, `holiday`, `refused`, `failed`, `overflow`, `tone`, `recorded`, `call`, `end`, `circle`, `trouble`,
    `limit`, `restart`, or the outcome of what another system was asked.
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


class Look(NamedTuple):
    """How queues stand; answer with `Looked`."""

    at: tuple[tuple[str, str], ...]
    """Function (`expressions.LOADS`) and queue."""


class Request(NamedTuple):
    """Ask another system; answer with `Fetched`. `do`: whether something happens there."""

    do: bool
    service: str
    method: str
    path: tuple[tuple[str, bool], ...]
    """Texts in turn, and whether each is a value, which is to be escaped."""
    sends: tuple[tuple[str, Value], ...]
    secrets: tuple[tuple[str, str], ...]
    """Sent as well, and never in an address or a log."""
    keeps: tuple[tuple[str, str], ...]
    timeout_s: float
    retries: int
    number: int
    """Of this request: the same again when it is asked again after a restart."""
    prompts: tuple[Prompt, ...]
    language: str


class Write(NamedTuple):
    """Answer with `Sent` as soon as it is certain to be sent, or `NotSent`."""

    by: str
    to: str
    subject: Prompt
    text: Prompt
    language: str
    number: int


class SendCode(NamedTuple):
    """A one-time code of so many digits; answer with `Sent` or `NotSent`."""

    subject: str
    to: str
    length: int
    language: str
    number: int


class Check(NamedTuple):
    """Whether that is the PIN or the code; answer with `Checked`."""

    by: str
    subject: str
    secret: str
    service: str
    path: tuple[tuple[str, bool], ...]
    number: int


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
    Move | Speak | Listen | CheckHours | Look | Request | Write | SendCode | Check | EnterQueue | TakeDown | Record
    | StopRecording | TransferTo | SetLanguage | HangUp
)  # fmt: skip
Step = tuple[State, tuple[Output, ...]]
