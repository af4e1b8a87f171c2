"""From tree to document: the grammar of the flow language, one function for each kind of node.

A new kind is a type in `document.py`, a function here, and its moves in `interpreter.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .document import (
    KEYS,
    PERSON,
    Choice,
    Document,
    Hangup,
    Hours,
    Later,
    Menu,
    Node,
    Prompt,
    Queue,
    Say,
    Transfer,
    Voicemail,
)  # fmt: skip
from .reading import LANGUAGE, Fields, Reader
from .tree import Items, Pairs, Problem, Scalar, Tree

NODES_LIMIT = 500
TARGET = re.compile(r"[\w+*#.:@/-]{1,80}")

NO_INPUT = (Prompt(standard="no_input"),)
NO_MATCH = (Prompt(standard="no_match"),)
ASK_NUMBER = (Prompt(standard="ask_number"),)
ELSEWHERE = ("callback", "message", "voicemail")
"""What a queue's policy may lead to beside other queues."""


def build(tree: Tree) -> tuple[Document | None, list[Problem]]:
    """The document, as far as it could be read, and what was wrong. None when there is nothing to lint."""
    reader = Reader()
    top = reader.fields(
        tree, "a flow", ("name", "description", "languages", "person", "start", "nodes"), ("languages", "nodes")
    )
    for label in ("name", "description"):
        if label in top:
            reader.text(top[label], label)
    reader.languages = _languages(reader, top.get("languages"))
    person = reader.name(top.get("person"), "person")
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
    return Document(reader.languages, person, start, nodes, positions), reader.problems


def _languages(reader: Reader, tree: Tree | None) -> tuple[str, ...]:
    if tree is None:
        return reader.languages
    items = tree.items if isinstance(tree, Items) else ()
    found = tuple(dict.fromkeys(filter(None, (reader.name(item, "a language", LANGUAGE) for item in items[:20]))))
    if not found or len(items) > 20:
        reader.wrong(tree, "flow.bad_value", "languages is a list such as [zh, en], the default first")
    return found or reader.languages


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
    return KINDS[kinds[0].text](reader, key, tree, person)


def _body(reader: Reader, key: Scalar, tree: Pairs, kind: str) -> Tree:
    """What stands under the kind's word, where nothing else may stand beside it."""
    return reader.fields(tree, f"node {key.text!r}", (kind,))[kind]


def _say(reader: Reader, key: Scalar, tree: Pairs, person: str) -> Say:
    fields = reader.fields(tree, f"node {key.text!r}", ("say", "next", "barge_in"), ("next",))
    return Say(
        reader.prompts(fields.get("say"), "say"),
        reader.name(fields.get("next"), "next"),
        reader.flag(fields.get("barge_in"), "barge_in", True),
    )


def _menu(reader: Reader, key: Scalar, tree: Pairs, person: str) -> Menu:
    known = ("say", "keys", "timeout_s", "repeat", "otherwise", "no_input", "no_match", "barge_in")
    fields = reader.fields(_body(reader, key, tree, "menu"), "a menu", known, ("say", "keys"))
    choices = _choices(reader, fields.get("keys"))
    if person:
        choices.setdefault("0", Choice(person))
    return Menu(
        reader.prompts(fields.get("say"), "say"),
        choices,
        reader.number(fields.get("timeout_s"), "timeout_s", 5.0, 1.0, 60.0),
        reader.whole(fields.get("repeat"), "repeat", 2, 0, 5),
        reader.name(fields.get("otherwise"), "otherwise") or person,
        reader.prompts(fields.get("no_input"), "no_input") or NO_INPUT,
        reader.prompts(fields.get("no_match"), "no_match") or NO_MATCH,
        reader.flag(fields.get("barge_in"), "barge_in", True),
    )


def _choices(reader: Reader, tree: Tree | None) -> dict[str, Choice]:
    if tree is None:
        return {}
    if not isinstance(tree, Pairs) or not tree.pairs:
        reader.wrong(tree, "flow.bad_value", "keys is a mapping of keys to nodes, such as `1: sales`")
        return {}
    choices: dict[str, Choice] = {}
    for key, value in tree.pairs:
        if len(key.text) != 1 or key.text not in KEYS:
            reader.wrong(key, "flow.bad_key", f"{key.text[:40]!r} is no key of a phone: 0-9, * or #")
            continue
        if isinstance(value, Scalar):
            choices[key.text] = Choice(reader.name(value, "a choice"))
            continue
        fields = reader.fields(value, "a choice", ("to", "language", "words"), ("to",))
        language = reader.name(fields.get("language"), "language", LANGUAGE)
        if language and language not in reader.languages:
            reader.wrong(
                fields["language"], "flow.unknown_language", f"{language!r} is not among the flow's languages"
            )
        choices[key.text] = Choice(
            reader.name(fields.get("to"), "to"),
            language,
            reader.texts(fields["words"], "words") if "words" in fields else (),
        )
    return choices


def _hours(reader: Reader, key: Scalar, tree: Pairs, person: str) -> Hours:
    body = _body(reader, key, tree, "hours")
    fields = reader.fields(body, "hours", ("of", "open", "closed", "holiday"), ("of", "open", "closed"))
    return Hours(*(reader.name(fields.get(name), name) for name in ("of", "open", "closed", "holiday")))


def _queue(reader: Reader, key: Scalar, tree: Pairs, person: str) -> Queue:
    body = _body(reader, key, tree, "queue")
    if isinstance(body, Scalar):
        return Queue(reader.name(body, "queue"))
    known = ("to", "say", "requires", "priority_s", "refused", "keys", "hint", "overflow")
    fields = reader.fields(body, "a queue", known, ("to",))
    return Queue(
        reader.name(fields.get("to"), "to"),
        _requires(reader, fields),
        reader.number(fields.get("priority_s"), "priority_s", 0.0, -86400.0, 86400.0),
        reader.prompts(fields.get("say"), "say"),
        reader.name(fields.get("refused"), "refused"),
        _choices(reader, fields.get("keys")),
        reader.prompts(fields.get("hint"), "hint"),
        _overflow(reader, fields.get("overflow")),
    )


def _overflow(reader: Reader, tree: Tree | None) -> tuple[tuple[str, str], ...]:
    if tree is None:
        return ()
    found = reader.fields(tree, "overflow", ELSEWHERE)
    return tuple((to, reader.name(node, to)) for to, node in sorted(found.items()))


def _callback(reader: Reader, key: Scalar, tree: Pairs, person: str) -> Later:
    fields = _later(reader, key, tree, "callback", "first")
    first = fields.get("first")
    if first is not None and (not isinstance(first, Scalar) or first.text not in ("agent", "customer")):
        reader.wrong(first, "flow.bad_value", "first is agent or customer")
        first = None
    said = reader.prompts(fields.get("say"), "say") or (Prompt(standard="callback_taken"),)
    return Later("callback", *_whom(reader, fields, said), first=first.text if isinstance(first, Scalar) else "")


def _message(reader: Reader, key: Scalar, tree: Pairs, person: str) -> Later:
    fields = _later(reader, key, tree, "message", "demand")
    said = reader.prompts(fields.get("say"), "say") or (Prompt(standard="message_taken"),)
    return Later("message", *_whom(reader, fields, said), demand=reader.name(fields.get("demand"), "demand"))


def _voicemail(reader: Reader, key: Scalar, tree: Pairs, person: str) -> Voicemail:
    body = _body(reader, key, tree, "voicemail")
    known = ("queue", "say", "thanks", "longest_s", "silence_s", "failed", "demand")
    empty = isinstance(body, Scalar) and body.text in ("", "~", "null")
    fields = {} if empty else reader.fields(body, "a voicemail", known)
    return Voicemail(
        reader.name(fields.get("queue"), "queue"),
        reader.prompts(fields.get("say"), "say") or (Prompt(standard="voicemail"),),
        reader.prompts(fields.get("thanks"), "thanks") or (Prompt(standard="voicemail_taken"),),
        reader.number(fields.get("longest_s"), "longest_s", 120.0, 5.0, 600.0),
        reader.number(fields.get("silence_s"), "silence_s", 4.0, 2.0, 15.0),
        reader.name(fields.get("failed"), "failed"),
        reader.name(fields.get("demand"), "demand"),
    )


def _later(reader: Reader, key: Scalar, tree: Pairs, kind: str, more: str) -> Fields:
    body = _body(reader, key, tree, kind)
    if isinstance(body, Scalar) and body.text in ("", "~", "null"):
        return {}
    return reader.fields(body, f"a {kind}", ("queue", "ask", "say", "failed", more))


def _whom(
    reader: Reader, fields: Fields, said: tuple[Prompt, ...]
) -> tuple[str, tuple[Prompt, ...], tuple[Prompt, ...], str]:
    ask = reader.prompts(fields.get("ask"), "ask") or ASK_NUMBER
    return reader.name(fields.get("queue"), "queue"), ask, said, reader.name(fields.get("failed"), "failed")


def _requires(reader: Reader, fields: Fields) -> tuple[tuple[str, int], ...]:
    tree = fields.get("requires")
    if tree is None:
        return ()
    if not isinstance(tree, Pairs):
        reader.wrong(tree, "flow.bad_value", "requires is a mapping of skills to levels, 1 to 5")
        return ()
    pairs = ((reader.name(key, "a skill"), reader.whole(level, "a level", 1, 1, 5)) for key, level in tree.pairs[:20])
    return tuple(sorted(pairs))


def _transfer(reader: Reader, key: Scalar, tree: Pairs, person: str) -> Transfer:
    body = _body(reader, key, tree, "transfer")
    if isinstance(body, Scalar):
        return Transfer(reader.name(body, "transfer", TARGET))
    fields = reader.fields(body, "a transfer", ("to", "say", "failed"), ("to",))
    return Transfer(
        reader.name(fields.get("to"), "to", TARGET),
        reader.prompts(fields.get("say"), "say"),
        reader.name(fields.get("failed"), "failed"),
    )


def _hangup(reader: Reader, key: Scalar, tree: Pairs, person: str) -> Hangup:
    body = _body(reader, key, tree, "hangup")
    if isinstance(body, Scalar) and body.text in ("", "~", "null"):
        return Hangup()
    fields = reader.fields(body, "a hangup", ("say",))
    return Hangup(reader.prompts(fields.get("say"), "say"))


KINDS: dict[str, Callable[[Reader, Scalar, Pairs, str], Node]] = {
    "say": _say,
    "menu": _menu,
    "hours": _hours,
    "queue": _queue,
    "callback": _callback,
    "message": _message,
    "voicemail": _voicemail,
    "transfer": _transfer,
    "hangup": _hangup,
}
