"""What a flow remembers, checked on the document: every value that is used is known, and a secret stays one."""

from __future__ import annotations

from collections.abc import Iterator

from .document import FACTS, Document
from .expressions import LOADS, Expression
from .nodes import Ask, Branch, Fetch, Node, Send, Set, Verify, expressions_of, sets, texts_of, uses
from .tree import Problem
from .values import VALUES_LIMIT


def spoken_values(linked: Document, document: Document) -> Iterator[Problem]:
    """Problems of `document`, whose values may be set in flows that it calls: `linked` is with those."""
    secret = {it.into for it in linked.nodes.values() if isinstance(it, Ask) and it.secret}
    known = {*FACTS, *document.facts, *(name for node in linked.nodes.values() for name in sets(node))}
    if len(known) > VALUES_LIMIT:
        line, column = document.positions[document.start]
        yield Problem(line, column, "flow.too_many_values", f"a dialogue remembers at most {VALUES_LIMIT} values")
    for name, node in document.nodes.items():
        at = document.positions[name]
        for value in dict.fromkeys(uses(node)):
            if value not in known:
                text = (
                    f"{name!r} uses {value!r}, which nothing sets; a text stands in quotes of its own: \"'{value}'\""
                )
                yield Problem(*at, "flow.unknown_value", text)
        for value in dict.fromkeys(_shown(node)):
            if value in secret:
                text = f"{value!r} is secret: it may be sent to a service as it is, and nothing else"
                yield Problem(*at, "flow.secret", text)
        if isinstance(node, Fetch) and node.method == "get":
            for value in dict.fromkeys(name for _, it in node.sends for name in it.names()):
                if value in secret:
                    text = f"{value!r} is secret and would stand in an address: ask with `method: post`"
                    yield Problem(*at, "flow.secret", text)
        for value in dict.fromkeys(sets(node)):
            if value in secret and not (isinstance(node, Ask) and node.secret):
                yield Problem(*at, "flow.secret", f"{value!r} is secret elsewhere: it cannot be set in {name!r}")
        if not isinstance(node, Branch):
            for op in dict.fromkeys(op for it in expressions_of(node) for op, _ in it.loads()):
                yield Problem(*at, "flow.bad_expression", f"{op}(…) is asked in a branch only ({', '.join(LOADS)})")


def _in_expressions(node: Node) -> Iterator[str]:
    for expression in expressions_of(node):
        yield from expression.names()


def _shown(node: Node) -> Iterator[str]:
    """Values that leave this node for somebody's eyes or ears, for the log, or for another value."""
    yield from (name for prompt in texts_of(node) for name, _ in prompt.spoken)
    match node:
        case Fetch():
            for part in (*node.path, *(it for _, it in node.sends if it.op != "name")):
                if isinstance(part, Expression):
                    yield from part.names()
        case Verify() | Send() | Set() | Branch():
            yield from _in_expressions(node)
