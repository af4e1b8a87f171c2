"""Flows as files: `NAME.yaml`, the flows that it calls beside it, its cases in `NAME.cases.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...errors import Invalid
from ...flow.document import Document
from ...flow.linking import FLOWS_LIMIT, called
from ...flow.tree import Problem
from .reading import read_flow

BYTES_MOST = 1024 * 1024
"""Of a file; a flow's own bound is less."""


def load(file: Path) -> str:
    """Raises `Invalid("file.unreadable")`."""
    try:
        with file.open("rb") as source:
            return source.read(BYTES_MOST).decode()
    except OSError as e:
        raise Invalid("file.unreadable", f"{file} cannot be read: {e.strerror}") from e
    except UnicodeDecodeError as e:
        raise Invalid("file.unreadable", f"{file} is not a text in UTF-8") from e


def cases_of(file: Path) -> Path:
    return file.with_name(f"{file.stem}.cases.yaml")


def beside(document: Document, folder: Path) -> tuple[Mapping[str, Document], dict[str, list[Problem]]]:
    """All flows that it calls, directly or not, as each was read alone, and what is wrong with unsound ones.

    One that has no file is not among them: whoever links them is told. Raises `Invalid("file.unreadable")`."""
    found: dict[str, Document] = {}
    wrong: dict[str, list[Problem]] = {}
    todo = list(called(document))
    while todo and len(found) + len(wrong) <= FLOWS_LIMIT:
        name = todo.pop()
        file = folder / f"{name}.yaml"
        if name in found or name in wrong or not file.is_file():
            continue
        other, problems = read_flow(load(file))
        if problems:
            wrong[name] = problems
        if other is not None:
            found[name] = other
            todo += called(other)
    return found, wrong
