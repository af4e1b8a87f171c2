"""Would a wrong core be noticed? Changes one thing in one file, runs the core's tests, and again for the next thing.

    python -m tools.mutants                    # matching, lifecycle and capacity; hours on a busy machine
    python -m tools.mutants capacity --out FILE    # one of them; FILE is gone on with when it is there

Every place where an operator applies is tried, tables and constants included, in an order that is drawn once: what is
there after a while is a fair sample. Each mutant lives in a forked child that imports the changed module instead
of the true one; Hypothesis is derandomised, so that the same mutants survive each time. One that takes many times as
long as the true core is counted apart. Line by line in FILE: `killed`, `survived` or `timeout`, where, what.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import importlib.machinery
import importlib.util
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).parents[1]
CORE = ROOT / "src" / "qingting" / "core"
FILES = ("matching", "lifecycle", "capacity")
SUITE = (
    "tests/unit/core",
    "tests/property/test_core_indexes.py",
    "tests/property/test_core_walk.py",
    "tests/property/test_core.py",
)
FIRST = {
    "matching": ("tests/unit/core/test_routing.py", "tests/unit/core/test_sharing.py"),
    "lifecycle": ("tests/unit/core/test_lifecycle.py",),
    "capacity": ("tests/unit/core/test_sharing.py", "tests/unit/core/test_agents.py"),
}
"""Of the suite, what notices most of a file's mutants; only who survives it is put to the rest."""
EFFORT = {"CORE_WALKS": "2", "CORE_EXAMPLES": "12"}
"""Of random worlds, beside the stories."""
PATIENCE = 6.0
"""Times what the true core takes."""

COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip


def variants(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What may be there instead of a node, with what it is called."""
    match node:
        case ast.Compare(left, ops, right):
            for n, op in enumerate(ops):
                other = COMPARE[type(op)]
                yield (
                    f"{type(op).__name__} → {other.__name__}",
                    ast.Compare(left, [*ops[:n], other(), *ops[n + 1 :]], right),
                )
        case ast.BoolOp(op, values):
            yield "and ↔ or", ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield "not or minus left out", operand
        case ast.BinOp(left, op, right):
            other_op = BINARY[type(op)]
            yield f"{type(op).__name__} → {other_op.__name__}", ast.BinOp(left, other_op(), right)
        case ast.AugAssign(target, op, value):
            other_op = BINARY[type(op)]
            yield f"{type(op).__name__}= → {other_op.__name__}=", ast.AugAssign(target, other_op(), value)
            yield "left out", ast.Pass()
        case ast.Constant(bool(value)):
            yield f"{value} → {not value}", ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            yield f"{value} → {value + 1}", ast.Constant(value + 1)
        case ast.Constant(str(value)):
            yield f"{value!r} → another", ast.Constant(value + "?")
        case ast.If(test, body, orelse):
            yield "if not", ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test, body, orelse):
            yield "if not", ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.While(test, body, orelse):
            yield "while not", ast.While(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Return(value) if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
            yield "returns None", ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call()):
            yield "left out", ast.Pass()
        case ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield "left out", ast.Pass()
        case ast.Break():
            yield "break → continue", ast.Continue()
        case ast.Continue():
            yield "continue → break", ast.Break()
        case ast.Dict(keys, values):
            for n, key in enumerate(keys):
                named = ast.unparse(key) if key is not None else "**" + ast.unparse(values[n])
                yield f"without {named}", ast.Dict(keys[:n] + keys[n + 1 :], values[:n] + values[n + 1 :])


class Mutator(ast.NodeTransformer):
    """Puts the variant of number `wanted` into a tree; without one, counts them."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted = wanted
        self.count = 0
        self.made = ""

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return node  # words for people
        for what, other in variants(node):
            if self.count == self.wanted:
                self.made = f"{getattr(node, 'lineno', 0)}: {what}"
                self.count += 1
                return ast.copy_location(other, node)
            self.count += 1
        return self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Types are for mypy: they do nothing."""
        kept = {name: getattr(node, name, None) for name in ("annotation", "returns", "type_comment")}
        for name, value in kept.items():
            if value is not None:
                setattr(node, name, None)
        node = super().generic_visit(node)
        for name, value in kept.items():
            if value is not None:
                setattr(node, name, value)
        return node


def mutants(file: str) -> int:
    counter = Mutator()
    counter.visit(ast.parse((CORE / f"{file}.py").read_text()))
    return counter.count


def mutant(file: str, n: int) -> tuple[str, CodeType]:
    """Line and change, and the changed module."""
    path = CORE / f"{file}.py"
    mutator = Mutator(n)
    tree = ast.fix_missing_locations(mutator.visit(copy.deepcopy(ast.parse(path.read_text()))))
    assert isinstance(tree, ast.Module)
    return mutator.made, compile(tree, str(path), "exec", dont_inherit=True)


class Instead(MetaPathFinder):
    """Imports this code as the module of this name."""

    def __init__(self, name: str, code: CodeType) -> None:
        self.name, self.code = name, code

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        code = self.code

        class Loader(importlib.machinery.SourceFileLoader):
            def get_code(self, fullname: str) -> CodeType:
                return code

        return importlib.util.spec_from_loader(name, Loader(name, code.co_filename))


def passes(*tests: str) -> bool:
    import pytest

    return pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", *tests]) == 0


def tried(file: str, code: CodeType | None, patience_s: float) -> str:
    """`killed`, `survived` or `timeout`, by a child that has this code for the file."""
    child = os.fork()
    if child == 0:
        os.setsid()
        with open(os.devnull, "w") as nothing:
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
        for name in [name for name in sys.modules if name.startswith(("qingting.core", "tests"))]:
            del sys.modules[name]
        if code is not None:
            sys.meta_path.insert(0, Instead(f"qingting.core.{file}", code))
        stages = (FIRST[file], SUITE) if file else (SUITE,)
        try:
            os._exit(not all(passes(*tests) for tests in stages))
        except BaseException:
            os._exit(1)
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "survived" if status == 0 else "killed"
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", choices=[[], *FILES], help="of the core; all three by default")
    parser.add_argument("--out", type=Path, default=ROOT / "mutants.txt")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no mutant after so long")
    args = parser.parse_args()
    os.chdir(ROOT)
    os.environ.update(EFFORT)
    import hypothesis

    importlib.import_module("tests.conftest")  # children have at once what it needs
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None)
    hypothesis.settings.load_profile("mutants")
    began = time.monotonic()
    assert tried("", None, 3600.0) == "survived", "the tests fail without any mutant"
    patience_s = PATIENCE * (time.monotonic() - began)
    print(f"the true core takes {patience_s / PATIENCE:.0f} s", flush=True)
    known = set(args.out.read_text().splitlines()) if args.out.exists() else set()
    done = {line.partition(" ")[2] for line in known}
    todo = [(file, n) for file in args.files or FILES for n in range(mutants(file))]
    random.Random(1).shuffle(todo)
    with args.out.open("a") as out:
        for file, n in todo:
            made, code = mutant(file, n)
            if (said := f"{file}.py:{made} (#{n})") in done:
                continue
            if time.monotonic() - began > args.seconds:
                break
            known.add(line := f"{tried(file, code, patience_s)} {said}")
            print(line, file=out, flush=True)
    counts = Counter(line.partition(" ")[0] for line in known)
    judged = counts["killed"] + counts["survived"]
    print(*sorted(line for line in known if not line.startswith("killed")), sep="\n")
    print(f"{dict(counts)} of {len(todo)}: {counts['killed'] / max(judged, 1):.1%} killed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
