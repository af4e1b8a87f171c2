"""YAML in, a tree with positions out. Read as events, so that no text can make it recurse or multiply.

Only plain structure is taken: no aliases, no tags, no second document, no key twice.
"""

from __future__ import annotations

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from .flow.tree import Items, Pairs, Problem, Scalar, Tree

SIZE_LIMIT = 128 * 1024
"""Characters."""
DEPTH_LIMIT = 16
VALUES_LIMIT = 20_000

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Wrong(Exception):
    def __init__(self, line: int, column: int, code: str, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(line, column, code, message)


def read_tree(text: str, size: int = SIZE_LIMIT, values: int = VALUES_LIMIT) -> tuple[Tree | None, list[Problem]]:
    """The tree, or what was wrong with the text. Never raises. `size` in characters."""
    if len(text) > size:
        return None, [Problem(1, 1, "yaml.too_big", f"{len(text)} characters; at most {size}")]
    strange = next((i for i, c in enumerate(text) if "\ud800" <= c <= "\udfff" or c == "\0"), -1)
    if strange >= 0:
        return None, [Problem(*_place(text, strange), "yaml.syntax", "a character that no text contains")]
    try:
        return _read(text, values), []
    except _Wrong as e:
        return None, [e.problem]
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return None, [Problem(*place, "yaml.syntax", e.problem or e.context or "cannot be read")]
    except yaml.reader.ReaderError as e:
        place = _place(text, e.position) if isinstance(e.position, int) else (1, 1)
        return None, [Problem(*place, "yaml.syntax", "a character that YAML does not allow")]


def _place(text: str, index: int) -> tuple[int, int]:
    before = text[:index]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


class _Open:
    """A mapping or sequence whose end has not come yet."""

    def __init__(self, line: int, column: int, mapping: bool) -> None:
        self.line, self.column, self.mapping = line, column, mapping
        self.values: list[Tree] = []
        self.keys: set[str] = set()

    def add(self, value: Tree) -> None:
        if self.mapping and len(self.values) % 2 == 0:
            if not isinstance(value, Scalar):
                raise _Wrong(value.line, value.column, "yaml.bad_key", "a key is a plain text")
            if value.text in self.keys:
                raise _Wrong(value.line, value.column, "yaml.duplicate_key", f"{value.text[:40]!r} stands here twice")
            self.keys.add(value.text)
        self.values.append(value)

    def close(self) -> Tree:
        if not self.mapping:
            return Items(self.line, self.column, tuple(self.values))
        keys = (key for key in self.values[::2] if isinstance(key, Scalar))
        return Pairs(self.line, self.column, tuple(zip(keys, self.values[1::2], strict=True)))


def _read(text: str, most: int) -> Tree:
    outer: list[_Open] = []
    root: Tree | None = None
    documents = values = 0
    for event in yaml.parse(text, Loader=_Loader):
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _Wrong(line, column, "yaml.several_documents", "a second document begins here; one is wanted")
        done = _value(event, outer, line, column)
        if done is None:
            continue
        values += 1
        if values > most:
            raise _Wrong(line, column, "yaml.too_big", f"more than {most} values")
        if outer:
            outer[-1].add(done)
        else:
            root = done
    if root is None:
        raise _Wrong(1, 1, "yaml.empty", "there is nothing here")
    return root


def _value(event: Event, outer: list[_Open], line: int, column: int) -> Tree | None:
    """The value that this event completes, if it does."""
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        raise _Wrong(line, column, "yaml.alias", "anchors and aliases are not taken: write it out")
    if getattr(event, "tag", None) not in (None, "!"):
        raise _Wrong(line, column, "yaml.tag", "tags are not taken")
    if isinstance(event, ScalarEvent):
        return Scalar(line, column, event.value, event.style not in (None, ""))
    if isinstance(event, MappingStartEvent | SequenceStartEvent):
        if len(outer) >= DEPTH_LIMIT:
            raise _Wrong(line, column, "yaml.too_deep", f"more than {DEPTH_LIMIT} levels")
        outer.append(_Open(line, column, isinstance(event, MappingStartEvent)))
    elif isinstance(event, MappingEndEvent | SequenceEndEvent):
        return outer.pop().close()
    return None
