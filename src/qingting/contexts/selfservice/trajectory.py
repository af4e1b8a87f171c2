"""One caller's way through self-service, as people read it: where, how long, what was asked and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from qingting import numbers
from qingting.contexts.contacts.api import Passed
from qingting.flow.document import Document, words
from qingting.flow.nodes import Ask, Fetch, Goal, Node, Send, Set, Verify, keys_of, sets
from qingting.flow.values import Value, Values, written

from .counting import walk_of
from .graph import about, kind_of, said
from .model import stays

STEPS_MOST = 200
ASKED = (Fetch, Verify, Send)
"""Kinds of nodes whose outcome is worth telling."""
DIGITS_SHOWN = 6
"""Longer numbers are hidden from those who may not see numbers."""


def trajectory(
    document: Document | None, told: Sequence[Passed], contact: Mapping[str, Any], known: Values, *, numbers_too: bool
) -> dict[str, Any] | None:
    """None of who was never in self-service; of a flow that nobody can read any more it has no words.

    `contact`: its row, of which `ended_at` and `outcome` are read. → `seconds`, `before_person_s` (None: no person),
    `circles`, `goals` (`name`, `kind`), `steps`: `at`, `seconds`, `flow`, `node`, `kind`, `about`, `via`, `words`
    (what the key is called), `says`, `outcome` (`via` that led on, of what another system was asked), `secret`,
    `values` (`name`, `value`: what was remembered there).
    """
    if not any(it.node for it in told):
        return None
    walk, begun = walk_of(told, contact), next(it for it in told if it.node)
    seconds, values = stays(walk), dict(known)
    steps, goals = [], []
    came = ""
    for move, long, after in zip_longest(walk.moves, seconds, walk.moves[1:]):
        node = document.nodes.get(move.node) if document else None
        if isinstance(node, Goal):
            goals.append({"name": node.goal, "kind": node.kind})
        step = {
            "at": move.at,
            "seconds": long,
            "flow": begun.flow,
            "node": move.node,
            "kind": kind_of(node) if node else "",
            "about": about(node) if node else "",
            "via": move.via,
            "words": words(document, move.node, move.via, came) if document else {},
            "says": said(node, document.languages) if node and document else {},
            "outcome": after.via if after and isinstance(node, ASKED) and after.node != move.node else "",
            "secret": isinstance(node, Verify) or (isinstance(node, Ask) and node.secret),
            "values": _remembered(node, after.via, values, numbers_too) if node and after else [],
        }
        steps.append(step)
        came = move.node
    queued = walk.queued_at
    before = [long for move, long in zip(walk.moves, seconds, strict=True) if queued and move.at <= queued]
    return {
        "flow": begun.flow,
        "version": begun.version,
        "seconds": sum(seconds),
        "before_person_s": sum(before) if queued is not None else None,
        "circles": sum(move.via == "circle" for move in walk.moves),
        "goals": goals,
        "steps": steps[:STEPS_MOST],
    }


def at_a_glance(found: dict[str, Any]) -> dict[str, Any]:
    """For who is about to talk with them: what they were after, not every step."""
    answers = {it["name"]: it["value"] for step in found["steps"] for it in step["values"]}
    asked = [
        {"node": step["node"], "kind": step["kind"], "about": step["about"], "outcome": step["outcome"]}
        for step in found["steps"]
        if step["outcome"]
    ]
    return {
        "seconds": found["seconds"],
        "circles": found["circles"],
        "goals": found["goals"],
        "asked": asked[-5:],
        "answers": [{"name": name, "value": value} for name, value in answers.items()][-8:],
    }


def _remembered(node: Node, via: str, values: Mapping[str, Value], numbers_too: bool) -> list[dict[str, str]]:
    """What this step kept; a value that was kept anew later is told as it is now."""
    if isinstance(node, Ask) and (node.secret or via != "given"):
        return []
    if isinstance(node, Ask | Fetch | Set):
        names = tuple(sets(node))
    else:
        choice = keys_of(node).get(via)
        names = tuple(name for name, _ in choice.sets) if choice else ()
    return [
        {"name": name, "value": shown(values[name], numbers_too)} for name in names if values.get(name) is not None
    ]


def shown(value: Value, numbers_too: bool) -> str:
    text = written(value)
    digits = sum(it.isdecimal() for it in text)
    return text if numbers_too or digits <= DIGITS_SHOWN else numbers.masked(text)
