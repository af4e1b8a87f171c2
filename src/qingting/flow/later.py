"""Callbacks, messages and voicemail: the matter is taken down, and the call ends."""

from __future__ import annotations

from . import moves
from .going import Goes, Step, over, way_out
from .moves import Input, State
from .nodes import Later, Prompt, Voicemail

NUMBER_LIMIT = 20
TYPING_S = 6.0
"""After the last digit of a number that no # ended."""
ENDS = "#"
"""Of a number, and of what is recorded."""
NO_NUMBER = ("callback.no_number", "dial.bad_number")

Takes = Later | Voicemail


def enter(state: State, node: Takes) -> Step:
    state = state._replace(typed="")
    if isinstance(node, Later):
        return _take_down(state, node)
    return state._replace(phase="speaking"), (moves.Speak(node.prompts, state.language, True),)


def take(state: State, node: Takes, happened: Input) -> Step | None:
    """None: it does not fit."""
    if state.phase == "taken":
        return over(state) if isinstance(happened, moves.Spoken | moves.Trouble) else None
    return _matter(state, node, happened) if isinstance(node, Later) else _voice(state, node, happened)


def again(state: State, node: Takes) -> Step:
    """After a restart. What was said until the program went is kept; it is not to be said again."""
    if isinstance(node, Voicemail) and state.phase in ("recording", "taken"):
        return state._replace(phase="recording"), (moves.StopRecording(),)
    return enter(state, node)


# --- callbacks and messages ------------------------------------------------------------------------------


def _matter(state: State, node: Later, happened: Input) -> Step | None:
    match happened:
        case moves.Taken() if state.phase == "asking":
            return state._replace(phase="taken"), (moves.Speak(node.prompts, state.language, False),)
        case moves.NotTaken(code=code) if state.phase == "asking":
            return _not_taken(state, node, code)
        case moves.Key(key=key) if state.phase in ("speaking", "typing"):
            return _digit(state, node, key)
        case moves.Spoken() if state.phase == "speaking":
            return state._replace(phase="typing"), (moves.Listen(ENDS, TYPING_S),)
        case moves.Silence() if state.phase == "typing":
            return _take_down(state, node)
        case moves.Trouble() if state.phase == "speaking":
            return Goes(state, "", "trouble")
    return None


def _take_down(state: State, node: Later) -> Step:
    """What was typed is handed on, and remembered no longer."""
    asked = moves.TakeDown(node.kind, node.queue, node.first, node.demand, state.typed)
    return state._replace(phase="asking", misses=state.misses + 1, typed=""), (asked,)


def _not_taken(state: State, node: Later, code: str) -> Step:
    """Their number is asked for, and once more when it was none."""
    if code in NO_NUMBER and state.misses <= 2:
        return state._replace(phase="speaking", step=state.step + 1), (
            moves.Move(state.node, "no_number"),
            moves.Speak(node.ask, state.language, True),
        )
    if to := node.failed or state.queue:
        return Goes(state._replace(typed=""), to, "failed")
    return way_out(state, f"{node.kind}_failed", "failed")


def _digit(state: State, node: Later, key: str) -> Step:
    """A digit cuts short what is being said."""
    if key == ENDS:
        return _take_down(state, node)
    state = state._replace(phase="typing", typed=(state.typed + key)[:NUMBER_LIMIT])
    return state, (moves.Listen(ENDS, TYPING_S),)


# --- voicemail -------------------------------------------------------------------------------------------


def _voice(state: State, node: Voicemail, happened: Input) -> Step | None:
    match happened:
        case moves.Spoken() | moves.Trouble() | moves.Key(key="#") if state.phase == "speaking":
            return _record(state, node)
        case moves.Silence() | moves.Key(key="#") if state.phase == "recording":
            return state, (moves.StopRecording(),)
        case moves.Recorded(silent=silent) if state.phase == "recording":
            return _recorded(state, node, silent)
        case moves.NotRecorded() if state.phase == "recording":
            return Goes(state, node.failed, "failed") if node.failed else way_out(state, "voicemail_failed", "failed")
    return None


def _record(state: State, node: Voicemail) -> Step:
    state = state._replace(phase="recording", step=state.step + 1)
    asked = moves.Record(node.queue, node.demand, node.silence_s, node.longest_s)
    return state, (moves.Move(state.node, "tone"), asked)


def _recorded(state: State, node: Voicemail, silent: bool) -> Step:
    """Who said nothing is asked once more; then nobody is there."""
    if silent and not state.misses:
        state = state._replace(misses=1, step=state.step + 1, phase="speaking", typed="")
        return state, (moves.Move(state.node, "timeout"), moves.Speak(node.prompts, state.language, True))
    prompts = (Prompt(standard="goodbye"),) if silent else node.thanks
    return state._replace(phase="taken", step=state.step + 1), (
        moves.Move(state.node, "limit" if silent else "recorded"),
        moves.Speak(prompts, state.language, False),
    )
