"""A flow as it is drawn: boxes and arrows with words, nothing of how it works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from qingting.flow.document import Document
from qingting.flow.linking import shown
from qingting.flow.nodes import (
    Ask,
    Branch,
    Call,
    End,
    Fetch,
    Goal,
    Hangup,
    Hours,
    Later,
    Menu,
    Node,
    Queue,
    Say,
    Send,
    Set,
    Transfer,
    Verify,
    Voicemail,
    keys_of,
    prompts_of,
)  # fmt: skip

from .model import Kind

TEXT_LIMIT = 300
"""Characters of a node's words that are shown."""


class Arrow(NamedTuple):
    source: str
    target: str
    via: str
    words: tuple[tuple[str, str], ...] = ()
    """What the key is called, by language."""


def kind_of(node: Node) -> str:
    """As it is written in a flow."""
    match node:
        case Menu(kind=kind) | Fetch(kind=kind) | Later(kind=kind):
            return kind
    return type(node).__name__.lower()


def kinds_of(document: Document) -> dict[str, Kind]:
    """By node, as far as counting asks."""
    return {name: _kind(node) for name, node in document.nodes.items()}


def _kind(node: Node) -> Kind:
    match node:
        case Goal(kind=goal):
            return Kind("goal", goal)
        case Menu(kind="survey", choices=choices):
            return Kind("survey", scale=sum(bool(choice.sets) for choice in choices.values()))
    return Kind(kind_of(node))


def drawn(document: Document) -> dict[str, Any]:
    """`start`, `languages`, `nodes` (`id`, `flow` of one that was called, `kind`, `goal`, `about`, `words` by
    language) and `arrows` (`source`, `target`, `via`, `words`)."""
    nodes = [
        {
            "id": name,
            "flow": shown(name)[0],
            "kind": kind_of(node),
            "goal": node.kind if isinstance(node, Goal) else "",
            "about": about(node),
            "words": said(node, document.languages),
        }
        for name, node in document.nodes.items()
    ]
    arrows = [
        {"source": it.source, "target": it.target, "via": it.via, "words": dict(it.words)}
        for name, node in document.nodes.items()
        for it in arrows_of(name, node)
        if it.target in document.nodes
    ]
    return {"start": document.start, "languages": list(document.languages), "nodes": nodes, "arrows": arrows}


def said(node: Node, languages: tuple[str, ...]) -> dict[str, str]:
    """What is said at a node, by language, cut short; values stand as they are written."""
    found: dict[str, str] = {}
    for language in languages:
        texts = (prompt.text(language) for prompt in prompts_of(node) if not prompt.standard)
        if text := " ".join(filter(None, texts)):
            found[language] = text[:TEXT_LIMIT]
    return found


def about(node: Node) -> str:
    """What it is about, by its name in the flow or the configuration; empty for most."""
    match node:
        case Ask(into=name) | Goal(goal=name) | Hours(hours=name) | Queue(queue=name) | Call(flow=name):
            return name
        case Fetch(service=service):
            return service
        case Verify(by=by) | Send(by=by):
            return by
        case Menu(known=known):
            return known
        case Set(values=values):
            return ", ".join(name for name, _ in values)
    return ""


def arrows_of(name: str, node: Node) -> Iterator[Arrow]:
    """Every way on, in order; `via` as the interpreter tells it, `miss` for silence and wrong answers."""
    for key, choice in keys_of(node).items():
        yield Arrow(name, choice.to, key, choice.words)
    for via, to in _ways(node):
        if to:
            yield Arrow(name, to, via)


def _ways(node: Node) -> Iterator[tuple[str, str]]:
    match node:
        case Menu():
            yield from (("miss", node.otherwise), ("unknown", node.unknown))
        case Ask():
            yield from (("given", node.next), ("miss", node.otherwise))
        case Say() | Set() | Goal():
            yield "next", node.next
        case Branch():
            yield from (("true", to) for _, to in node.cases)
            yield "else", node.otherwise
        case Hours():
            yield from (("open", node.open), ("closed", node.closed), ("holiday", node.holiday))
        case Fetch(ways=ways) | Verify(ways=ways):
            yield from ways.items()
        case Send():
            yield from (("next", node.next), ("failed", node.failed))
        case Call():
            yield "call", node.start or node.next
        case Queue():
            yield "refused", node.refused
            yield from (("overflow", to) for _, to in node.overflow)
        case Later(failed=failed) | Voicemail(failed=failed) | Transfer(failed=failed):
            yield "failed", failed
        case End(returns=returns):
            yield from (("end", to) for to in returns)
        case Hangup():
            return
