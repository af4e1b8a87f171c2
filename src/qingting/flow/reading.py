"""Reading typed values out of a tree. Whatever is wrong becomes a problem with its place; nothing raises."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from .expressions import Bad, Expression, parse
from .nodes import Prompt
from .tree import Items, Pairs, Problem, Scalar, Tree, problem

NAME = re.compile(r"\w[\w.:-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
RECORDING = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

VALUE = re.compile(r"[^\W\d]\w{0,39}")
"""Name of a value."""
SPOKEN = re.compile(r"\{([^\W\d]\w{0,39})(?::([a-z]+(?::[A-Z]{3})?))?\}")
"""A value in a text, and how it is spoken."""
KINDS = ("text", "number", "digits", "money", "date", "weekday", "time", "duration", "phone")
PATH_LIMIT = 200

TEXT_LIMIT = 800
PROMPTS_LIMIT = 20

Fields = dict[str, Tree]


class Reader:
    """Collects problems while it reads; a value that cannot be read comes back as its default."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.languages: tuple[str, ...] = ("zh",)

    def wrong(self, at: Tree, code: str, message: str) -> None:
        self.problems.append(problem(at, code, message))

    def fields(self, tree: Tree, what: str, known: Iterable[str], required: Iterable[str] = ()) -> Fields:
        """The fields of a mapping; unknown and missing ones are problems."""
        if not isinstance(tree, Pairs):
            self.wrong(tree, "flow.bad_value", f"{what} is a mapping of {', '.join(known)}")
            return {}
        found: Fields = {}
        for key, value in tree.pairs:
            if key.text in known:
                found[key.text] = value
            else:
                self.wrong(key, "flow.unknown_field", f"{what} has no field {key.text[:40]!r}: {', '.join(known)}")
        for name in required:
            if name not in found:
                self.wrong(tree, "flow.missing_field", f"{what} needs {name!r}")
        return found

    def text(self, tree: Tree, what: str, limit: int = TEXT_LIMIT) -> str:
        if not isinstance(tree, Scalar) or not tree.text.strip():
            self.wrong(tree, "flow.bad_value", f"{what} is a text")
            return ""
        if len(tree.text) > limit:
            self.wrong(tree, "flow.too_long", f"{what} has {len(tree.text)} characters; at most {limit}")
            return ""
        return tree.text.strip()

    def name(self, tree: Tree | None, what: str, pattern: re.Pattern[str] = NAME) -> str:
        """A name, or nothing where the field is absent."""
        if tree is None:
            return ""
        if isinstance(tree, Scalar) and pattern.fullmatch(tree.text):
            return tree.text
        self.wrong(tree, "flow.bad_value", f"{what} is a name of letters, digits, - and _")
        return ""

    def matching(self, tree: Tree, what: str, pattern: str) -> str:
        if isinstance(tree, Scalar) and re.fullmatch(pattern, tree.text):
            return tree.text
        self.wrong(tree, "flow.bad_value", f"{what} is not written so")
        return ""

    def value_name(self, tree: Tree | None, what: str) -> str:
        """Of a value that the dialogue remembers."""
        if tree is None:
            return ""
        if isinstance(tree, Scalar) and VALUE.fullmatch(tree.text) and tree.text not in ("true", "false", "null"):
            return tree.text
        self.wrong(tree, "flow.bad_value", f"{what} is a name of letters, digits and _, without a digit in front")
        return ""

    def one_of(self, tree: Tree | None, what: str, known: tuple[str, ...]) -> str:
        """One of these words, or nothing where the field is absent."""
        if tree is None:
            return ""
        if isinstance(tree, Scalar) and tree.text in known:
            return tree.text
        self.wrong(tree, "flow.bad_value", f"{what} is one of: {', '.join(known)}")
        return ""

    def expression(self, tree: Tree | None, what: str) -> Expression | None:
        """None where the field is absent, or is none."""
        if tree is None:
            return None
        try:
            if isinstance(tree, Scalar):
                return parse(tree.text)
            raise Bad(f"{what} is an expression")
        except Bad as e:
            self.wrong(tree, "flow.bad_expression", str(e))
            return None

    def path(self, tree: Tree | None, what: str) -> tuple[str | Expression, ...]:
        """Of an address: texts, and values between braces."""
        if tree is None:
            return ()
        if not isinstance(tree, Scalar) or not tree.text.startswith("/") or len(tree.text) > PATH_LIMIT:
            self.wrong(tree, "flow.bad_value", f"{what} begins with / and has at most {PATH_LIMIT} characters")
            return ()
        parts: list[str | Expression] = []
        end = 0
        for found in SPOKEN.finditer(tree.text):
            parts += [tree.text[end : found.start()], Expression("name", (found[1],))]
            end = found.end()
        parts.append(tree.text[end:])
        if any(isinstance(part, str) and re.search(r"[\s{}\\#]|//|\.\.", part) for part in parts):
            self.wrong(tree, "flow.bad_value", f"{what} is a plain path such as /accounts/{{number}}/balance")
        return tuple(part for part in parts if part)

    def number(self, tree: Tree | None, what: str, default: float, least: float, most: float) -> float:
        if tree is None:
            return default
        try:
            value = float(tree.text) if isinstance(tree, Scalar) else math.nan
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            self.wrong(tree, "flow.bad_value", f"{what} is a number from {least:g} to {most:g}")
            return default
        return value

    def whole(self, tree: Tree | None, what: str, default: int, least: int, most: int) -> int:
        value = self.number(tree, what, default, least, most)
        if tree is not None and value != int(value):
            self.wrong(tree, "flow.bad_value", f"{what} is a whole number")
            return default
        return int(value)

    def flag(self, tree: Tree | None, what: str, default: bool) -> bool:
        if tree is None:
            return default
        value = {"true": True, "false": False}.get(tree.text) if isinstance(tree, Scalar) else None
        if value is None:
            self.wrong(tree, "flow.bad_value", f"{what} is true or false")
            return default
        return value

    def texts(self, tree: Tree, what: str) -> tuple[tuple[str, str], ...]:
        """One text (in the first language), or a mapping of language to text."""
        if isinstance(tree, Scalar):
            return ((self.languages[0], self.text(tree, what)),)
        if isinstance(tree, Pairs):
            return self._by_language(tree.pairs, what)
        self.wrong(tree, "flow.bad_value", f"{what} is a text, or a text for each language")
        return ()

    def _by_language(self, pairs: tuple[tuple[Scalar, Tree], ...], what: str) -> tuple[tuple[str, str], ...]:
        found = []
        for key, value in pairs:
            if key.text not in self.languages:
                self.wrong(key, "flow.unknown_language", f"{key.text[:40]!r} is not among the flow's languages")
            else:
                found.append((key.text, self.text(value, what)))
        return tuple(found)

    def prompts(self, tree: Tree | None, what: str) -> tuple[Prompt, ...]:
        if tree is None:
            return ()
        if isinstance(tree, Items):
            if not 0 < len(tree.items) <= PROMPTS_LIMIT:
                self.wrong(tree, "flow.bad_value", f"{what} is a list of 1 to {PROMPTS_LIMIT} prompts")
            return tuple(self.prompt(item, what) for item in tree.items[:PROMPTS_LIMIT])
        return (self.prompt(tree, what),)

    def prompt(self, tree: Tree, what: str) -> Prompt:
        """A text, texts by language, `{recorded: id, …texts}`, `{standard: name}`, `{only: language, text: …}`, or
        `{value: name, as: kind}`."""
        if isinstance(tree, Items):
            self.wrong(tree, "flow.bad_value", f"{what} is a text or a mapping")
            return Prompt()
        if isinstance(tree, Scalar):
            prompt = self._speaking(tree, Prompt(self.texts(tree, what)))
            self._complete(tree, prompt, what)
            return prompt
        keys = {key.text: value for key, value in tree.pairs}
        if "only" in keys:
            return self._only(tree, what)
        if "value" in keys:
            return self._value(tree, what)
        if "standard" in keys:
            fields = self.fields(tree, what, ("standard",))
            return Prompt(standard=self.name(fields["standard"], "standard"))
        recorded = self.name(keys.get("recorded"), "recorded", RECORDING)
        texts = self._by_language(tuple(p for p in tree.pairs if p[0].text != "recorded"), what)
        prompt = self._speaking(tree, Prompt(texts, recorded))
        self._complete(tree, prompt, what)
        return prompt

    def _only(self, tree: Tree, what: str) -> Prompt:
        fields = self.fields(tree, what, ("only", "text", "recorded"), ("text",))
        language = self.name(fields["only"], "only", LANGUAGE)
        if language and language not in self.languages:
            self.wrong(fields["only"], "flow.unknown_language", f"{language!r} is not among the flow's languages")
        text = self.text(fields["text"], what) if "text" in fields else ""
        recorded = self.name(fields.get("recorded"), "recorded", RECORDING)
        return self._speaking(tree, Prompt(((language, text),), recorded, only=language))

    def _value(self, tree: Tree, what: str) -> Prompt:
        """A value alone, between recordings."""
        fields = self.fields(tree, what, ("value", "as"), ("value",))
        name, kind = self.value_name(fields.get("value"), "value"), fields.get("as")
        as_ = kind.text if isinstance(kind, Scalar) else "text"
        text = f"{{{name}:{as_}}}"
        return self._speaking(tree, Prompt(tuple((language, text) for language in self.languages)))

    def _speaking(self, at: Tree, prompt: Prompt) -> Prompt:
        """With the values that its texts speak of."""
        found = dict.fromkeys((it[1], it[2] or "text") for _, text in prompt.texts for it in SPOKEN.finditer(text))
        for name, kind in found:
            if kind.split(":")[0] not in KINDS or (":" in kind and not kind.startswith("money:")):
                self.wrong(at, "flow.bad_value", f"{{{name}:{kind}}}: a value is spoken as {', '.join(KINDS)}")
        return prompt._replace(spoken=tuple(found)) if found else prompt

    def _complete(self, at: Tree, prompt: Prompt, what: str) -> None:
        """A prompt speaks every language of the flow, unless it is a recording alone."""
        if prompt.recorded and not prompt.texts:
            return
        missing = [language for language in self.languages if language not in dict(prompt.texts)]
        if missing:
            self.wrong(at, "flow.missing_language", f"{what} has no text for {', '.join(missing)}")
