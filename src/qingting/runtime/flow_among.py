"""A flow's text judged among a configuration that stands in a document: what its page in *Manage* says of it."""

from __future__ import annotations

from ..contexts.configuration import api as configuration
from ..core.engine import Engine
from ..flow.tree import Problem
from .flow_tools import read_flow


def lint_among(text: str, document: str) -> tuple[list[Problem], list[Problem]]:
    """Problems and warnings; warnings are looked for when there are no problems.

    `document`: as `qingting config export` writes it. Raises `Invalid("configuration.problems")`.
    """
    check = configuration.checker(read_flow)
    view = configuration.standing(document, check)
    if problems := configuration.flow_problems(text, view, check):
        return problems, []
    engine = Engine()
    for command in configuration.core_commands_of_view(view):
        engine.fold(engine.decide(command, 0.0))
    return [], configuration.flow_warnings(text, view, check, engine.servable)
