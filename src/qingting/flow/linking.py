"""Flows that call flows, made one graph: the nodes of a called one stand under `flow/node`, its ends lead back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .document import Document
from .nodes import Call, Choice, End, Menu, Node, Queue, keys_of
from .tree import Problem

FLOWS_LIMIT = 20
NODES_LIMIT = 1000
_WAYS = ("next", "otherwise", "unknown", "refused", "failed", "open", "closed", "holiday")
"""Fields that name a node."""


def called(document: Document) -> tuple[str, ...]:
    """Flows that it calls by itself."""
    return tuple(dict.fromkeys(node.flow for node in document.nodes.values() if isinstance(node, Call)))


def link(document: Document, others: Mapping[str, Document]) -> tuple[Document, list[Problem]]:
    """`others`: by name, all that are called, directly or not; each was linted alone.

    The document is as it was when there are problems: a flow that is not there, that calls itself in a circle, that
    lacks a language, or too much of it all.
    """
    calls = {name: node for name, node in document.nodes.items() if isinstance(node, Call)}
    if not calls:
        return document, []
    if problems := list(_problems(document, calls, others)):
        return document, problems
    nodes: dict[str, Node] = dict(document.nodes)
    positions = dict(document.positions)
    returns: dict[str, list[str]] = {}
    todo = list(document.nodes)
    while todo:
        name = todo.pop()
        node = nodes[name]
        if not isinstance(node, Call):
            continue
        if node.flow not in returns:
            returns[node.flow] = []
            other = others[node.flow]
            for its, node_there in other.nodes.items():
                nodes[f"{node.flow}/{its}"] = _moved(node_there, node.flow)
                positions[f"{node.flow}/{its}"] = positions[name]
                todo.append(f"{node.flow}/{its}")
        nodes[name] = node._replace(start=f"{node.flow}/{others[node.flow].start}")
        returns[node.flow].append(node.next)
    for name, node in nodes.items():
        if isinstance(node, End) and "/" in name:
            nodes[name] = node._replace(returns=tuple(dict.fromkeys(returns[name.partition("/")[0]])))
    if len(nodes) > NODES_LIMIT:
        at = document.positions[next(iter(calls))]
        return document, [Problem(*at, "flow.too_many_nodes", f"with what is called, more than {NODES_LIMIT} nodes")]
    return document._replace(nodes=nodes, positions=positions), []


def _problems(document: Document, calls: Mapping[str, Call], others: Mapping[str, Document]) -> Iterator[Problem]:
    seen: dict[str, bool] = {}
    for name, call in calls.items():
        at = document.positions[name]
        for flow, way in _all_called(call.flow, others):
            if flow in way:
                yield Problem(*at, "flow.recursion", f"{' calls '.join([*way, flow])}: a flow must not call itself")
            elif flow not in others:
                yield Problem(*at, "flow.unknown_flow", f"there is no published flow {flow!r}")
            elif flow not in seen:
                seen[flow] = True
                if missing := [each for each in document.languages if each not in others[flow].languages]:
                    text = f"the flow {flow!r} does not speak {', '.join(missing)}"
                    yield Problem(*at, "flow.missing_language", text)
        if len(seen) > FLOWS_LIMIT:
            yield Problem(*at, "flow.too_many_flows", f"a flow calls at most {FLOWS_LIMIT} others, directly or not")
            return


def _all_called(flow: str, others: Mapping[str, Document]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each called flow with the way to it, until there are far too many."""
    todo: list[tuple[str, tuple[str, ...]]] = [(flow, ())]
    for _ in range(FLOWS_LIMIT * FLOWS_LIMIT):
        if not todo:
            return
        flow, way = todo.pop()
        yield flow, way
        if flow in others and flow not in way:
            todo += [(its, (*way, flow)) for its in called(others[flow])]


def _moved(node: Node, flow: str) -> Node:
    """The same node, its ways leading among the called flow's nodes."""

    def there(value: Any) -> Any:
        return f"{flow}/{value}" if value else value

    was = node._asdict()
    fields: dict[str, Any] = {name: there(was[name]) for name in _WAYS if name in was}
    if "ways" in was:
        fields["ways"] = {outcome: there(to) for outcome, to in was["ways"].items()}
    if "cases" in was:
        fields["cases"] = tuple((when, there(to)) for when, to in was["cases"])
    if isinstance(node, Queue):
        fields["overflow"] = tuple((why, there(to)) for why, to in node.overflow)
    keys = {key: _moved_choice(choice, there) for key, choice in keys_of(node).items()}
    if keys:
        fields["choices" if isinstance(node, Menu) else "keys"] = keys
    moved: Node = node._replace(**fields)
    return moved


def _moved_choice(choice: Choice, there: Any) -> Choice:
    return choice._replace(to=there(choice.to))


def shown(name: str) -> tuple[str, str]:
    """The called flow (empty for the first) and the node's own name in it."""
    flow, _, node = name.rpartition("/")
    return flow, node
