"""Grammar of the nodes that decide and do."""

from __future__ import annotations

from .expressions import Expression
from .grammar import At
from .nodes import Branch, Call, Fetch, Goal, Hours, Prompt, Send, Set
from .tree import Items, Pairs, Scalar

WAYS = {"lookup": ("found", "missing", "failed"), "do": ("done", "refused", "uncertain", "failed")}
METHODS = {"lookup": ("get", "post"), "do": ("post", "put", "patch", "delete")}
CASES_LIMIT = 20
PAIRS_LIMIT = 30
KEEP = r"[\w-]{1,40}(\.[\w-]{1,40}){0,7}"


def set_(at: At) -> Set:
    fields = at.beside("set", ("next",), ("next",))
    return Set(_expressions(at, fields.get("set"), "set"), at.reader.name(fields.get("next"), "next"))


def branch(at: At) -> Branch:
    reader, tree = at.reader, at.body("branch")
    items = tree.items if isinstance(tree, Items) else ()
    if not 1 < len(items) <= CASES_LIMIT:
        reader.wrong(tree, "flow.bad_value", f"branch is a list of 2 to {CASES_LIMIT} cases, the last without `when`")
    cases: list[tuple[Expression, str]] = []
    otherwise = ""
    for n, item in enumerate(items[:CASES_LIMIT], 1):
        fields = reader.fields(item, "a case", ("when", "to"), ("to",))
        to = reader.name(fields.get("to"), "to")
        if ("when" in fields) is (n == len(items)):
            reader.wrong(item, "flow.bad_branch", "each case has `when`, but for the last, which has none")
        if (when := reader.expression(fields.get("when"), "when")) is not None:
            cases.append((when, to))
        else:
            otherwise = to
    return Branch(tuple(cases), otherwise)


def hours(at: At) -> Hours:
    names = ("of", "open", "closed", "holiday")
    fields = at.reader.fields(at.body("hours"), "hours", names, names[:3])
    return Hours(*(at.reader.name(fields.get(name), name) for name in names))


def lookup(at: At) -> Fetch:
    return _fetch(at, "lookup", 1)


def do(at: At) -> Fetch:
    return _fetch(at, "do", 0)


def _fetch(at: At, kind: str, retries: int) -> Fetch:
    reader, ends = at.reader, WAYS[kind]
    known = ("service", "path", "method", "with", "keep", "timeout_s", "retries", "say", *ends)
    needed = ("found", "missing") if kind == "lookup" else ("done", "refused", "uncertain")
    fields = reader.fields(at.body(kind), f"a {kind}", known, ("service", "path", *needed))
    ways = {name: reader.name(fields.get(name), name) for name in ends}
    ways["failed"] = ways["failed"] or at.person
    if not ways["failed"]:
        reader.wrong(at.key, "flow.missing_field", f"a {kind} needs 'failed', where no `person` is named")
    return Fetch(
        kind,
        reader.name(fields.get("service"), "service"),
        reader.one_of(fields.get("method"), "method", METHODS[kind]) or METHODS[kind][0],
        reader.path(fields.get("path"), "path"),
        _expressions(at, fields.get("with"), "with"),
        _keeps(at, fields.get("keep")),
        ways,
        reader.number(fields.get("timeout_s"), "timeout_s", 4.0, 0.5, 20.0),
        reader.whole(fields.get("retries"), "retries", retries, 0, 3),
        reader.prompts(fields.get("say"), "say"),
    )


def _pairs(at: At, tree: object, what: str) -> tuple[tuple[Scalar, object], ...]:
    if tree is None:
        return ()
    if not isinstance(tree, Pairs) or not 0 < len(tree.pairs) <= PAIRS_LIMIT:
        where = tree if isinstance(tree, Pairs | Items | Scalar) else at.key
        at.reader.wrong(where, "flow.bad_value", f"{what} is a mapping of 1 to {PAIRS_LIMIT} names")
        return ()
    return tree.pairs


def _expressions(at: At, tree: object, what: str) -> tuple[tuple[str, Expression], ...]:
    found = []
    for key, value in _pairs(at, tree, what):
        name = at.reader.value_name(key, f"a name in {what}")
        assert isinstance(value, Scalar | Items | Pairs)
        if (expression := at.reader.expression(value, what)) is not None:
            found.append((name, expression))
    return tuple(found)


def _keeps(at: At, tree: object) -> tuple[tuple[str, str], ...]:
    reader, found = at.reader, []
    for key, value in _pairs(at, tree, "keep"):
        assert isinstance(value, Scalar | Items | Pairs)
        found.append(
            (reader.value_name(key, "a name in keep"), reader.matching(value, "a place in the answer", KEEP))
        )
    return tuple(found)


def send(at: At) -> Send:
    reader = at.reader
    known = ("by", "to", "subject", "text", "next", "failed", "say")
    fields = reader.fields(at.body("send"), "a send", known, ("by", "to", "text", "next"))
    by = reader.one_of(fields.get("by"), "by", ("mail", "sms")) or "mail"
    if by == "mail" and "subject" not in fields:
        reader.wrong(at.key, "flow.missing_field", "a mail needs 'subject'")
    to = reader.name(fields.get("next"), "next")
    return Send(
        by,
        reader.expression(fields.get("to"), "to") or Expression("value", (None,)),
        reader.prompt(fields["subject"], "subject") if "subject" in fields else Prompt(),
        reader.prompt(fields["text"], "text") if "text" in fields else Prompt(),
        to,
        reader.name(fields.get("failed"), "failed") or to,
        reader.prompts(fields.get("say"), "say"),
    )


def call(at: At) -> Call:
    fields = at.beside("call", ("next",), ("next",))
    return Call(at.reader.name(fields.get("call"), "call"), at.reader.name(fields.get("next"), "next"))


def goal(at: At) -> Goal:
    fields = at.beside("goal", ("next", "kind"), ("next",))
    return Goal(
        at.reader.name(fields.get("goal"), "goal"),
        at.reader.name(fields.get("next"), "next"),
        at.reader.one_of(fields.get("kind"), "kind", ("query", "transaction")) or "query",
    )
