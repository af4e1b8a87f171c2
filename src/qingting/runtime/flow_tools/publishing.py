"""What the configuration asks of a flow's text before it is published, and of two versions of one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from ...flow.comparing import compare
from ...flow.document import Document
from ...flow.levels import TOO_MUCH
from ...flow.linking import link
from ...flow.tree import Problem
from ...speech.prompts import PromptStore
from .cases import failures
from .reading import publishable, read_flow
from .speech import too_much_speech


def tried(text: str, cases: str, others: Mapping[str, str]) -> tuple[list[Problem], list[Problem]]:
    """What is wrong with a text together with the texts of the flows that it calls; and, with places in the text of
    the cases, those that fail."""
    called = {name: publishable(each) for name, each in others.items()}
    document, problems = read_flow(text, others=called)
    if document is None or problems or not cases.strip():
        return problems, []
    return [], failures(link(document, called)[0], cases)


async def heard_at_once(prompts: PromptStore, tenant: str, text: str, others: Mapping[str, str]) -> list[Problem]:
    """Where more is said at once than the profile allows; nothing of a text that `tried` finds wrong."""
    document = await asyncio.to_thread(_sound, text, others)
    found = await too_much_speech(document, prompts, tenant) if document is not None else []
    return [each for each in found if each.code == TOO_MUCH]


def _sound(text: str, others: Mapping[str, str]) -> Document | None:
    called = {name: publishable(each) for name, each in others.items()}
    document, problems = read_flow(text, others=called)
    return None if document is None or problems or not document.profile.speech_s else link(document, called)[0]


def compared(old: str, new: str) -> dict[str, Any]:
    """`Comparison` as JSON takes it. Raises `Invalid("flow.problems")`."""
    found = compare(publishable(old), publishable(new))
    return {
        "orders": [it._asdict() for it in found.orders],
        "added": found.added,
        "removed": found.removed,
        "kinds": [it._asdict() for it in found.kinds],
        "ways": [it._asdict() for it in found.ways],
        "texts": [it._asdict() for it in found.texts],
        "settings": [it._asdict() for it in found.settings],
    }
