"""Small, safe expressions: `balance < 10 and not roaming`, `wait("service") > 300`.

Written as Python writes them, of which only this is taken: names, texts, numbers, `true`, `false`, `null`, `and`,
`or`, `not`, comparisons (also `in` a list), `+ - * /`, and the functions below. Nothing is ever raised while a
caller is on the line: what cannot be computed is nothing, and nothing is neither less nor more.

    length(text)  number(text)  text(value)  starts(text, "86")  round(number, digits)
    wait("queue")  waiting("queue")  staffed("queue")     how it stands there: seconds, visits, agents who serve it
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException
from typing import Any, NamedTuple

from .values import DIGITS_LIMIT, Value, number, written

TEXT_LIMIT = 300
DEPTH_LIMIT = 12

LOADS = ("wait", "waiting", "staffed")
"""Functions that ask how a queue stands."""
_COUNTS = {"length": 1, "number": 1, "text": 1, "starts": 2, "round": 2}
_WORDS: Mapping[str, Value] = {"true": True, "false": False, "null": None}

Loads = Mapping[tuple[str, str], Value]
"""By function and queue."""


class Bad(Exception):
    """Why it is no expression of ours, for people."""


class Expression(NamedTuple):
    """Of an operation: its name and its operands; of `value` and `name`: what it is."""

    op: str
    of: tuple[Any, ...]

    def names(self) -> Iterator[str]:
        """Values that it reads."""
        if self.op == "name":
            yield self.of[0]
        for part in self.of:
            if isinstance(part, Expression):
                yield from part.names()

    def loads(self) -> Iterator[tuple[str, str]]:
        """What it asks of queues: function and queue."""
        if self.op in LOADS:
            yield self.op, self.of[0]
        for part in self.of:
            if isinstance(part, Expression):
                yield from part.loads()


def parse(text: str) -> Expression:
    """Raises `Bad`."""
    if len(text) > TEXT_LIMIT:
        raise Bad(f"an expression has at most {TEXT_LIMIT} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Bad(f"{text[:60]!r} is no expression") from None
    return _read(tree.body, DEPTH_LIMIT)


def _read(node: ast.expr, depth: int) -> Expression:
    if not depth:
        raise Bad(f"an expression goes at most {DEPTH_LIMIT} levels deep")

    def below(*nodes: ast.expr) -> tuple[Expression, ...]:
        return tuple(_read(each, depth - 1) for each in nodes)

    match node:
        case ast.Constant(value=bool() | None | str() as value):
            return Expression("value", (value,))
        case ast.Constant(value=int() | float() as value) if (exact := number(ast.unparse(node))) is not None:
            return Expression("value", (exact,))
        case ast.Name(id=name):
            return Expression("value", (_WORDS[name],)) if name in _WORDS else Expression("name", (name,))
        case ast.BoolOp(op=op, values=values):
            return Expression("and" if isinstance(op, ast.And) else "or", below(*values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Expression("not", below(operand))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Expression("-", (Expression("value", (Decimal(0),)), *below(operand)))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SUMS:
            return Expression(_SUMS[type(op)], below(left, right))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARED:
            return Expression(_COMPARED[type(op)], below(left, right))
        case ast.Compare(
            left=left, ops=[(ast.In() | ast.NotIn()) as op], comparators=[ast.Tuple() | ast.List() as l]
        ):
            found = Expression("in", below(left, *l.elts))
            return found if isinstance(op, ast.In) else Expression("not", (found,))
        case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(queue))], keywords=[]) if name in LOADS:
            return Expression(name, (queue,))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if _COUNTS.get(name) == len(args):
            return Expression(name, below(*args))
    raise Bad(f"{ast.unparse(node)[:60]!r} is not understood here")


_SUMS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


def evaluate(expression: Expression, values: Mapping[str, Value], loads: Loads) -> Value:
    """Names and queues that are not told are nothing. Never raises."""

    def of(part: Expression) -> Value:
        op, operands = part
        match op:
            case "value":
                return operands[0]  # type: ignore[no-any-return]
            case "name":
                return values.get(operands[0])
            case "and" | "or":
                # all operands have no effects: whether they are looked at does not matter, but it is cheaper not to
                return all(map(truth, map(of, operands))) if op == "and" else any(map(truth, map(of, operands)))
            case "not":
                return not truth(of(operands[0]))
            case "in":
                first, *others = map(of, operands)
                return any(_equal(first, other) for other in others)
            case _ if op in LOADS:
                return loads.get((op, operands[0]))
        return _OPERATIONS[op](*map(of, operands))

    return of(expression)


def truth(value: Value) -> bool:
    """Nothing, no, zero and the empty text are not."""
    return bool(value)


def _equal(a: Value, b: Value) -> bool:
    """A number typed is a text and compares with numbers by what it says, unless the other is a text as well."""
    if isinstance(a, Decimal) and isinstance(b, str):
        return a == number(b)
    if isinstance(b, Decimal) and isinstance(a, str):
        return b == number(a)
    return type(a) is type(b) and a == b


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Value, Value], bool]:
    def compared(a: Value, b: Value) -> bool:
        if isinstance(a, str) and isinstance(b, str):
            return compare(a, b)  # dates and times stand in an order as texts
        x, y = _decimal(a), _decimal(b)
        return x is not None and y is not None and compare(x, y)

    return compared


def _decimal(value: Value) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    return number(value) if isinstance(value, str) else None


def _sum(compute: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Value, Value], Value]:
    def computed(a: Value, b: Value) -> Value:
        x, y = _decimal(a), _decimal(b)
        if x is None or y is None:
            return None
        try:
            return _kept(compute(x, y))
        except DecimalException:
            return None

    return computed


def _kept(result: Decimal) -> Decimal | None:
    """As it is read back from its text: a long fraction loses its last digits, what is out of bounds is nothing."""
    text = str(result)
    return number(text if len(text) <= DIGITS_LIMIT else str(_FEWER.plus(result).normalize()))


_FEWER = Context(prec=20)


def _added(a: Value, b: Value) -> Value:
    """Two texts are put together."""
    if isinstance(a, str) and isinstance(b, str):
        return a + b
    return _sum(operator.add)(a, b)


def _rounded(value: Value, digits: Value) -> Value:
    x, n = _decimal(value), _decimal(digits)
    if x is None or n is None or not 0 <= n <= 6:
        return None
    try:
        return x.quantize(Decimal(1).scaleb(-int(n)), ROUND_HALF_UP)
    except DecimalException:
        return None


_OPERATIONS: dict[str, Callable[..., Value]] = {
    "==": _equal,
    "!=": lambda a, b: not _equal(a, b),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "+": _added,
    "-": _sum(operator.sub),
    "*": _sum(operator.mul),
    "/": _sum(operator.truediv),
    "length": lambda a: Decimal(len(written(a))),
    "number": lambda a: _decimal(a),
    "text": lambda a: written(a),
    "starts": lambda a, b: written(a).startswith(written(b)),
    "round": _rounded,
}
