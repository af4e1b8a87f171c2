"""From text to a document that was checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ...errors import Invalid
from ...flow.build import build
from ...flow.document import Document
from ...flow.linking import link
from ...flow.lint import lint
from ...flow.profile import PROFILES
from ...flow.tree import Problem
from ...speech.standard import STANDARD
from ...yaml_tree import read_tree

PROBLEMS_LIMIT = 200
"""Nobody reads more at once."""


def read_flow(
    text: str,
    *,
    queues: Collection[str] | None = None,
    hours: Collection[str] | None = None,
    recordings: Collection[str] | None = None,
    services: Collection[str] | None = None,
    others: Mapping[str, Document] | None = None,
    profile: str = "",
) -> tuple[Document | None, list[Problem]]:
    """The document (None when it is too broken) and all problems. What is `known` is checked where given.

    `others`: flows that it calls, by name. `profile`: instead of the one that the text names.
    """
    tree, problems = read_tree(text)
    if tree is None:
        return None, problems
    document, problems = build(tree)
    if document is not None:
        if profile:
            document = document._replace(profile=PROFILES[profile])
        problems += lint(
            document,
            queues=queues,
            hours=hours,
            recordings=recordings,
            standard=STANDARD,
            services=services,
            others=others,
        )
    return document, sorted(set(problems))[:PROBLEMS_LIMIT]


def publishable(
    text: str,
    *,
    queues: Collection[str] | None = None,
    hours: Collection[str] | None = None,
    others: Mapping[str, Document] | None = None,
) -> Document:
    """The document, linked with the `others` that it calls. Raises `Invalid("flow.problems", problems=[…])` where
    lint finds any."""
    document, problems = read_flow(text, queues=queues, hours=hours, others=others)
    if document is None or problems:
        raise Invalid("flow.problems", "the flow has problems", problems=[p._asdict() for p in problems])
    return link(document, others)[0] if others is not None else document
