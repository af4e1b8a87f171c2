"""What comes of an input: the state with what is put out, or a way on."""

from __future__ import annotations

from typing import NamedTuple

from . import moves
from .moves import Output, State
from .nodes import Prompt

Turn = tuple[State, tuple[Output, ...]]


class Goes(NamedTuple):
    """On to another node; `to` empty: to a person."""

    state: State
    to: str
    via: str


Step = Turn | Goes


def way_out(state: State, standard: str, via: str) -> Turn:
    """The caller is told why, and the call ends. The node stays: it is where they were left."""
    state = state._replace(phase="leaving", way_out=standard, step=state.step + 1, typed="")
    return state, (moves.Move(state.node, via), moves.Speak((Prompt(standard=standard),), state.language, False))


def over(state: State) -> Turn:
    return state._replace(phase="done"), (moves.HangUp(),)
