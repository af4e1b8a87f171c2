"""`qingting flow …`: what it prints, and whether all was well. Reading what is typed is `cli.py`'s."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ...errors import Invalid
from ...flow.comparing import Change, compare
from ...flow.document import Document
from ...flow.linking import link
from ...flow.schema import schema
from ...flow.tree import Problem
from ...speech.prompts import PromptStore
from .cases import failures, read_cases
from .files import beside, cases_of, load
from .inputs import Fact, inputs
from .reading import read_flow
from .speech import too_much_speech
from .walking import Line, Walk, run

Answer = tuple[bool, list[str]]
"""Whether all was well, and lines to print."""


def told(problems: Sequence[Problem], file: str = "", what: str = "") -> list[str]:
    before = f"{file}:" if file else ""
    return [f"{before}{each.line}:{each.column}: {what}{each.code}: {each.message}" for each in problems]


def lint(text: str, folder: Path, profile: str = "") -> Answer:
    """Of a flow with what it calls."""
    _, problems, wrong = _with_called(text, folder, profile)
    lines = told(problems)
    for name, theirs in wrong.items():
        lines += told(theirs, f"{name}.yaml")
    return not lines, lines


def _with_called(
    text: str, folder: Path, profile: str = ""
) -> tuple[Document | None, list[Problem], dict[str, list[Problem]]]:
    """Linked, where it is sound."""
    document, problems = read_flow(text, profile=profile)
    if document is None:
        return None, problems, {}
    others, wrong = beside(document, folder)
    if wrong:
        return document, problems, wrong
    document, problems = read_flow(text, others=others, profile=profile)
    if document is not None and not problems:
        document = link(document, others)[0]
    return document, problems, wrong


def whole(file: Path) -> Document:
    """Sound and linked. Raises `Invalid("flow.problems")`, and as `load` does."""
    text = load(file)
    document, problems, wrong = _with_called(text, file.parent)
    if document is None or problems or wrong:
        lines = [
            *told(problems, file.name),
            *(line for name, each in wrong.items() for line in told(each, f"{name}.yaml")),
        ]
        raise Invalid("flow.problems", "\n".join(["the flow has problems", *lines[:20]]))
    return document


def test(files: Sequence[Path]) -> Answer:
    """Each flow against the cases beside it. Raises `Invalid("file.unreadable")`."""
    well, lines = True, []
    for file in files:
        document, problems, wrong = _with_called(load(file), file.parent)
        cases = load(cases_of(file))
        lines += told(problems, file.name)
        for name, each in wrong.items():
            lines += told(each, f"{name}.yaml")
        if document is None or problems or wrong:
            well = False
            continue
        failed = failures(document, cases)
        count = len(read_cases(cases)[0])
        lines += told(failed, cases_of(file).name)
        lines.append(f"{file.name}: {count} cases, {len({it.message.partition(':')[0] for it in failed})} failed")
        well = well and not failed
    return well, lines


def walk(file: Path, words: Sequence[str], language: str = "") -> Answer:
    """What the caller hears who does this. Raises `Invalid`."""
    given = [each for word in words for each in inputs(word)]
    seen = run(whole(file), given, language)
    lines = [text for line in seen.lines for text in _line(line)]
    lines.append(f"ends: {seen.ends or 'still asking'}")
    if seen.values:
        lines.append(f"remembers: {', '.join(f'{name}={value}' for name, value in seen.values.items())}")
    if seen.goals:
        lines.append(f"goals: {', '.join(seen.goals)}")
    lines += [f"! input {it.number} was not waited for: {it.phase} at {it.node}" for it in seen.unfit]
    return not seen.unfit, lines


def _line(line: Line) -> Iterator[str]:
    yield f"{line.node}  ({line.via}) {line.words}".rstrip()
    for words in line.says:
        yield f"    “{words}”"
    if line.then:
        yield f"    → {line.then}"


def converse(file: Path, words: Callable[[str], str], show: Callable[[str], None], language: str = "") -> None:
    """With whoever sits before it: `words` asks for the next input, `show` prints a line. An empty word lets follow
    what follows by itself; the end of the input is the end."""
    talk = Walk(whole(file), language)
    shown = 0
    while True:
        asks = talk.state.phase in ("fetching", "verifying", "checking", "sending")
        follows = talk.by_itself()
        if follows is not None and not asks:
            talk.give(follows)
            continue
        for line in talk.lines[shown:]:
            for text in _line(line):
                show(text)
        shown = len(talk.lines)
        if talk.done:
            return
        try:
            word = words(f"{talk.state.phase} at {talk.state.node}> ").strip()
        except EOFError:
            return
        try:
            given = list(inputs(word)) if word else [follows] if follows is not None else []
        except Invalid as e:
            show(f"! {e.message}")
            continue
        for each in given:
            if isinstance(each, Fact) or not talk.takes(each) or not talk.give(each):
                show("! nobody waits for that here")
                break


def diff(old: Path, new: Path) -> Answer:
    """What changed by meaning. Raises `Invalid`."""
    documents = []
    for file in (old, new):
        document, problems = read_flow(load(file))
        if document is None:
            raise Invalid("flow.problems", "\n".join([f"{file} cannot be read", *told(problems[:20])]))
        documents.append(document)
    found = compare(*documents)
    lines = [f"! {it.node}: choices were {_choices(it.was)}; now {_choices(it.now)}" for it in found.orders]
    lines += [f"+ {name}" for name in found.added]
    lines += [f"- {name}" for name in found.removed]
    for changes in (found.kinds, found.ways, found.settings, found.texts):
        lines += [_changed(each) for each in changes]
    return found.same, lines or ["the same"]


def _choices(choices: Sequence[tuple[str, str]]) -> str:
    return " ".join(f"{key}={to}" for key, to in choices) or "none"


def _changed(change: Change) -> str:
    where = " ".join(filter(None, (change.node or "flow", change.what, change.language)))
    return f"~ {where}: {change.was or '–'} → {change.now or '–'}"


def schema_text() -> str:
    return json.dumps(schema(), ensure_ascii=False, indent=2)


async def speech(text: str, folder: Path, prompts: PromptStore, profile: str = "") -> Answer:
    """Whether callers hear more at once than the profile allows. Of a flow that `lint` found sound."""
    document, problems, _ = _with_called(text, folder, profile)
    try:
        lines = told(await too_much_speech(document, prompts) if document and not problems else problems)
    finally:
        await prompts.close()
    return not lines, lines
