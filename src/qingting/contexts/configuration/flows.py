"""What the configuration needs to know of a flow's text: whether it is sound, and what it names.

The language itself lives in `qingting.flow`; who reads its text is given at start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from qingting.flow.document import Document
from qingting.flow.nodes import Call, Fetch, Hours, Queue, Verify
from qingting.flow.tree import Problem

from .model import Ask, CheckFlow, FlowReport, Use, Wait

ReadFlow = Callable[[str], tuple[Document | None, Iterable[Problem]]]
"""Text to document (as far as it could be read) and problems in themselves, without this tenant's names."""


def checker(read: ReadFlow) -> CheckFlow:
    @lru_cache(maxsize=8)  # the same draft is asked about several times
    def check(text: str) -> FlowReport:
        document, problems = read(text)
        if document is None:
            return FlowReport(tuple(problems))
        return FlowReport(
            tuple(problems),
            tuple(_uses(document)),
            tuple(_asks(document)),
            tuple(_waits(document)),
            document.languages,
        )

    return check


def _asks(document: Document) -> Iterator[Ask]:
    for name, node in document.nodes.items():
        if isinstance(node, Queue) and node.requires:
            yield Ask(node.queue, node.requires, *document.positions[name])


def _waits(document: Document) -> Iterator[Wait]:
    for name, node in document.nodes.items():
        if isinstance(node, Queue):
            yield Wait(node.queue, tuple(way for way, _ in node.overflow), *document.positions[name])


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
            case Fetch(service=service) | Verify(service=service) if service:
                yield Use("services", service, line, column)
            case Call(flow=flow):
                yield Use("flows", flow, line, column)
