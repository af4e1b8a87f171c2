"""What changed between two versions of a flow, by meaning: for a page that draws it, and for `flow diff`.

The order and the keys of choices come first: who calls often knows them by heart, and a stable order is a promise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .document import Document
from .expressions import LOADS, Expression
from .nodes import Choice, Fetch, Menu, Node, Prompt, keys_of
from .values import written

Choices = tuple[tuple[str, str], ...]
"""Key and node, in the order of the text."""


class Order(NamedTuple):
    node: str
    was: Choices
    now: Choices


class Change(NamedTuple):
    """`was` or `now` is empty where there was, or is, none."""

    node: str
    """Empty: of the flow itself."""
    what: str
    """A field; of a way what leads there; of a key's words the key."""
    language: str
    """Of a text; `recorded` and `standard` for what stands instead of one."""
    was: str
    now: str


class Comparison(NamedTuple):
    orders: tuple[Order, ...]
    """Menus whose choices have other keys or stand in another order."""
    added: tuple[str, ...]
    removed: tuple[str, ...]
    kinds: tuple[Change, ...]
    """Nodes that became something else; nothing more is told of them."""
    ways: tuple[Change, ...]
    texts: tuple[Change, ...]
    settings: tuple[Change, ...]

    @property
    def same(self) -> bool:
        return not any(self)


def compare(old: Document, new: Document) -> Comparison:
    both = [name for name in new.nodes if name in old.nodes]
    kinds = {name: (kind(old.nodes[name]), kind(new.nodes[name])) for name in both}
    alike = [name for name, (was, now) in kinds.items() if was == now]
    return Comparison(
        tuple(_orders(old, new, alike)),
        tuple(name for name in new.nodes if name not in old.nodes),
        tuple(name for name in old.nodes if name not in new.nodes),
        tuple(Change(name, "kind", "", was, now) for name, (was, now) in kinds.items() if was != now),
        tuple(_changes(old, new, alike, _ways)),
        tuple(_changes(old, new, alike, _texts)),
        (*_of_flow(old, new), *_changes(old, new, alike, _settings)),
    )


def kind(node: Node) -> str:
    """As it is written."""
    if isinstance(node, Menu | Fetch):
        return node.kind
    return getattr(node, "kind", "") if type(node).__name__ == "Later" else type(node).__name__.lower()


def _orders(old: Document, new: Document, names: list[str]) -> Iterator[Order]:
    for name in names:
        was, now = (
            tuple((key, choice.to) for key, choice in keys_of(each.nodes[name]).items()) for each in (old, new)
        )
        # A choice that is new or gone moves nobody's key, as long as the others stand as they stood.
        kept = {to for _, to in was} & {to for _, to in now}
        if [it for it in was if it[1] in kept] != [it for it in now if it[1] in kept]:
            yield Order(name, was, now)


def _changes(old: Document, new: Document, names: list[str], read: Any) -> Iterator[Change]:
    for name in names:
        was, now = read(old.nodes[name]), read(new.nodes[name])
        for what, language in dict.fromkeys((*was, *now)):
            before, after = was.get((what, language), ""), now.get((what, language), "")
            if before != after:
                yield Change(name, what, language, before, after)


def _of_flow(old: Document, new: Document) -> Iterator[Change]:
    for what in ("languages", "person", "start", "facts"):
        was, now = (_shown(getattr(each, what)) for each in (old, new))
        if was != now:
            yield Change("", what, "", was, now)
    if old.profile.name != new.profile.name:
        yield Change("", "profile", "", old.profile.name, new.profile.name)


_Read = dict[tuple[str, str], str]
_WAYS = ("next", "otherwise", "unknown", "refused", "failed", "open", "closed", "holiday")


def _ways(node: Node) -> _Read:
    found: _Read = {}
    fields: Mapping[str, Any] = node._asdict()
    for name in _WAYS:
        if fields.get(name):
            found[name, ""] = fields[name]
    for key, choice in keys_of(node).items():
        found[f"key {key}", ""] = choice.to
    for name, to in fields.get("ways", {}).items():
        found[name, ""] = to
    for name, to in fields.get("overflow", ()):
        found[f"overflow {name}", ""] = to
    for when, to in fields.get("cases", ()):
        found[f"when {shown(when)}", ""] = to
    return found


def _texts(node: Node) -> _Read:
    found: _Read = {}
    for name, value in node._asdict().items():
        prompts = (value,) if isinstance(value, Prompt) else value if isinstance(value, tuple) else ()
        for n, prompt in enumerate(prompts, 1):
            if isinstance(prompt, Prompt):
                label = "say" if name == "prompts" else name
                found |= _prompt(label if len(prompts) == 1 else f"{label} {n}", prompt)
    for key, choice in keys_of(node).items():
        found |= {(f"key {key}", language): text for language, text in choice.words}
    return found


def _prompt(label: str, prompt: Prompt) -> _Read:
    found = {(label, language): text for language, text in prompt.texts}
    if prompt.recorded:
        found[label, "recorded"] = prompt.recorded
    if prompt.standard:
        found[label, "standard"] = prompt.standard
    return found


_ELSEWHERE = {*_WAYS, "choices", "keys", "ways", "overflow", "cases", "kind", "start", "returns"}


def _settings(node: Node) -> _Read:
    found: _Read = {}
    for name, value in node._asdict().items():
        prompts = isinstance(value, Prompt) or (
            isinstance(value, tuple) and any(isinstance(it, Prompt) for it in value)
        )
        if name not in _ELSEWHERE and not prompts and value not in ((), ""):
            found[name, ""] = _shown(value)
    for key, choice in keys_of(node).items():
        for name, value in (("language", choice.language), ("heard", choice.heard), ("sets", choice.sets)):
            if value and not (name == "heard" and choice == Choice(choice.to)):
                found[f"key {key} {name}", ""] = _shown(value)
    return found


def _shown(value: Any) -> str:
    match value:
        case Expression():
            return shown(value)
        case tuple():
            return ", ".join(map(_shown, value))
        case float() if value.is_integer():
            return str(int(value))
        case str():
            return value
    return written(value) if isinstance(value, bool | None) else str(value)


def shown(expression: Expression) -> str:
    """As people write it."""
    op, of = expression
    match op:
        case "value":
            return f"'{of[0]}'" if isinstance(of[0], str) else "null" if of[0] is None else written(of[0])
        case "name":
            return str(of[0])
        case "not":
            return f"not {_within(of[0])}"
        case "in":
            return f"{_within(of[0])} in ({', '.join(map(shown, of[1:]))})"
        case _ if op in LOADS:
            return f"{op}('{of[0]}')"
        case _ if op[0].isalpha() and op not in ("and", "or"):
            return f"{op}({', '.join(map(shown, of))})"
    return f" {op} ".join(map(_within, of))


def _within(expression: Expression) -> str:
    text = shown(expression)
    simple = expression.op in ("value", "name", *LOADS) or (expression.op[0].isalpha() and text.endswith(")"))
    return text if simple and expression.op not in ("and", "or", "not", "in") else f"({text})"
