"""Expressions agree with a slow reading of what was meant, and nothing makes them raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingting.flow import values
from qingting.flow.expressions import TEXT_LIMIT, Bad, Expression, evaluate, parse

Tree = tuple[Any, ...]
Known = Mapping[str, values.Value]

LEAVES = st.one_of(
    st.tuples(st.just("name"), st.sampled_from(["a", "b", "c", "unknown"])),
    st.tuples(st.just("value"), st.sampled_from([None, True, False, "", "12", "x", "2026-11-22", "1e3"])),
    st.tuples(st.just("value"), st.integers(0, 20).map(Decimal)),
    st.tuples(st.just("value"), st.sampled_from([Decimal("0.5"), Decimal("99999999999999999999")])),
    st.tuples(st.sampled_from(["wait", "waiting", "staffed"]), st.sampled_from(["q", "r"])),
)
PAIRED = ["and", "or", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/"]
TREES: st.SearchStrategy[Tree] = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.tuples(st.sampled_from(PAIRED), below, below),
        st.tuples(st.sampled_from(["not", "length", "number", "text"]), below),
        st.tuples(st.just("starts"), below, below),
        st.tuples(st.just("round"), below, st.tuples(st.just("value"), st.integers(0, 7).map(Decimal))),
        st.tuples(st.sampled_from(["in", "not in"]), below, below, below),
    ),
    max_leaves=8,
)
VALUES: st.SearchStrategy[values.Value] = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 99).map(Decimal), st.sampled_from(["", "7", "x", "2026-11-23", "-1.5"])
)
KNOWN = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES)
LOADS = st.dictionaries(
    st.tuples(st.sampled_from(["wait", "waiting", "staffed"]), st.just("q")),
    st.one_of(st.none(), st.integers(0, 900).map(Decimal)),
)


def written(tree: Tree) -> str:
    op, *of = tree
    match op:
        case "name":
            return str(of[0])
        case "value":
            words = {None: "null", True: "true", False: "false"}
            if of[0] is None or isinstance(of[0], bool):
                return words[of[0]]
            return repr(of[0]) if isinstance(of[0], str) else str(of[0])
        case "wait" | "waiting" | "staffed":
            return f"{op}('{of[0]}')"
        case "not":
            return f"(not {written(of[0])})"
        case "in" | "not in":
            return f"({written(of[0])} {op} [{', '.join(map(written, of[1:]))}])"
    if op in PAIRED:
        return f"({written(of[0])} {op} {written(of[1])})"
    return f"{op}({', '.join(map(written, of))})"


def slowly(tree: Tree, known: Known, loads: Mapping[tuple[str, str], values.Value]) -> values.Value:
    op, *of = tree
    if op == "name":
        return known.get(of[0])
    if op == "value":
        found: values.Value = of[0]
        return found
    if op in ("wait", "waiting", "staffed"):
        return loads.get((op, of[0]))
    parts = [slowly(each, known, loads) for each in of]
    if op in ("and", "or"):
        return min(map(bool, parts)) if op == "and" else max(map(bool, parts))
    if op in ("in", "not in"):
        return any(same(parts[0], each) for each in parts[1:]) == (op == "in")
    one: dict[str, Callable[..., values.Value]] = {
        "not": lambda a: not a,
        "length": lambda a: Decimal(len(values.written(a))),
        "number": as_number,
        "text": values.written,
        "starts": lambda a, b: values.written(a)[: len(values.written(b))] == values.written(b),
        "round": rounded,
        "==": same,
        "!=": lambda a, b: not same(a, b),
    }
    if op in one:
        return one[op](*parts)
    a, b = parts
    texts = isinstance(a, str) and isinstance(b, str)
    if op in ("<", "<=", ">", ">="):
        x, y = (a, b) if texts else (as_number(a), as_number(b))
        if x is None or y is None:
            return False
        return {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op]  # type: ignore[operator]
    if op == "+" and texts:
        return a + b  # type: ignore[operator]
    return reckoned(op, as_number(a), as_number(b))


def same(a: values.Value, b: values.Value) -> bool:
    if {type(a), type(b)} == {str, Decimal}:
        return as_number(a) == as_number(b)
    return (type(a), a) == (type(b), b)


def as_number(a: values.Value) -> Decimal | None:
    if isinstance(a, str):
        return values.number(a)
    return a if isinstance(a, Decimal) else None


def reckoned(op: str, x: Decimal | None, y: Decimal | None) -> Decimal | None:
    if x is None or y is None:
        return None
    try:
        found = {"+": x.__add__, "-": x.__sub__, "*": x.__mul__, "/": x.__truediv__}[op](y)
    except (DivisionByZero, InvalidOperation, Overflow):
        return None
    if abs(found.adjusted()) > values.DIGITS_LIMIT:
        return None
    if len(str(found)) > values.DIGITS_LIMIT:  # a long fraction loses its last digits
        return Decimal(f"{found:.19e}").normalize()
    return found


def rounded(a: values.Value, digits: values.Value) -> Decimal | None:
    x = as_number(a)
    if x is None or not isinstance(digits, Decimal) or digits > 6:
        return None
    sign, scale = (-1 if x < 0 else 1), 10 ** int(digits)
    return Decimal(sign * int(abs(x) * scale + Decimal("0.5"))).scaleb(-int(digits))


@given(TREES, KNOWN, LOADS)
@settings(max_examples=300, deadline=None)
def test_value_is_what_is_meant(tree: Tree, known: Known, loads: dict[tuple[str, str], values.Value]) -> None:
    text = written(tree)
    if len(text) > TEXT_LIMIT:
        with pytest.raises(Bad):
            parse(text)
        return
    expression = parse(text)
    found, meant = evaluate(expression, known, loads), slowly(tree, known, loads)
    assert (type(found), found) == (type(meant), meant)
    assert values.load(values.dump((("kept", found),))) == (("kept", found),)
    assert set(expression.names()) <= {"a", "b", "c", "unknown"}


PIECES = ["a", "b", "1", "2", "(", ")", "[", "]", "'", '"', "<", ">", "=", "+", "-", "*", "/", ".", ",", " "]
PIECES += ["not", "and", "in", "wait", "lambda", "_", "if", "for"]


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)))
@settings(max_examples=200, deadline=None)
def test_any_text_is_an_expression_or_is_refused(text: str) -> None:
    try:
        expression = parse(text)
    except Bad:
        return
    assert isinstance(expression, Expression)
    evaluate(expression, {"a": "x" * 500, "b": Decimal("9e29")}, {})


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "a.b", "a[0]", "lambda: 1", "(a := 1)", "f'{a}'", "a if b else c", "[a for a in b]",
     "a ** 99", "1 < a < 2", "wait(a)", "length(a, b)",
     "x()", "a; b", "b'x'", "1j", "...", "a @ b", "*a", "9" * 400, "(" * 90],
)  # fmt: skip
def test_what_is_no_expression_of_ours_is_refused(text: str) -> None:
    with pytest.raises(Bad):
        parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-1 / 3", "-0.33333333333333333333"),
        ("1 / 3 * 3 > 0.99", True),
        ("a * a * a", None),
        ("a * 10", "1.0E+30"),
        ("'7' == 7", True),
        ("'7' == '7.0'", False),
        ("null < 1 or null >= 1", False),
        ("'2026-11-22' < '2026-12-01'", True),
        ("round(2.5, 0)", "3"),
        ("-round(2.5, 0)", "-3"),
        ("'a' + 'b'", "ab"),
        ("'a' + 1", None),
        ("1 / 0", None),
        ("true == 1", False),
    ],
)
def test_values_of_a_few(text: str, value: object) -> None:
    found = evaluate(parse(text), {"a": Decimal("1e29")}, {})
    assert (str(found) if isinstance(found, Decimal) else found) == value
