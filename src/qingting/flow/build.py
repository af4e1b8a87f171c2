"""From tree to document: the grammar of the flow language, one function for each kind of node.

A new kind is a type in `nodes.py`, a function in one of `build_….py`, and its moves in `interpreter.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from . import build_doing, build_ending, build_talking
from .document import PERSON, Document
from .grammar import At
from .nodes import Node, Queue
from .profile import DEFAULT, PROFILES
from .reading import LANGUAGE, Reader
from .tree import Items, Pairs, Problem, Scalar, Tree

NODES_LIMIT = 500
FACTS_LIMIT = 30
TOP = ("name", "description", "languages", "profile", "facts", "person", "start", "nodes")


def build(tree: Tree) -> tuple[Document | None, list[Problem]]:
    """The document, as far as it could be read, and what was wrong. None when there is nothing to lint."""
    reader = Reader()
    top = reader.fields(tree, "a flow", TOP, ("languages", "nodes"))
    for label in ("name", "description"):
        if label in top:
            reader.text(top[label], label)
    reader.languages = _languages(reader, top.get("languages"))
    person = reader.name(top.get("person"), "person")
    profile = reader.one_of(top.get("profile"), "profile", tuple(PROFILES)) or DEFAULT
    facts = _facts(reader, top.get("facts"))
    nodes: dict[str, Node] = {}
    positions: dict[str, tuple[int, int]] = {}
    for key, body in _node_pairs(reader, top.get("nodes")):
        name = reader.name(key, "a node's name")
        if name == PERSON:
            reader.wrong(
                key, "flow.reserved", f"{PERSON!r} is the node that `person:` makes; name this one otherwise"
            )
        elif name:
            node = _node(reader, key, body, PERSON if person else "")
            if node is not None:
                nodes[name] = node
                positions[name] = (key.line, key.column)
    if person:
        same = (it for it in nodes.values() if isinstance(it, Queue) and it.queue == person)
        nodes[PERSON] = Queue(person, overflow=next((it.overflow for it in same if it.overflow), ()))
        at = top["person"]
        positions[PERSON] = (at.line, at.column)
    if not positions:
        return None, reader.problems
    start = reader.name(top.get("start"), "start") or next(iter(nodes))
    if start not in nodes:
        reader.wrong(top.get("start", tree), "flow.unknown_node", f"the flow starts at {start!r}, which is not there")
        return None, reader.problems
    document = Document(reader.languages, person, start, nodes, positions, PROFILES[profile], facts)
    return document, reader.problems


def _languages(reader: Reader, tree: Tree | None) -> tuple[str, ...]:
    if tree is None:
        return reader.languages
    items = tree.items if isinstance(tree, Items) else ()
    found = tuple(dict.fromkeys(filter(None, (reader.name(item, "a language", LANGUAGE) for item in items[:20]))))
    if not found or len(items) > 20:
        reader.wrong(tree, "flow.bad_value", "languages is a list such as [zh, en], the default first")
    return found or reader.languages


def _facts(reader: Reader, tree: Tree | None) -> tuple[str, ...]:
    if tree is None:
        return ()
    items = tree.items if isinstance(tree, Items) else ()
    if not 0 < len(items) <= FACTS_LIMIT:
        reader.wrong(tree, "flow.bad_value", f"facts is a list of 1 to {FACTS_LIMIT} names")
    return tuple(reader.value_name(item, "a fact") for item in items[:FACTS_LIMIT])


def _node_pairs(reader: Reader, tree: Tree | None) -> tuple[tuple[Scalar, Tree], ...]:
    if tree is None:
        return ()
    if not isinstance(tree, Pairs) or not tree.pairs:
        reader.wrong(tree, "flow.bad_value", "nodes is a mapping of names to nodes")
        return ()
    if len(tree.pairs) > NODES_LIMIT:
        reader.wrong(tree.pairs[NODES_LIMIT][0], "flow.too_many_nodes", f"a flow has at most {NODES_LIMIT} nodes")
    return tree.pairs[:NODES_LIMIT]


def _node(reader: Reader, key: Scalar, tree: Tree, person: str) -> Node | None:
    if not isinstance(tree, Pairs):
        reader.wrong(tree, "flow.bad_value", f"node {key.text!r} is a mapping such as `say: …`")
        return None
    kinds = [name for name, _ in tree.pairs if name.text in KINDS]
    if len(kinds) != 1:
        code = "flow.several_kinds" if kinds else "flow.unknown_kind"
        reader.wrong(kinds[1] if kinds else key, code, f"node {key.text!r} is exactly one of: {', '.join(KINDS)}")
        return None
    return KINDS[kinds[0].text](At(reader, key, tree, person))


KINDS: dict[str, Callable[[At], Node]] = {
    "say": build_talking.say,
    "menu": build_talking.menu,
    "ask": build_talking.ask,
    "confirm": build_talking.confirm,
    "survey": build_talking.survey,
    "verify": build_talking.verify,
    "set": build_doing.set_,
    "branch": build_doing.branch,
    "hours": build_doing.hours,
    "lookup": build_doing.lookup,
    "do": build_doing.do,
    "send": build_doing.send,
    "call": build_doing.call,
    "goal": build_doing.goal,
    "queue": build_ending.queue,
    "callback": build_ending.callback,
    "message": build_ending.message,
    "voicemail": build_ending.voicemail,
    "transfer": build_ending.transfer,
    "hangup": build_ending.hangup,
    "end": build_ending.end,
}
