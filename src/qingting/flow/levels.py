"""How much callers hear before they may answer: one *level* is all that is said between two of their answers.

A chain of words that nobody may answer counts as one with the menu that it leads to; what is said again after silence
or a wrong key, with what is said before it. How long a prompt lasts is measured elsewhere, by language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .document import Document
from .nodes import (
    Ask,
    Branch,
    Call,
    End,
    Fetch,
    Goal,
    Hours,
    Menu,
    Node,
    Prompt,
    Say,
    Send,
    Set,
    Verify,
    automatic,
    leads_to,
)
from .tree import Problem

TOO_MUCH = "flow.too_much_speech"

Seconds = Callable[[Prompt, str], float]
"""How long a prompt is heard in a language."""


class Level(NamedTuple):
    seconds: float
    language: str
    way: tuple[str, ...]
    """Nodes that are heard, from the one that the last answer led to."""


def too_long(document: Document, seconds: Seconds) -> list[Problem]:
    """Levels that last longer than the document's profile allows, each in the language where it is longest."""
    most = document.profile.speech_s
    if not most:
        return []
    worst: dict[str, Level] = {}
    for level in levels(document, seconds):
        if level.seconds > worst.get(level.way[0], Level(most, "", ())).seconds:
            worst[level.way[0]] = level
    return sorted(
        Problem(
            *document.positions[name],
            TOO_MUCH,
            f"{level.seconds:.0f} s are heard in {level.language} before an answer ({' → '.join(level.way)}); "
            f"the profile {document.profile.name!r} allows {most:g} s",
        )
        for name, level in worst.items()
    )


def levels(document: Document, seconds: Seconds) -> Iterator[Level]:
    """The longest of each node at which one begins, in each language. Of a document that is sound."""
    for language in document.languages:
        longest = _longest(document, seconds, language)
        for name in _begins(document):
            yield Level(longest[name][0], language, longest[name][1])
        for name, node in document.nodes.items():
            for before in _before_again(node):
                yield Level(_sum((*before, *_heard(node)), seconds, language), language, (name,))


def _sum(prompts: tuple[Prompt, ...], seconds: Seconds, language: str) -> float:
    return sum(seconds(prompt, language) for prompt in prompts)


def _begins(document: Document) -> list[str]:
    """Where a level begins: at the start, and wherever an answer leads."""
    found = {document.start: None}
    for node in document.nodes.values():
        if not _silent(node):
            unheard = () if not isinstance(node, Menu) else (node.unknown,)
            found |= dict.fromkeys(to for to in leads_to(node) if to not in unheard)
    return list(found)


def _silent(node: Node) -> bool:
    """Nobody may answer there: what follows is heard as well."""
    return isinstance(node, Say | Set | Branch | Hours | Fetch | Send | Call | Goal | End)


def _before_again(node: Node) -> tuple[tuple[Prompt, ...], ...]:
    """What is said before a question is repeated, for each reason."""
    match node:
        case Menu() | Ask():
            return node.no_input, node.no_match
        case Verify():
            return (node.wrong,)
    return ()


def _heard(node: Node) -> tuple[Prompt, ...]:
    return () if isinstance(node, Hours | Set | Branch | Call | Goal) else node.prompts


Found = tuple[float, tuple[str, ...]]


def _longest(document: Document, seconds: Seconds, language: str) -> dict[str, Found]:
    """Of each node: how long is heard from there on until an answer, and by which way.

    Without recursion, for flows may be long; a way that comes back to itself ends there."""
    found: dict[str, Found] = {}
    for first in document.nodes:
        todo, under_way = [first], set[str]()
        while todo:
            name = todo[-1]
            if name in found:
                todo.pop()
                continue
            node = document.nodes[name]
            onward = _onward(node)
            below = [to for to in onward if to not in found and to not in under_way]
            if below and name not in under_way:
                under_way.add(name)
                todo += below
                continue
            todo.pop()
            own = _sum(_heard(node), seconds, language)
            more = max((found[to] for to in onward if to in found), default=(0.0, ()))
            if isinstance(node, Menu) and more[0] > own:  # passed by: its own words are not heard
                found[name] = (more[0], (name, *more[1]))
            elif isinstance(node, Menu):
                found[name] = (own, (name,))
            else:
                found[name] = (own + more[0], (name, *(more[1] if more[0] else ())))
    return found


def _onward(node: Node) -> tuple[str, ...]:
    if isinstance(node, Menu):
        return (node.unknown,) if node.unknown else ()
    return automatic(node) if _silent(node) else ()
