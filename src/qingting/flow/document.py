"""A flow as the interpreter reads it: immutable, complete, every name resolved to text.

A document is a graph of nodes. A node says, asks, decides or ends; *terminal* nodes hand the caller over
(queue, transfer) or end the call (hangup, callback, message, voicemail). What is implicit in the text is explicit
here: key 0 and the end of a menu's ladder lead to the node `person` when the text names a queue of people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

PERSON = "person"
"""Id of the implicit node that brings the caller to a person."""

KEYS = "1234567890*#"


class Prompt(NamedTuple):
    """One thing to say: a recording when there is one, else its text in the caller's language."""

    texts: tuple[tuple[str, str], ...] = ()
    """Pairs of language and text."""
    recorded: str = ""
    """Id of a recorded prompt; wins over the text where the file exists."""
    standard: str = ""
    """Name of a standard prompt (`speech/standard.py`)."""
    only: str = ""
    """Always in this language, whatever the caller's is."""

    def text(self, language: str) -> str:
        """Empty when there is none in that language."""
        return dict(self.texts).get(self.only or language, "")


class Say(NamedTuple):
    prompts: tuple[Prompt, ...]
    next: str
    barge_in: bool = True


class Choice(NamedTuple):
    to: str
    language: str = ""
    """Switches the dialogue to it."""
    words: tuple[tuple[str, str], ...] = ()
    """What this choice is called on the agent's desk, by language."""


class Menu(NamedTuple):
    prompts: tuple[Prompt, ...]
    choices: Mapping[str, Choice]
    timeout_s: float
    repeat: int
    """How often it is said again after silence or a wrong key, before `otherwise`."""
    otherwise: str
    no_input: tuple[Prompt, ...]
    no_match: tuple[Prompt, ...]
    barge_in: bool = True


class Hours(NamedTuple):
    hours: str
    """Id of opening hours in the configuration."""
    open: str
    closed: str
    holiday: str = ""
    """Empty: as closed."""


class Queue(NamedTuple):
    queue: str
    requires: tuple[tuple[str, int], ...] = ()
    priority_s: float = 0.0
    prompts: tuple[Prompt, ...] = ()
    """Said first while waiting, cut short when an agent is there."""
    refused: str = ""
    """Where to go when the queue takes nobody; empty: a spoken way out."""
    keys: Mapping[str, Choice] = MappingProxyType({})
    """Where keys lead while waiting; who listens there keeps the place."""
    hint: tuple[Prompt, ...] = ()
    """Said after each announcement while waiting: what those keys do."""
    overflow: tuple[tuple[str, str], ...] = ()
    """Where to go on when the queue's policy leads to `callback`, `message`, `voicemail`: pairs of that and node."""


class Later(NamedTuple):
    """Somebody comes back to them: their number is taken, then the call ends."""

    kind: str
    """`callback` (at their place in the queue), or `message` (an agent sees to it)."""
    queue: str = ""
    """Empty: where they wait, or waited last."""
    ask: tuple[Prompt, ...] = ()
    """For their number, where none is known."""
    prompts: tuple[Prompt, ...] = ()
    """When it was taken down."""
    failed: str = ""
    """Empty: back to the queue where they were, else a person, else a spoken way out."""
    first: str = ""
    """Of a callback: who is called first, `agent` or `customer`; empty: as the queue has it."""
    demand: str = ""
    """Of a message: its code."""


class Voicemail(NamedTuple):
    """They are recorded after a tone, until #, a silence, the bound or their hanging up; an agent sees to it."""

    queue: str = ""
    """Empty: where they wait, or waited last."""
    prompts: tuple[Prompt, ...] = ()
    """Before the tone."""
    thanks: tuple[Prompt, ...] = ()
    longest_s: float = 120.0
    silence_s: float = 4.0
    """Ends it."""
    failed: str = ""
    """Where nothing can be recorded; empty: a spoken way out."""
    demand: str = ""


class Transfer(NamedTuple):
    to: str
    prompts: tuple[Prompt, ...] = ()
    failed: str = ""


class Hangup(NamedTuple):
    prompts: tuple[Prompt, ...] = ()


Node = Say | Menu | Hours | Queue | Later | Voicemail | Transfer | Hangup


class Document(NamedTuple):
    languages: tuple[str, ...]
    """The first is spoken when the caller's is not among them."""
    person: str
    """Queue of the node `person`; empty when there is none."""
    start: str
    nodes: Mapping[str, Node]
    positions: Mapping[str, tuple[int, int]]
    """Where each node stands in the text: line and column."""

    def language(self, wanted: str) -> str:
        return wanted if wanted in self.languages else self.languages[0]


def automatic(node: Node) -> tuple[str, ...]:
    """Where a caller may get to from here without pressing a key."""
    match node:
        case Say(next=to) | Menu(otherwise=to) | Transfer(failed=to) | Later(failed=to) | Voicemail(failed=to):
            ways = [to]
        case Queue():
            ways = [node.refused, *dict(node.overflow).values()]
        case Hours():
            ways = [node.open, node.closed, node.holiday]
        case Hangup():
            ways = []
    return tuple(to for to in ways if to)


def leads_to(node: Node) -> tuple[str, ...]:
    """Every node that may come next."""
    keys = keys_of(node)
    return (*(choice.to for choice in keys.values() if choice.to), *automatic(node))


def keys_of(node: Node) -> Mapping[str, Choice]:
    match node:
        case Menu(choices=keys) | Queue(keys=keys):
            return keys
    return {}


def prompts_of(node: Node) -> Iterator[Prompt]:
    if isinstance(node, Hours):
        return
    yield from node.prompts
    if isinstance(node, Menu):
        yield from node.no_input
        yield from node.no_match
    elif isinstance(node, Queue):
        yield from node.hint
    elif isinstance(node, Later):
        yield from node.ask
    elif isinstance(node, Voicemail):
        yield from node.thanks


def words(document: Document, node: str, via: str) -> dict[str, str]:
    """What the key `via` that led to `node` is called, by language, for people who read the caller's way."""
    for other in document.nodes.values():
        choice = keys_of(other).get(via)
        if choice is not None and choice.to == node and choice.words:
            return dict(choice.words)
    return {}
