"""What the kinds of nodes have in common in the text: their body, their keys, the ladder after silence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .nodes import KEYS, Choice, Prompt
from .reading import LANGUAGE, Fields, Reader
from .tree import Items, Pairs, Scalar, Tree

NO_INPUT = (Prompt(standard="no_input"),)
NO_MATCH = (Prompt(standard="no_match"),)
LADDER = ("timeout_s", "repeat", "otherwise", "no_input", "no_match", "barge_in")


class At(NamedTuple):
    """Where a node stands, and what its builder reads by."""

    reader: Reader
    key: Scalar
    tree: Pairs
    person: str
    """Node of people; empty when the flow names none."""

    @property
    def what(self) -> str:
        return f"node {self.key.text!r}"

    def body(self, kind: str) -> Tree:
        """What stands under the kind's word, where nothing else may stand beside it."""
        return self.reader.fields(self.tree, self.what, (kind,))[kind]

    def beside(self, kind: str, known: Iterable[str], required: Iterable[str] = ()) -> Fields:
        """The kind's word and what may stand beside it."""
        return self.reader.fields(self.tree, self.what, (kind, *known), (kind, *required))


def empty(tree: Tree) -> bool:
    return isinstance(tree, Scalar) and tree.text in ("", "~", "null")


class Ladder(NamedTuple):
    timeout_s: float
    repeat: int
    otherwise: str
    no_input: tuple[Prompt, ...]
    no_match: tuple[Prompt, ...]
    barge_in: bool


def ladder(at: At, fields: Fields, otherwise: str, repeat: int = 2) -> Ladder:
    reader = at.reader
    return Ladder(
        reader.number(fields.get("timeout_s"), "timeout_s", 5.0, 1.0, 60.0),
        reader.whole(fields.get("repeat"), "repeat", repeat, 0, 5),
        reader.name(fields.get("otherwise"), "otherwise") or otherwise,
        reader.prompts(fields.get("no_input"), "no_input") or NO_INPUT,
        reader.prompts(fields.get("no_match"), "no_match") or NO_MATCH,
        reader.flag(fields.get("barge_in"), "barge_in", True),
    )


def with_person(choices: dict[str, Choice], person: str) -> dict[str, Choice]:
    """Key 0 is people, wherever nothing else is said."""
    if person:
        choices.setdefault("0", Choice(person))
    return choices


def choices(reader: Reader, tree: Tree | None) -> dict[str, Choice]:
    if tree is None:
        return {}
    if not isinstance(tree, Pairs) or not tree.pairs:
        reader.wrong(tree, "flow.bad_value", "keys is a mapping of keys to nodes, such as `1: sales`")
        return {}
    found: dict[str, Choice] = {}
    for key, value in tree.pairs:
        if not is_key(reader, key):
            continue
        if isinstance(value, Scalar):
            found[key.text] = Choice(reader.name(value, "a choice"))
            continue
        fields = reader.fields(value, "a choice", ("to", "language", "words", "heard"), ("to",))
        language = reader.name(fields.get("language"), "language", LANGUAGE)
        if language and language not in reader.languages:
            reader.wrong(
                fields["language"], "flow.unknown_language", f"{language!r} is not among the flow's languages"
            )
        found[key.text] = Choice(reader.name(fields.get("to"), "to"), language, *words_and_heard(reader, fields))
    return found


def is_key(reader: Reader, key: Scalar) -> bool:
    if len(key.text) == 1 and key.text in KEYS:
        return True
    reader.wrong(key, "flow.bad_key", f"{key.text[:40]!r} is no key of a phone: 0-9, * or #")
    return False


def words_and_heard(reader: Reader, fields: Fields) -> tuple[tuple[tuple[str, str], ...], tuple[()], Heard]:
    words = reader.texts(fields["words"], "words") if "words" in fields else ()
    return words, (), heard(reader, fields.get("heard"))


Heard = tuple[tuple[str, tuple[str, ...]], ...]


def heard(reader: Reader, tree: Tree | None) -> Heard:
    """By language, what people say who mean it."""
    if tree is None:
        return ()
    if not isinstance(tree, Pairs):
        reader.wrong(tree, "flow.bad_value", "heard is, for each language, a list of what people say")
        return ()
    found: list[tuple[str, tuple[str, ...]]] = []
    for language, said in tree.pairs:
        if language.text not in reader.languages:
            reader.wrong(
                language, "flow.unknown_language", f"{language.text[:40]!r} is not among the flow's languages"
            )
        items = said.items if isinstance(said, Items) else (said,)
        found.append((language.text, tuple(reader.text(item, "heard", 40) for item in items[:50])))
    return tuple(found)
