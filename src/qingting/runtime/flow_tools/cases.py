"""Cases beside a flow: what it must do, kept with it and tried before it is published.

- case: the balance is told          # its name
  language: en                       # of the caller; absent: the flow's first
  facts: {vip: true, medium: voice}  # what is known of them
  loads: {wait(service): 300}        # how queues stand
  answers: {billing: {found: {balance: 12.5}}, pay: [uncertain, done]}   # of other systems, by node or service
  inputs: [1, 13800138000#, silence] # `inputs.KINDS`
  ends: queue sales                  # and what must have come of it:
  at: balance                        # the node where they are at the end
  passes: [verify, balance]          # nodes on the way, in this order
  speaks: en
  says: twelve yuan                  # pieces of what they heard, in this order
  never_says: sorry
  asks: billing get /accounts/1380   # pieces of what was asked of others, and done
  writes: your balance               # pieces of letters
  goals: [balance]                   # all that were reached
  values: {balance: 12.5}            # some of what is remembered at the end
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...flow import values
from ...flow.document import Document
from ...flow.linking import link
from ...flow.tree import Items, Pairs, Problem, Scalar, Tree, problem
from ...flow.values import Value, Values
from ...yaml_tree import read_tree
from .inputs import OUTCOMES, Given, NoInput, Outcome, in_tree, load_at, value_in
from .reading import read_flow
from .walking import Transcript, run

CASES_LIMIT = 500
INPUTS_LIMIT = 400
_TEXTS = ("case", "language", "ends", "at", "speaks")
_LISTS = ("passes", "says", "never_says", "asks", "writes", "goals")
_FIELDS = (*_TEXTS, *_LISTS, "inputs", "facts", "loads", "answers", "values")


class Case(NamedTuple):
    name: str
    at: Tree
    inputs: tuple[tuple[Given, Tree], ...]
    """With the place of each."""
    facts: Values
    loads: Mapping[tuple[str, str], Value]
    answers: Mapping[str, Sequence[Outcome]]
    texts: Mapping[str, Scalar]
    lists: Mapping[str, tuple[Scalar, ...]]
    values: tuple[tuple[Scalar, Value], ...]


def failing(text: str, cases: str, others: Mapping[str, Document] | None = None) -> list[Problem]:
    """What stands against this flow in its cases, each with its place in their text; none is good.

    `flow.bad_cases`: they cannot be read. `flow.case_failed`: something went otherwise. `flow.problems`: the flow
    itself is not sound, so that nothing was tried. `others`: flows that it calls, by name, each as it was read alone.
    """
    document, problems = read_flow(text, others=others)
    if document is None or problems:
        return [Problem(1, 1, "flow.problems", f"the flow has problems: {problems[0].message}")]
    return failures(link(document, others)[0] if others else document, cases)


def failures(document: Document, cases: str) -> list[Problem]:
    """The same of a document that is sound, and linked."""
    read, problems = read_cases(cases)
    return problems or [each for case in read for each in _failed(case, _tried(document, case))]


def _tried(document: Document, case: Case) -> Transcript:
    language = case.texts["language"].text if "language" in case.texts else ""
    given = [each for each, _ in case.inputs]
    return run(document, given, language, facts=case.facts, loads=case.loads, answers=case.answers)


# --- what went otherwise ---------------------------------------------------------------------------------


def _failed(case: Case, seen: Transcript) -> Iterator[Problem]:
    way = " → ".join(dict.fromkeys(line.node for line in seen.lines))

    def failed(at: Tree, what: str) -> Problem:
        return problem(at, "flow.case_failed", f"{case.name}: {what} (way: {way})")

    for unfit in seen.unfit[:1]:  # what comes after it is no longer what was meant
        at = case.inputs[unfit.number - 1][1]
        word = at.text if isinstance(at, Scalar) else "this input"
        yield failed(at, f"{word!r} was not waited for: {unfit.phase} at {unfit.node!r}")
        return
    actual = {"ends": seen.ends, "at": seen.lines[-1].node, "speaks": seen.language}
    for name, is_so in actual.items():
        wanted = case.texts.get(name)
        if wanted is not None and wanted.text != is_so:
            yield failed(wanted, f"{_OTHERWISE[name]} {is_so!r}, not {wanted.text!r}")
    if "ends" not in case.texts and seen.ends:
        yield failed(case.at, f"ends with {seen.ends!r}, which it does not say")
    said = [text for line in seen.lines for text in line.says]
    for name, pieces in (
        ("says", said),
        ("passes", [line.node for line in seen.lines]),
        ("asks", [line.then for line in seen.lines]),
        ("writes", list(seen.letters)),
    ):
        if (missed := _missed(case.lists.get(name, ()), pieces, whole=name == "passes")) is not None:
            shown = "; ".join(filter(None, pieces[-6:])) or "nothing"
            yield failed(missed, f"{name} no {missed.text!r}, in its place; it was: {shown}")
    for never in case.lists.get("never_says", ()):
        if any(never.text in text for text in said):
            yield failed(never, f"says {never.text!r}")
    goals = case.lists.get("goals")
    if goals is not None and tuple(goal.text for goal in goals) != seen.goals:
        yield failed(goals[0] if goals else case.at, f"reaches {', '.join(seen.goals) or 'no goal'}")
    for key, value in case.values:
        if not _same(seen.values.get(key.text), value):
            is_ = values.written(seen.values.get(key.text)) or "nothing"
            yield failed(key, f"{key.text} is {is_}, not {values.written(value) or 'nothing'}")


_OTHERWISE = {"ends": "ends with", "at": "is at", "speaks": "speaks"}


def _missed(wanted: Sequence[Scalar], pieces: Sequence[str], *, whole: bool) -> Scalar | None:
    """The first that does not come after those before it."""
    at = 0
    for each in wanted:
        while at < len(pieces) and not (each.text == pieces[at] if whole else each.text in pieces[at]):
            at += 1
        if at == len(pieces):
            return each
        at += whole
    return None


def _same(a: Value, b: Value) -> bool:
    return a == b or values.written(a) == values.written(b)


# --- reading ---------------------------------------------------------------------------------------------


class _Bad(Exception):
    def __init__(self, at: Tree, message: str) -> None:
        self.problem = problem(at, "flow.bad_cases", message)


def read_cases(text: str) -> tuple[list[Case], list[Problem]]:
    """Cases, or what is wrong with their text."""
    tree, problems = read_tree(text)
    if tree is None:
        return [], problems
    try:
        if not isinstance(tree, Items):
            raise _Bad(tree, "cases are a list of `{case, inputs, ends, …}`")
        if len(tree.items) > CASES_LIMIT:
            raise _Bad(tree.items[CASES_LIMIT], f"a flow has at most {CASES_LIMIT} cases")
        return [_case(item, n) for n, item in enumerate(tree.items, 1)], []
    except _Bad as bad:
        return [], [bad.problem]


def _case(tree: Tree, number: int) -> Case:
    if not isinstance(tree, Pairs):
        raise _Bad(tree, f"a case is a mapping of {', '.join(_FIELDS)}")
    for key, _ in tree.pairs:
        if key.text not in _FIELDS:
            raise _Bad(key, f"a case has no field {key.text[:40]!r}: {', '.join(_FIELDS)}")
    found = {key.text: value for key, value in tree.pairs}
    texts = {name: _scalar(found[name], name) for name in _TEXTS if name in found}
    name = texts["case"].text if "case" in texts else f"case {number}"
    return Case(
        name,
        tree,
        tuple(_inputs(found.get("inputs"))),
        tuple((key.text, _value(value)) for key, value in _pairs(found.get("facts"), "facts")),
        {_load(key): _value(value) for key, value in _pairs(found.get("loads"), "loads")},
        {key.text: tuple(_outcomes(value)) for key, value in _pairs(found.get("answers"), "answers")},
        texts,
        {each: tuple(_scalars(found[each], each)) for each in _LISTS if each in found},
        tuple((key, _value(value)) for key, value in _pairs(found.get("values"), "values")),
    )


def _inputs(tree: Tree | None) -> Iterator[tuple[Given, Tree]]:
    if tree is None:
        return
    if not isinstance(tree, Items) or len(tree.items) > INPUTS_LIMIT:
        raise _Bad(tree, f"inputs is a list of at most {INPUTS_LIMIT}")
    for item in tree.items:
        try:
            for given in in_tree(item):
                yield given, item
        except NoInput as e:
            raise _Bad(item, str(e)) from None


def _outcomes(tree: Tree) -> Iterator[Outcome]:
    for item in tree.items if isinstance(tree, Items) else (tree,):
        try:
            found = [each for each in in_tree(item) if isinstance(each, Outcome)]
        except NoInput:
            found = []
        if not found:
            raise _Bad(item, f"an answer is one of {', '.join(OUTCOMES)}, or `{{found: {{name: value}}}}`")
        yield from found


def _load(key: Scalar) -> tuple[str, str]:
    try:
        return load_at(key.text)
    except NoInput as e:
        raise _Bad(key, str(e)) from None


def _value(tree: Tree) -> Value:
    try:
        return value_in(tree)
    except NoInput as e:
        raise _Bad(tree, str(e)) from None


def _pairs(tree: Tree | None, what: str) -> tuple[tuple[Scalar, Tree], ...]:
    if tree is None:
        return ()
    if not isinstance(tree, Pairs):
        raise _Bad(tree, f"{what} is a mapping")
    return tree.pairs


def _scalar(tree: Tree, what: str) -> Scalar:
    if not isinstance(tree, Scalar):
        raise _Bad(tree, f"{what} is a text")
    return tree


def _scalars(tree: Tree, what: str) -> Iterator[Scalar]:
    for item in tree.items if isinstance(tree, Items) else (tree,):
        yield _scalar(item, what)
