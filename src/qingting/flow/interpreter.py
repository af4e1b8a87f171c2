"""The flow language in motion: `step(document, state, input) -> (state, outputs)`, a pure function.

It reads no clock, plays nothing, queues nobody: it is told what happened and says what to do. The state is
small and its JSON form (`moves.dump`, `moves.load`) survives a restart; `Restarted` then repeats the node.

    Started ──▶ enter a node ──▶ Move, then by kind
      Say       Speak ─ Spoken or a key ─▶ next             (the key is kept for the next menu: type-ahead)
      Menu      Speak, Listen ─ Key ─▶ choice; silence or a wrong key: again, `repeat` times, then `otherwise`
      Hours     CheckHours ─ HoursChecked ─▶ open, closed or holiday
      Queue     EnterQueue; QueueRefused ─▶ `refused`, or a spoken way out; while waiting, Key ─▶ its node,
                Overflowed ─▶ the way of that name
      Later     TakeDown ─ Taken ─▶ Speak, HangUp; NotTaken ─▶ their number is asked for, or `failed`, or back
      Voicemail Speak ─ Spoken or # ─▶ Record ─ # or Silence ─▶ StopRecording; Recorded ─▶ Speak, HangUp, or once
                more when nothing was said; NotRecorded ─▶ `failed`, or a spoken way out
      Transfer  Speak ─ Spoken ─▶ TransferTo; TransferFailed ─▶ `failed`, a person, or a spoken way out
      Hangup    Speak ─ Spoken ─▶ HangUp

`Trouble` (nothing can be said) leads to a person, or to the end of the call. An input that does not fit the
state, such as a late timer's, changes nothing and puts nothing out.
"""

from __future__ import annotations

from . import moves
from .document import PERSON, Document, Hangup, Hours, Later, Menu, Node, Prompt, Queue, Say, Transfer, Voicemail
from .moves import Input, Output, State

STEPS_LIMIT = 200
"""Even a robot pressing keys comes to an end: then a person, then the end of the call."""
TYPED_LIMIT = 16
NUMBER_LIMIT = 20
TYPING_S = 6.0
"""After the last digit of a number that no # ended."""
NUMBER_ENDS = "#"
RECORDING_ENDS = "#"
NO_NUMBER = ("callback.no_number", "dial.bad_number")

Step = tuple[State, tuple[Output, ...]]


def step(document: Document, state: State | None, happened: Input) -> Step:
    """One input. Never raises on a document that lint accepts, whatever the input; `state` None: not started."""
    if isinstance(happened, moves.Started):
        return _go(document, State("", document.language(happened.language)), document.start, "start")
    if state is None:
        return State("", document.languages[0], phase="done"), ()
    if state.phase == "done":
        return state, (moves.HangUp(),) if isinstance(happened, moves.Restarted) else ()
    if state.phase == "leaving":
        return _leaving(state, happened)
    node = document.nodes.get(state.node)
    if node is None:  # the state of another document: the nearest safe place is a person
        return _person(document, state, "trouble")
    match happened:
        case moves.Restarted():
            return _again(state, node)
        case moves.Overflowed():
            return _overflowed(document, state, happened)
        case moves.Taken() if state.phase == "asking" and isinstance(node, Later):
            return state._replace(phase="taken"), (moves.Speak(node.prompts, state.language, False),)
        case moves.NotTaken(code=code) if state.phase == "asking" and isinstance(node, Later):
            return _not_taken(document, state, node, code)
        case moves.Silence() if state.phase == "typing" and isinstance(node, Later):
            return _take_down(state, node)
        case moves.Silence() if state.phase == "recording":
            return state, (moves.StopRecording(),)
        case moves.Recorded(silent=silent) if state.phase == "recording" and isinstance(node, Voicemail):
            return _recorded(state, node, silent)
        case moves.NotRecorded() if state.phase == "recording" and isinstance(node, Voicemail):
            return _not_recorded(document, state, node)
        case moves.Spoken() | moves.Trouble() if state.phase == "taken":
            return state._replace(phase="done"), (moves.HangUp(),)
        case moves.Trouble() if state.phase == "speaking":
            return _trouble(document, state, node)
        case moves.Key(key=key):
            return _key(document, state, node, key)
        case moves.Spoken() if state.phase == "speaking":
            return _spoken(document, state, node)
        case moves.Silence() if state.phase == "listening" and isinstance(node, Menu):
            return _missed(document, state, node, "timeout")
        case moves.HoursChecked() if state.phase == "checking" and isinstance(node, Hours):
            return _checked(document, state, node, happened)
        case moves.QueueRefused() if state.phase == "queued" and isinstance(node, Queue):
            return _refused(document, state, node, happened.code)
        case moves.TransferFailed() if state.phase == "transferring" and isinstance(node, Transfer):
            return _go(document, state, node.failed, "failed") if node.failed else _person(document, state, "failed")
    return state, ()


def _go(document: Document, state: State, to: str, via: str, language: str = "") -> Step:
    """Enter a node; keys typed ahead carry on through what may be interrupted, without a word."""
    outputs: tuple[Output, ...] = ()
    while True:
        if state.step >= STEPS_LIMIT and via != "limit":
            state, more = _person(document, state, "limit")
            return state, outputs + more
        outputs += (moves.Move(to, via),)
        if language and language != state.language:
            outputs += (moves.SetLanguage(language),)
        state = state._replace(node=to, step=state.step + 1, misses=0, language=language or state.language)
        node = document.nodes[to]
        match node:
            case Say(barge_in=True) if state.typed:
                to, via, language = node.next, "next", ""
            case Menu(barge_in=True) if state.typed and state.typed[0] in node.choices:
                via = state.typed[0]
                to, language, _ = node.choices[via]
                state = state._replace(typed=state.typed[1:])
            case _:
                if isinstance(node, Menu) and node.barge_in:
                    state = state._replace(typed="")
                state, more = _perform(state, node)
                return state, outputs + more


def _perform(state: State, node: Node, first: tuple[Prompt, ...] = ()) -> Step:
    """What a node does when it is entered, or repeated."""
    match node:
        case Say() | Menu():
            spoken = moves.Speak(first + node.prompts, state.language, node.barge_in)
            return state._replace(phase="speaking"), (spoken,)
        case Hours():
            return state._replace(phase="checking"), (moves.CheckHours(node.hours),)
        case Queue():
            state = state._replace(phase="queued", visits=state.visits + 1, queue=state.node, typed="")
            asked = moves.EnterQueue(
                node.queue, node.requires, node.priority_s, state.visits, node.prompts, node.hint
            )
            return state, (asked,)
        case Later():
            return _take_down(state._replace(typed=""), node)
        case Voicemail():
            spoken = moves.Speak(first + node.prompts, state.language, True)
            return state._replace(phase="speaking", typed=""), (spoken,)
        case Transfer() | Hangup():
            if node.prompts:
                return state._replace(phase="speaking", typed=""), (moves.Speak(node.prompts, state.language, False),)
            return _finish(state, node)


def _finish(state: State, node: Transfer | Hangup) -> Step:
    if isinstance(node, Transfer):
        state = state._replace(phase="transferring", visits=state.visits + 1)
        return state, (moves.TransferTo(node.to, state.visits),)
    return state._replace(phase="done"), (moves.HangUp(),)


def _key(document: Document, state: State, node: Node, key: str) -> Step:
    if isinstance(node, Menu) and (state.phase == "listening" or node.barge_in):
        if key not in node.choices:
            return _missed(document, state, node, "no_match")
        return _go(document, state, node.choices[key].to, key, node.choices[key].language)
    if isinstance(node, Queue):
        if state.phase != "queued" or key not in node.keys:
            return state, ()
        return _go(document, state, node.keys[key].to, key, node.keys[key].language)
    if isinstance(node, Later):
        return _digit(state, node, key)
    if isinstance(node, Voicemail) and key == RECORDING_ENDS:
        if state.phase == "speaking":
            return _record(state, node)
        return state, (moves.StopRecording(),) if state.phase == "recording" else ()
    if isinstance(node, Say | Menu | Hours):
        state = state._replace(typed=(state.typed + key)[:TYPED_LIMIT])
        if isinstance(node, Say) and node.barge_in:
            return _go(document, state, node.next, "next")
    return state, ()


def _spoken(document: Document, state: State, node: Node) -> Step:
    match node:
        case Say():
            return _go(document, state, node.next, "next")
        case Menu():
            key, state = state.typed[:1], state._replace(phase="listening", typed=state.typed[1:])
            if key:
                return _key(document, state, node, key)
            return state, (moves.Listen("".join(sorted(node.choices)), node.timeout_s),)
        case Later():
            return state._replace(phase="typing"), (moves.Listen(NUMBER_ENDS, TYPING_S),)
        case Voicemail():
            return _record(state, node)
        case Transfer() | Hangup():
            return _finish(state, node)
    return state, ()


def _missed(document: Document, state: State, node: Menu, why: str) -> Step:
    """The ladder: say it again, `repeat` times, then `otherwise`."""
    state = state._replace(typed="")
    if state.misses >= node.repeat:
        return _go(document, state, node.otherwise, why)
    state = state._replace(misses=state.misses + 1, step=state.step + 1)
    state, outputs = _perform(state, node, node.no_input if why == "timeout" else node.no_match)
    return state, (moves.Move(state.node, why), *outputs)


def _checked(document: Document, state: State, node: Hours, found: moves.HoursChecked) -> Step:
    if found.open:
        return _go(document, state, node.open, "open")
    if found.holiday and node.holiday:
        return _go(document, state, node.holiday, "holiday")
    return _go(document, state, node.closed, "closed")


def _refused(document: Document, state: State, node: Queue, code: str) -> Step:
    if node.refused:
        return _go(document, state, node.refused, "refused")
    if "closed" in code:
        return _way_out(state, "closed", "refused")
    return _person(document, state, "refused")


def _overflowed(document: Document, state: State, told: moves.Overflowed) -> Step:
    node = document.nodes.get(state.queue)
    ways = dict(node.overflow) if isinstance(node, Queue) else {}
    way = ways.get(told.to) or told.target
    if way in document.nodes:
        return _go(document, state._replace(queue="", typed=""), way, "overflow")  # not back: it would lead on again
    return _way_out(state, "no_agents", "overflow")


# --- callbacks and messages ------------------------------------------------------------------------------


def _take_down(state: State, node: Later) -> Step:
    """What was typed is handed on, and remembered no longer."""
    asked = moves.TakeDown(node.kind, node.queue, node.first, node.demand, state.typed)
    return state._replace(phase="asking", misses=state.misses + 1, typed=""), (asked,)


def _not_taken(document: Document, state: State, node: Later, code: str) -> Step:
    """Their number is asked for, and once more when it was none."""
    if code in NO_NUMBER and state.misses <= 2:
        return state._replace(phase="speaking", step=state.step + 1), (
            moves.Move(state.node, "no_number"),
            moves.Speak(node.ask, state.language, True),
        )
    if to := node.failed or state.queue:
        return _go(document, state._replace(typed=""), to, "failed")
    return _way_out(state, f"{node.kind}_failed", "failed")


def _digit(state: State, node: Later, key: str) -> Step:
    """A digit cuts short what is being said."""
    if state.phase not in ("speaking", "typing"):
        return state, ()
    if key == NUMBER_ENDS:
        return _take_down(state, node)
    state = state._replace(phase="typing", typed=(state.typed + key)[:NUMBER_LIMIT])
    return state, (moves.Listen(NUMBER_ENDS, TYPING_S),)


# --- voicemail -------------------------------------------------------------------------------------------


def _record(state: State, node: Voicemail) -> Step:
    state = state._replace(phase="recording", step=state.step + 1)
    asked = moves.Record(node.queue, node.demand, node.silence_s, node.longest_s)
    return state, (moves.Move(state.node, "tone"), asked)


def _recorded(state: State, node: Voicemail, silent: bool) -> Step:
    """Who said nothing is asked once more; then nobody is there."""
    if silent and not state.misses:
        state, outputs = _perform(state._replace(misses=1, step=state.step + 1), node)
        return state, (moves.Move(state.node, "timeout"), *outputs)
    prompts = (Prompt(standard="goodbye"),) if silent else node.thanks
    return state._replace(phase="taken", step=state.step + 1), (
        moves.Move(state.node, "limit" if silent else "recorded"),
        moves.Speak(prompts, state.language, False),
    )


def _not_recorded(document: Document, state: State, node: Voicemail) -> Step:
    if node.failed:
        return _go(document, state, node.failed, "failed")
    return _way_out(state, "voicemail_failed", "failed")


def _trouble(document: Document, state: State, node: Node) -> Step:
    if isinstance(node, Transfer | Hangup):  # heard or not, what it leads to is right
        return _finish(state, node)
    if isinstance(node, Voicemail):
        return _record(state, node)
    return _person(document, state, "trouble")


def _again(state: State, node: Node) -> Step:
    """Repeat the node. What was asked for is asked under the same number, so that asking twice is recognised."""
    if isinstance(node, Voicemail) and state.phase in ("recording", "taken"):
        return _kept(state)
    again = state._replace(step=state.step + 1, typed="")
    if state.phase in ("queued", "transferring"):
        again = again._replace(visits=state.visits - 1)
    if isinstance(node, Transfer) and state.phase == "transferring":
        again, outputs = _finish(again, node)
    else:
        again, outputs = _perform(again, node)
    return again, (moves.Move(state.node, "restart"), *outputs)


def _kept(state: State) -> Step:
    """What was said until the program went is kept; it is not to be said again."""
    state = state._replace(phase="recording", step=state.step + 1)
    return state, (moves.Move(state.node, "restart"), moves.StopRecording())


def _person(document: Document, state: State, via: str) -> Step:
    """To a person while there is one who was not asked just now, else a spoken way out."""
    if PERSON in document.nodes and state.node != PERSON:
        return _go(document, state._replace(typed=""), PERSON, via)
    return _way_out(state, "technical_trouble", via)


def _way_out(state: State, standard: str, via: str) -> Step:
    """The caller is told why, and the call ends. The node stays: it is where they were left."""
    state = state._replace(phase="leaving", way_out=standard, step=state.step + 1, typed="")
    return state, (moves.Move(state.node, via), moves.Speak((Prompt(standard=standard),), state.language, False))


def _leaving(state: State, happened: Input) -> Step:
    match happened:
        case moves.Spoken() | moves.Trouble():
            return state._replace(phase="done"), (moves.HangUp(),)
        case moves.Restarted():
            return _way_out(state, state.way_out, "restart")
    return state, ()
