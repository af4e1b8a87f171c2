"""Grammar of the nodes at which a flow ends: people, callbacks, messages, the end of the call."""

from __future__ import annotations

import re

from .build_talking import prompts_or_none
from .grammar import At, choices, empty
from .nodes import End, Hangup, Later, Prompt, Queue, Transfer, Voicemail
from .reading import Fields, Reader
from .tree import Pairs, Scalar, Tree

TARGET = re.compile(r"[\w+*#.:@/-]{1,80}")
ASK_NUMBER = (Prompt(standard="ask_number"),)
ELSEWHERE = ("callback", "message", "voicemail")
"""What a queue's policy may lead to beside other queues."""


def queue(at: At) -> Queue:
    reader = at.reader
    body = at.body("queue")
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
        choices(reader, fields.get("keys")),
        reader.prompts(fields.get("hint"), "hint"),
        _overflow(reader, fields.get("overflow")),
    )


def _overflow(reader: Reader, tree: Tree | None) -> tuple[tuple[str, str], ...]:
    if tree is None:
        return ()
    found = reader.fields(tree, "overflow", ELSEWHERE)
    return tuple((to, reader.name(node, to)) for to, node in sorted(found.items()))


def callback(at: At) -> Later:
    reader = at.reader
    fields = _later(at, "callback", "first")
    first = fields.get("first")
    if first is not None and (not isinstance(first, Scalar) or first.text not in ("agent", "customer")):
        reader.wrong(first, "flow.bad_value", "first is agent or customer")
        first = None
    said = reader.prompts(fields.get("say"), "say") or (Prompt(standard="callback_taken"),)
    return Later("callback", *_whom(reader, fields, said), first=first.text if isinstance(first, Scalar) else "")


def message(at: At) -> Later:
    reader = at.reader
    fields = _later(at, "message", "demand")
    said = reader.prompts(fields.get("say"), "say") or (Prompt(standard="message_taken"),)
    return Later("message", *_whom(reader, fields, said), demand=reader.name(fields.get("demand"), "demand"))


def voicemail(at: At) -> Voicemail:
    reader = at.reader
    body = at.body("voicemail")
    known = ("queue", "say", "thanks", "longest_s", "silence_s", "failed", "demand")
    fields = {} if empty(body) else reader.fields(body, "a voicemail", known)
    return Voicemail(
        reader.name(fields.get("queue"), "queue"),
        reader.prompts(fields.get("say"), "say") or (Prompt(standard="voicemail"),),
        reader.prompts(fields.get("thanks"), "thanks") or (Prompt(standard="voicemail_taken"),),
        reader.number(fields.get("longest_s"), "longest_s", 120.0, 5.0, 600.0),
        reader.number(fields.get("silence_s"), "silence_s", 4.0, 2.0, 15.0),
        reader.name(fields.get("failed"), "failed"),
        reader.name(fields.get("demand"), "demand"),
    )


def _later(at: At, kind: str, more: str) -> Fields:
    reader = at.reader
    body = at.body(kind)
    if empty(body):
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


def transfer(at: At) -> Transfer:
    reader = at.reader
    body = at.body("transfer")
    if isinstance(body, Scalar):
        return Transfer(reader.name(body, "transfer", TARGET))
    fields = reader.fields(body, "a transfer", ("to", "say", "failed"), ("to",))
    return Transfer(
        reader.name(fields.get("to"), "to", TARGET),
        reader.prompts(fields.get("say"), "say"),
        reader.name(fields.get("failed"), "failed"),
    )


def hangup(at: At) -> Hangup:
    return Hangup(prompts_or_none(at, "hangup"))


def end(at: At) -> End:
    return End(prompts_or_none(at, "end"))
