"""What makes a configuration sound: everything referred to exists, nothing in use goes away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from qingting.core.policy import way_back
from qingting.core.values import Skills
from qingting.flow.tree import Problem

from .fields import Body, Part, Ref
from .policy import leads_to
from .routing import Agent, Queue
from .schemas import KINDS, EntryPoint, Flow
from .view import View


class Use(NamedTuple):
    """A flow's text names a configured thing."""

    kind: str
    id: str
    line: int
    column: int


class Ask(NamedTuple):
    """A flow's text asks for skills beside those of a queue."""

    queue: str
    skills: Skills
    line: int
    column: int


class Wait(NamedTuple):
    """A flow's text leads into a queue."""

    queue: str
    ways: tuple[str, ...]
    """For what it says where to go on: `callback`, `message`, `voicemail`."""
    line: int
    column: int


class FlowReport(NamedTuple):
    problems: tuple[Problem, ...] = ()
    uses: tuple[Use, ...] = ()
    asks: tuple[Ask, ...] = ()
    waits: tuple[Wait, ...] = ()
    languages: tuple[str, ...] = ()


CheckFlow = Callable[[str], FlowReport]
TryFlow = Callable[[str, str, Mapping[str, str]], tuple[list[Problem], list[Problem]]]
"""Text, cases, texts of the flows that it calls → what is wrong with them together, and with places in their text the
cases that fail."""
HearFlow = Callable[[str, str, Mapping[str, str]], Awaitable[list[Problem]]]
"""Tenant, text, texts of the flows that it calls → where callers would hear more at once than its profile allows."""
CompareFlows = Callable[[str, str], dict[str, Any]]
"""Two sound texts → what changed, as `flow.comparing.Comparison`."""


class UsedBy(NamedTuple):
    kind: str
    id: str
    name: str


def singular(kind: str) -> str:
    return "hours" if kind == "hours" else kind.removesuffix("s").replace("-", "_")


def references(body: BaseModel, at: str = "") -> Iterator[tuple[str, str, str]]:
    """(path of the field, kind, id) of everything that a body refers to."""
    for name, field in type(body).model_fields.items():
        value, path = getattr(body, name), f"{at}{name}"
        for mark in field.metadata:
            if isinstance(mark, Ref):
                for id in [value] if isinstance(value, str) else value:
                    if id:
                        yield (path if isinstance(value, str) else f"{path}.{id}"), mark.kind, id
        if isinstance(value, BaseModel):
            yield from references(value, f"{path}.")
        if isinstance(value, list):
            for i, part in enumerate(value):
                if isinstance(part, BaseModel):
                    yield from references(part, f"{path}.{i}.")
    if isinstance(body, Part):
        for field_name, kind, id in body.refers():
            yield f"{at}{field_name}", kind, id


def unsound(id: str, body: Body, view: View) -> dict[str, str]:
    """Problems of a body among the others, `{path: code}`."""
    itself = ("queues", id) if isinstance(body, Queue) else ()
    found = {
        path: f"{singular(kind)}.unknown"
        for path, kind, other in references(body)
        if other not in view.of(kind) and (kind, other) != itself
    }
    if isinstance(body, EntryPoint) and body.enabled and not found and not view.published.get(body.flow):
        found["flow"] = "flow.not_published"
    if isinstance(body, Agent):
        found |= {f"ranks.{queue}": "agent.not_in_queue" for queue in body.ranks if queue not in body.queues}
    if isinstance(body, Queue) and not found:
        found = _unsound_overflow(id, body, view)
    return found


def _unsound_overflow(id: str, body: Queue, view: View) -> dict[str, str]:
    found = {}
    for n, rule in enumerate(body.overflow):
        if rule.when == "out_of_hours" and not body.hours:
            found[f"overflow.{n}.when"] = "overflow.hours_needed"
        if rule.to == "site" and rule.target != id and not view.queues[rule.target].body.site:
            found[f"overflow.{n}.target"] = "overflow.no_site"
    pointing = (rule for other in view.queues.values() for rule in other.body.overflow if other.id != id)
    if not body.site and any((rule.to, rule.target) == ("site", id) for rule in pointing):
        found["site"] = "queue.site_needed"
    return found


def overflow_loop(id: str, body: Body, view: View) -> list[str]:
    """Queues through which its overflow would come back to this queue; none if it cannot."""
    if not isinstance(body, Queue):
        return []
    return way_back(id, lambda queue: leads_to(body if queue == id else view.queues[queue].body))


def flow_problems(text: str, view: View, check: CheckFlow) -> list[Problem]:
    """What the language says, and names that this tenant does not know."""
    report = check(text)
    return [
        *report.problems,
        *(
            Problem(use.line, use.column, f"flow.unknown_{singular(use.kind)}", f"{use.id!r} is not configured")
            for use in report.uses
            if use.id not in view.of(use.kind)
        ),
    ]


def flow_warnings(
    text: str,
    view: View,
    check: CheckFlow,
    servable: Callable[[str, Skills], bool],
    voiced: Callable[[str], bool] = lambda language: True,
) -> list[Problem]:
    """What may be published, and yet lets customers wait for ever, or leaves them without a way. `servable`: whether
    any agent of a queue can meet these skills beside the queue's own; `voiced`: whether a language can be spoken."""
    report = check(text)
    return sorted(
        [
            *(
                Problem(1, 1, "flow.no_voice", f"no speech engine has a voice for {language!r}")
                for language in report.languages
                if not voiced(language)
            ),
            *(
                Problem(
                    ask.line,
                    ask.column,
                    "flow.nobody_can",
                    f"no agent of {ask.queue!r} can ever meet what is required",
                )
                for ask in report.asks
                if not servable(ask.queue, ask.skills)
            ),
            *(
                Problem(
                    wait.line, wait.column, f"flow.no_way_{to}", f"{queue!r} leads to {to}: no way is named for it"
                )
                for wait, queue, to in without_way(report, view)
            ),
        ]
    )


def without_way(report: FlowReport, view: View) -> Iterator[tuple[Wait, str, str]]:
    """Where a flow leads into a queue whose policy, or that of one it flows over to, leads to what the flow names no
    way for: with the queue whose policy it is, and to what. Who comes there hears that nobody is there."""
    for wait in report.waits:
        for queue, to in leads_out(wait.queue, view):
            if to not in wait.ways:
                yield wait, queue, to


def leads_out(id: str, view: View) -> list[tuple[str, str]]:
    """Out of all queues, from this one on: the queue whose policy it is, and to what, each once."""
    found: dict[tuple[str, str], None] = {}
    seen, todo = {id}, [id]
    while todo:
        item = view.queues.get(queue := todo.pop())
        for rule in item.body.overflow if item is not None else ():
            if not rule.leads_on:
                found[queue, rule.to] = None
            elif rule.target not in seen:
                seen.add(rule.target)
                todo.append(rule.target)
    return list(found)


def used_by(kind: str, id: str, view: View, flow_texts: dict[str, list[str]], check: CheckFlow) -> list[UsedBy]:
    """Who would miss it. `flow_texts`: drafts and published texts by flow."""
    found = [
        UsedBy(other, item.id, item.name)
        for other in KINDS
        for item in view.of(other).values()
        if any((k, i) == (kind, id) for _, k, i in references(item.body))
    ]
    for flow, texts in flow_texts.items():
        if any((use.kind, use.id) == (kind, id) for text in texts for use in check(text).uses):
            found.append(UsedBy("flows", flow, view.flows[flow].name))
    return found


def drafts(view: View) -> dict[str, list[str]]:
    return {item.id: [item.body.text] for item in view.flows.values() if isinstance(item.body, Flow)}
