"""What the configuration needs to know of a flow's text: whether it is sound, and what it names.

The language itself lives in `qingting.flow`; who reads its text is given at start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from qingting.flow.document import Document, Hours, Queue
from qingting.flow.tree import Problem

from .model import CheckFlow, FlowReport, Use

ReadFlow = Callable[[str], tuple[Document | None, Iterable[Problem]]]
"""Text to document (as far as it could be read) and problems in themselves, without this tenant's names."""


def checker(read: ReadFlow) -> CheckFlow:
    def check(text: str) -> FlowReport:
        document, problems = read(text)
        return FlowReport(tuple(problems), tuple(_uses(document)) if document else ())

    return check


def _uses(document: Document) -> Iterator[Use]:
    for name, node in document.nodes.items():
        line, column = document.positions[name]
        match node:
            case Queue(queue=queue, requires=requires):
                yield Use("queues", queue, line, column)
                for skill, _ in requires:
                    yield Use("skills", skill, line, column)
            case Hours(hours=hours):
                yield Use("hours", hours, line, column)
