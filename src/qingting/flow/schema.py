"""The language as a JSON Schema (2020-12): what editors complete and check while a flow is written.

It tells the form of a text. What a text promises (`lint.py`) no schema can tell. A test holds it against the builder:
each kind and each field, the needed ones, and no other.
"""

from __future__ import annotations

from typing import Any

from .build import FACTS_LIMIT, KINDS, NODES_LIMIT, TOP
from .build_doing import CASES_LIMIT, KEEP, METHODS, PAIRS_LIMIT
from .build_ending import ELSEWHERE
from .build_talking import AMOUNT, ANSWERS, RATING
from .expressions import TEXT_LIMIT as EXPRESSION_LIMIT
from .grammar import LADDER
from .profile import PROFILES
from .reading import KINDS as SPOKEN_KINDS
from .reading import LANGUAGE, NAME, PATH_LIMIT, PROMPTS_LIMIT, RECORDING, TEXT_LIMIT

Schema = dict[str, Any]
SPOKEN_AS = f"^({'|'.join(SPOKEN_KINDS)}|money:[A-Z]{{3}})$"

NOTHING: Schema = {"type": "null"}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(needed: str, known: dict[str, Schema]) -> Schema:
    """A mapping of these fields and no others."""
    found: Schema = {"type": "object", "properties": known, "additionalProperties": False}
    return found | {"required": needed.split()} if needed else found


def _number(least: float, most: float) -> Schema:
    return {"type": "number", "minimum": least, "maximum": most}


def _whole(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def _words(words: tuple[str, ...]) -> Schema:
    return {"enum": list(words)}


def _of(name: str, *fields: str) -> dict[str, Schema]:
    return dict.fromkeys(fields, _ref(name))


_LADDER: dict[str, Schema] = {
    "timeout_s": _number(1, 60),
    "repeat": _whole(0, 5),
    **_of("name", "otherwise"),
    **_of("prompts", "no_input", "no_match"),
    "barge_in": {"type": "boolean"},
}
assert tuple(_LADDER) == LADDER


def _bodies() -> dict[str, Schema]:
    """What stands under each kind's word."""
    name, prompts, value, expression = _ref("name"), _ref("prompts"), _ref("value"), _ref("expression")
    later = {"queue": name, "ask": prompts, "say": prompts, "failed": name}
    return {
        "say": prompts,
        "menu": _object("say keys", {"say": prompts, "keys": _ref("keys"), **_LADDER}),
        "ask": _object(
            "say as into next",
            {
                "say": prompts,
                "as": _words(ANSWERS),
                "into": value,
                "next": name,
                "least": _number(0, AMOUNT),
                "most": _number(0, AMOUNT),
                "secret": {"type": "boolean"},
                "intents": {
                    "type": "object",
                    "additionalProperties": _object(
                        "key", {"key": _ref("key"), "words": _ref("texts"), "heard": _ref("heard"), "to": name}
                    ),
                },
                **_LADDER,
            },
        ),
        "confirm": _object(
            "value say yes no",
            {"value": value, "say": prompts, "yes": name, "no": name, "key": _ref("key"), **_LADDER},
        ),
        "survey": _object(
            "say next",
            {"say": prompts, "next": name, "into": value, "scale": _whole(RATING[0], RATING[2]), **_LADDER},
        ),
        "verify": _object(
            "by subject say passed",
            {
                "by": _words(("pin", "code")),
                "subject": expression,
                "service": name,
                "path": _ref("path"),
                "to": expression,
                "length": _whole(4, 12),
                "say": prompts,
                "wrong": prompts,
                "attempts": _whole(1, 5),
                "timeout_s": _number(1, 60),
                **_of("name", "passed", "failed", "locked"),
            },
        ),
        "set": _ref("values"),
        "branch": {
            "type": "array",
            "minItems": 2,
            "maxItems": CASES_LIMIT,
            "items": _object("to", {"when": expression, "to": name}),
        },
        "hours": _object("of open closed", _of("name", "of", "open", "closed", "holiday")),
        "lookup": _fetch("lookup", "found missing", ("found", "missing", "failed")),
        "do": _fetch("do", "done refused uncertain", ("done", "refused", "uncertain", "failed")),
        "send": _object(
            "by to text next",
            {
                "by": _words(("mail", "sms")),
                "to": expression,
                "subject": _ref("prompt"),
                "text": _ref("prompt"),
                "next": name,
                "failed": name,
                "say": prompts,
            },
        ),
        "call": name,
        "goal": name,
        "queue": {
            "anyOf": [
                name,
                _object(
                    "to",
                    {
                        "to": name,
                        "say": prompts,
                        "requires": {"type": "object", "maxProperties": 20, "additionalProperties": _whole(1, 5)},
                        "priority_s": _number(-86400, 86400),
                        "refused": name,
                        "keys": _ref("keys"),
                        "hint": prompts,
                        "overflow": _object("", _of("name", *ELSEWHERE)),
                    },
                ),
            ]
        },
        "callback": _may_be_empty({**later, "first": _words(("agent", "customer"))}),
        "message": _may_be_empty({**later, "demand": name}),
        "voicemail": _may_be_empty(
            {
                "queue": name,
                "say": prompts,
                "thanks": prompts,
                "longest_s": _number(5, 600),
                "silence_s": _number(2, 15),
                "failed": name,
                "demand": name,
            }
        ),
        "transfer": {
            "anyOf": [
                {"type": ["string", "integer"], "description": "a number in E.164"},
                _object("to", {"to": {"type": ["string", "integer"]}, "say": prompts, "failed": name}),
            ]
        },
        "hangup": _may_be_empty({"say": prompts}),
        "end": _may_be_empty({"say": prompts}),
    }


def _fetch(kind: str, needed: str, ways: tuple[str, ...]) -> Schema:
    return _object(
        f"service path {needed}",
        {
            "service": _ref("name"),
            "path": _ref("path"),
            "method": _words(METHODS[kind]),
            "with": _ref("values"),
            "keep": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": PAIRS_LIMIT,
                "propertyNames": _ref("value"),
                "additionalProperties": {"type": ["string", "integer"], "pattern": f"^({KEEP})$"},
            },
            "timeout_s": _number(0.5, 20),
            "retries": _whole(0, 3),
            "say": _ref("prompts"),
            **_of("name", *ways),
        },
    )


def _may_be_empty(known: dict[str, Schema]) -> Schema:
    return {"anyOf": [NOTHING, _object("", known)]}


_BESIDE: dict[str, tuple[str, dict[str, Schema]]] = {
    "say": ("next", {"next": _ref("name"), "barge_in": {"type": "boolean"}}),
    "set": ("next", _of("name", "next")),
    "call": ("next", _of("name", "next")),
    "goal": ("next", {"next": _ref("name"), "kind": _words(("query", "transaction"))}),
}
"""What stands beside a kind's word: needed, and all."""

_MEANT = {
    "say": "says something, then goes on",
    "menu": "says something and waits for a key",
    "ask": "several keys, or words, that become a value",
    "confirm": "a remembered value, accepted by one key",
    "survey": "how satisfied they are, by a key",
    "verify": "proves who they are, by a PIN or a code that is sent to them",
    "set": "computes values",
    "branch": "decides by values, and by how queues stand",
    "hours": "asks opening hours",
    "lookup": "asks another system",
    "do": "lets another system do something",
    "send": "sends details in writing",
    "call": "another flow, and back again",
    "goal": "what they came for is reached",
    "queue": "waits for people",
    "callback": "they are called back",
    "message": "their number is noted, an agent sees to it",
    "voicemail": "they are recorded",
    "transfer": "connects to an outside number",
    "hangup": "ends the call",
    "end": "of this flow: back to the one that called it, else of the call",
}


def _node(kind: str, body: Schema) -> Schema:
    needed, beside = _BESIDE.get(kind, ("", {}))
    return _object(f"{kind} {needed}", {kind: body, **beside}) | {"title": kind, "description": _MEANT[kind]}


def _matching(pattern: str) -> Schema:
    return {"type": ["string", "integer"], "pattern": f"^({pattern})$"}


def schema() -> Schema:
    """Of a flow's text. Patterns are for texts; a number that YAML reads as one is a name too."""
    language, text = f"^({LANGUAGE.pattern})$", {"type": ["string", "number"], "maxLength": TEXT_LIMIT}
    texts: Schema = {"type": "object", "patternProperties": {language: text}, "additionalProperties": False}
    definitions: dict[str, Schema] = {
        "name": _matching(NAME.pattern),
        "value": {"type": "string", "pattern": r"^[^\W\d]\w{0,39}$"},
        "key": {"anyOf": [{"type": "string", "pattern": "^[0-9*#]$"}, _whole(0, 9)]},
        "expression": {
            "type": ["string", "number", "boolean", "null"],
            "maxLength": EXPRESSION_LIMIT,
            "description": "such as balance < 10 and wait('service') > 300; a text stands in quotes of its own",
        },
        "path": {"type": "string", "pattern": "^/", "maxLength": PATH_LIMIT},
        "values": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": PAIRS_LIMIT,
            "propertyNames": _ref("value"),
            "additionalProperties": _ref("expression"),
        },
        "texts": {"anyOf": [text, texts]},
        "prompt": {
            "anyOf": [
                text,
                texts | {"properties": {"recorded": {"type": "string", "pattern": f"^({RECORDING.pattern})$"}}},
                _object("standard", {"standard": _ref("name")}),
                _object("only text", {"only": {"type": "string"}, "text": text, "recorded": {"type": "string"}}),
                _object("value", {"value": _ref("value"), "as": {"type": "string", "pattern": SPOKEN_AS}}),
            ]
        },
        "prompts": {
            "anyOf": [
                _ref("prompt"),
                {"type": "array", "minItems": 1, "maxItems": PROMPTS_LIMIT, "items": _ref("prompt")},
            ]
        },
        "heard": {
            "type": "object",
            "patternProperties": {
                language: {"anyOf": [text, {"type": "array", "maxItems": 50, "items": text}]},
            },
            "additionalProperties": False,
        },
        "choice": {
            "anyOf": [
                _ref("name"),
                _object(
                    "to",
                    {
                        "to": _ref("name"),
                        "language": {"type": "string"},
                        "words": _ref("texts"),
                        "heard": _ref("heard"),
                    },
                ),
            ]
        },
        "keys": {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {"^[0-9*#]$": _ref("choice")},
            "additionalProperties": False,
        },
    }
    bodies = _bodies()
    definitions |= {f"node-{kind}": _node(kind, bodies[kind]) for kind in KINDS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A flow of Qingting",
        **_object("languages nodes", _top(language)),
        "$defs": definitions,
    }


def _top(language: str) -> dict[str, Schema]:
    known: dict[str, Schema] = {
        "name": {"type": "string", "maxLength": TEXT_LIMIT},
        "description": {"type": "string", "maxLength": TEXT_LIMIT},
        "languages": {
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": {"type": "string", "pattern": language},
            "description": "the first is spoken when the caller's is not among them",
        },
        "profile": _words(tuple(PROFILES)),
        "facts": {
            "type": "array",
            "minItems": 1,
            "maxItems": FACTS_LIMIT,
            "items": _ref("value"),
            "description": "values that the flow expects to be known at its start",
        },
        "person": _ref("name") | {"description": "a queue of people: key 0 leads there from everywhere"},
        "start": _ref("name") | {"description": "the first node; absent: the first in the text"},
        "nodes": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": NODES_LIMIT,
            "propertyNames": {"pattern": f"^({NAME.pattern})$", "not": {"const": "person"}},
            "additionalProperties": {"oneOf": [_ref(f"node-{kind}") for kind in KINDS]},
        },
    }
    return {name: known[name] for name in TOP}
