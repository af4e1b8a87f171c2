"""What happens on a walk through a flow, as people write it: on the command line, or in the cases beside a flow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from ...errors import Invalid
from ...flow import moves
from ...flow.expressions import LOADS
from ...flow.nodes import KEYS
from ...flow.tree import Pairs, Scalar, Tree
from ...flow.values import Value, number, of_json

OUTCOMES = ("found", "missing", "failed", "done", "refused", "uncertain", "passed", "wrong", "locked")
KINDS = (
    "keys, silence, said:…, open, closed, holiday, found:{…}, missing, done:{…}, refused, uncertain, failed, sent, "
    "not_sent:code, passed, wrong, locked, refused:code, overflow:way, taken, not_taken:code, recorded, silent, "
    "not_recorded:code, load:wait(queue)=300, fact:name=value, trouble, restart, moved:medium"
)
_LOAD = re.compile(rf"({'|'.join(LOADS)})\(([^()]{{1,64}})\)")


class Outcome(NamedTuple):
    """Of what another system, or a check, was asked; at a transfer, that it failed."""

    outcome: str
    values: tuple[tuple[str, Value], ...] = ()


class Stands(NamedTuple):
    """How a queue stands from now on."""

    at: tuple[str, str]
    value: Value


class Fact(NamedTuple):
    """Known of the caller from the start."""

    name: str
    value: Value


Given = moves.Input | Outcome | Stands | Fact
_PLAIN: dict[str, Given] = {
    "silence": moves.Silence(),
    "timeout": moves.Silence(),
    "open": moves.HoursChecked(True),
    "closed": moves.HoursChecked(False),
    "holiday": moves.HoursChecked(False, True),
    "sent": moves.Sent(),
    "not_sent": moves.NotSent("not_sent"),
    "taken": moves.Taken(),
    "recorded": moves.Recorded(),
    "silent": moves.Recorded(True),
    "trouble": moves.Trouble(),
    "restart": moves.Restarted(),
    **{word: Outcome(word) for word in OUTCOMES},
}


class NoInput(Exception):
    """Why it is none."""


def inputs(word: str) -> Iterator[Given]:
    """One word; several keys are pressed one after the other. Raises `Invalid("flow.bad_input")`."""
    try:
        yield from _word(word)
    except NoInput as e:
        raise Invalid("flow.bad_input", str(e)) from None


def in_tree(tree: Tree) -> Iterator[Given]:
    """As `inputs`; also `{found: {name: value}}`, `{said: text}`. Raises `NoInput`."""
    match tree:
        case Scalar(text=text):
            yield from _word(text)
        case Pairs(pairs=((Scalar(text="found" | "done" as outcome), Pairs(pairs=found)),)):
            yield Outcome(outcome, tuple((key.text, value_in(value)) for key, value in found))
        case Pairs(pairs=((Scalar(text=name), Scalar(text=what)),)):
            yield from _word(f"{name}:{what}")
        case _:
            raise NoInput(f"no input: {KINDS}")


def _word(word: str) -> Iterator[Given]:
    if word and all(key in KEYS for key in word):
        yield from map(moves.Key, word)
        return
    if word in _PLAIN:
        yield _PLAIN[word]
        return
    match word.partition(":"):
        case ["said", ":", text]:
            yield moves.Said(text)
        case ["refused", ":", code]:
            yield moves.QueueRefused(code)
        case ["overflow", ":", to]:
            yield moves.Overflowed(to)
        case ["moved", ":", medium]:
            yield moves.Moved(medium)
        case ["not_taken", ":", code]:
            yield moves.NotTaken(code)
        case ["not_recorded", ":", code]:
            yield moves.NotRecorded(code)
        case ["not_sent", ":", code]:
            yield moves.NotSent(code)
        case ["found" | "done" as outcome, ":", body]:
            yield Outcome(outcome, _body(body))
        case ["load", ":", said]:
            at, _, value = said.partition("=")
            yield Stands(load_at(at), number(value))
        case ["fact", ":", said]:
            name, _, value = said.partition("=")
            yield Fact(name, plain(value))
        case _:
            raise NoInput(f"no input {word[:40]!r}: {KINDS}")


def _body(text: str) -> tuple[tuple[str, Value], ...]:
    try:
        found = json.loads(text, parse_float=Decimal)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise NoInput(f'{text[:40]!r} is no JSON object, such as {{"balance": 12.5}}')
    return tuple((name, of_json(value)) for name, value in found.items())


def load_at(text: str) -> tuple[str, str]:
    """Function and queue of `wait(service)`, with or without quotes. Raises `NoInput`."""
    found = _LOAD.fullmatch(text.replace('"', "").replace("'", ""))
    if found is None:
        raise NoInput(f"{text[:40]!r} says nothing of a queue: wait(service), waiting(service), staffed(service)")
    return found[1], found[2]


def value_in(tree: Tree) -> Value:
    """As YAML has it: quoted is a text. Raises `NoInput`."""
    if not isinstance(tree, Scalar):
        raise NoInput("a value is a text, a number, true, false or null")
    return tree.text if tree.quoted else plain(tree.text)


def plain(text: str) -> Value:
    words: dict[str, Value] = {"true": True, "false": False, "null": None, "~": None, "": None}
    if text in words:
        return words[text]
    exact = number(text)
    return text if exact is None or (len(text) > 1 and text[0] in "0+" and text[1] != ".") else exact
