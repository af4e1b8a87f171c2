"""Flows as text: check one, walk through one, run the cases written beside one.

`qingting flow lint|run`, the configuration's `/flows/check` and publishing call these.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from ..errors import Invalid
from ..flow import moves
from ..flow.build import build
from ..flow.document import Document, Prompt, words
from ..flow.interpreter import step
from ..flow.lint import lint
from ..flow.tree import Items, Pairs, Problem, Scalar, Tree
from ..speech.standard import STANDARD
from ..yaml_tree import read_tree

PROBLEMS_LIMIT = 200
"""Nobody reads more at once."""


def read_flow(
    text: str,
    *,
    queues: Collection[str] | None = None,
    hours: Collection[str] | None = None,
    recordings: Collection[str] | None = None,
) -> tuple[Document | None, list[Problem]]:
    """The document (None when it is too broken) and all problems. What is `known` is checked where given."""
    tree, problems = read_tree(text)
    if tree is None:
        return None, problems
    document, problems = build(tree)
    if document is not None:
        problems += lint(document, queues=queues, hours=hours, recordings=recordings, standard=STANDARD)
    return document, sorted(set(problems))[:PROBLEMS_LIMIT]


def publishable(text: str, **known: Collection[str] | None) -> Document:
    """The document. Raises `Invalid("flow.problems", problems=[…])` where lint finds any."""
    document, problems = read_flow(text, **known)
    if document is None or problems:
        raise Invalid("flow.problems", "the flow has problems", problems=[p._asdict() for p in problems])
    return document


class Line(NamedTuple):
    """What one move did."""

    node: str
    via: str
    words: str
    says: tuple[str, ...]
    then: str
    """`listen 120`, `hours main`, `queue sales`, `transfer +86…`, `hang up`, or empty."""


class Transcript(NamedTuple):
    lines: tuple[Line, ...]
    ends: str
    """`queue sales`, `transfer …`, `hang up` (also after a callback or message), or empty while still being asked."""
    language: str


def run_text(text: str, inputs: Sequence[str], language: str = "") -> Transcript:
    """Walk through a flow. Raises `Invalid` where lint finds problems or an input is unknown.

    Inputs: a key; `silence`; `open`, `closed`, `holiday` at opening hours (open when not told);
    `refused:<code>` and `overflow:<to>` at a queue, `failed` at a transfer, `not_taken:<code>` at a callback or
    message (taken when not told), `silent` or `not_recorded:<code>` at a voicemail (recorded when not told).
    """
    return run(publishable(text), inputs, language)


def run(document: Document, inputs: Sequence[str], language: str = "") -> Transcript:
    lines: list[Line] = []
    todo = [_input(word) for word in inputs]
    state, outputs = step(document, None, moves.Started(language or document.languages[0]))
    _write(document, state, outputs, lines)
    while state.phase != "done":
        happened = _next(state, todo)
        if happened is None:
            break
        state, outputs = step(document, state, happened)
        _write(document, state, outputs, lines)
    ends = lines[-1].then if state.phase in ("queued", "transferring", "done") else ""
    return Transcript(tuple(lines), ends, state.language)


def _input(word: str) -> moves.Input:
    match word.partition(":"):
        case [("open" | "closed" | "holiday") as found, "", _]:
            return moves.HoursChecked(found == "open", found == "holiday")
        case ["silence" | "timeout", "", _]:
            return moves.Silence()
        case ["refused", ":", code]:
            return moves.QueueRefused(code)
        case ["failed", "", _]:
            return moves.TransferFailed("unreachable")
        case ["overflow", ":", to]:
            return moves.Overflowed(to)
        case ["not_taken", ":", code]:
            return moves.NotTaken(code)
        case ["silent", "", _]:
            return moves.Recorded(True)
        case ["not_recorded", ":", code]:
            return moves.NotRecorded(code)
        case [key, "", _] if len(key) == 1 and key in "0123456789*#":
            return moves.Key(key)
    raise Invalid(
        "flow.bad_input",
        f"no input {word[:40]!r}: a key, silence, open, closed, holiday, refused:…, overflow:…, failed, not_taken:…, "
        "silent, not_recorded:…",
    )


def _next(state: moves.State, todo: list[moves.Input]) -> moves.Input | None:
    """What happens next: what the caller does, else what follows by itself."""
    first = todo[0] if todo else None
    if state.phase == "speaking" and isinstance(first, moves.Key):
        return todo.pop(0)
    if state.phase in ("speaking", "taken", "leaving"):
        return moves.Spoken()
    if state.phase == "recording" and not isinstance(first, moves.Recorded | moves.NotRecorded):
        return moves.Recorded()
    if state.phase == "asking" and not isinstance(first, moves.NotTaken):
        return moves.Taken()
    if state.phase == "checking" and not isinstance(first, moves.HoursChecked):
        return moves.HoursChecked(True)
    return todo.pop(0) if todo else None


def _write(document: Document, state: moves.State, outputs: Sequence[moves.Output], lines: list[Line]) -> None:
    for output in outputs:
        if isinstance(output, moves.Move):
            named = words(document, output.node, output.via)
            label = named.get(state.language) or next(iter(named.values()), "")
            lines.append(Line(output.node, output.via, label, (), ""))
            continue
        line = lines[-1]
        match output:
            case moves.Speak(prompts=prompts, language=language):
                line = line._replace(says=line.says + tuple(_said(p, language) for p in prompts))
            case moves.Listen(keys=keys):
                line = line._replace(then=f"listen {keys}")
            case moves.CheckHours(hours=hours):
                line = line._replace(then=f"hours {hours}")
            case moves.EnterQueue(queue=queue, prompts=prompts):
                says = line.says + tuple(_said(p, state.language) for p in prompts)
                line = line._replace(says=says, then=f"queue {queue}")
            case moves.TakeDown(kind=kind):
                line = line._replace(then=kind)
            case moves.Record():
                line = line._replace(then="voicemail")
            case moves.TransferTo(to=to):
                line = line._replace(then=f"transfer {to}")
            case moves.HangUp():
                line = line._replace(then="hang up")
        lines[-1] = line


def _said(prompt: Prompt, language: str) -> str:
    if prompt.standard:
        return STANDARD[prompt.standard].get(prompt.only or language) or STANDARD[prompt.standard]["en"]
    return prompt.text(language) or f"[{prompt.recorded}]"


# --- cases beside a flow ---------------------------------------------------------------------------------


def run_cases(text: str, cases: str) -> list[str]:
    """What went otherwise than the cases say; empty is good. Raises `Invalid` where either text is broken.

    Cases are a YAML list of `{case, inputs: [...], language?, ends?, speaks?, says?}`: `ends` as in
    `Transcript.ends`, `speaks` the language at the end, `says` a piece of what the caller must have heard.
    """
    document = publishable(text)
    failures = []
    for case in _cases(cases):
        inputs = case.get("inputs")
        words_in = [i.text for i in inputs.items if isinstance(i, Scalar)] if isinstance(inputs, Items) else []
        wanted = {name: value.text for name, value in case.items() if isinstance(value, Scalar)}
        transcript = run(document, words_in, wanted.get("language", ""))
        said = " ".join(text for line in transcript.lines for text in line.says)
        name = wanted.get("case", " ".join(words_in))
        if transcript.ends != wanted.get("ends", ""):
            failures.append(f"{name}: ends with {transcript.ends!r}, not {wanted.get('ends', '')!r}")
        if transcript.language != wanted.get("speaks", transcript.language):
            failures.append(f"{name}: speaks {transcript.language}, not {wanted['speaks']}")
        if wanted.get("says", "") not in said:
            failures.append(f"{name}: does not say {wanted['says']!r}")
    return failures


def _cases(text: str) -> list[dict[str, Tree]]:
    tree, problems = read_tree(text)
    if tree is None or not isinstance(tree, Items):
        problems = problems or [Problem(1, 1, "flow.bad_cases", "cases are a list")]
        raise Invalid("flow.bad_cases", problems[0].message, problems=[p._asdict() for p in problems])
    known = {"case", "inputs", "language", "ends", "speaks", "says"}
    cases = []
    for item in tree.items:
        case: dict[str, Tree] = {"?": item}
        if isinstance(item, Pairs):
            case = {key.text: value for key, value in item.pairs}
        if strange := set(case) - known:
            raise Invalid("flow.bad_cases", f"line {item.line}: a case has no {', '.join(sorted(strange))}")
        cases.append(case)
    return cases
