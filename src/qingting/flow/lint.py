"""What a flow must promise its callers, checked on the document: nobody is lost, nobody is caught.

Each problem names its node's place. `known` things (queues, hours, recordings, services) are checked when given.
What a flow remembers and says is judged in `lint_values.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from .document import PERSON, Document
from .linking import called, link
from .lint_values import spoken_values
from .nodes import (
    Ask,
    Branch,
    End,
    Fetch,
    Goal,
    Hangup,
    Hours,
    Later,
    Menu,
    Node,
    Queue,
    Say,
    Set,
    Transfer,
    Verify,
    Voicemail,
    automatic,
    expressions_of,
    leads_to,
    prompts_of,
)
from .tree import Problem

ENDS = Queue | Transfer | Hangup | Later | Voicemail | End


def lint(
    document: Document,
    *,
    queues: Collection[str] | None = None,
    hours: Collection[str] | None = None,
    recordings: Collection[str] | None = None,
    standard: Collection[str] | None = None,
    services: Collection[str] | None = None,
    others: Mapping[str, Document] | None = None,
) -> list[Problem]:
    """Problems of a document that was built, in the order of the text. `others`: flows that it calls,
    by name, each sound by itself."""
    problems = [*_unknown_nodes(document)]
    if not problems:  # the graph is whole: only then its ways can be judged
        problems = [*_unreachable(document), *_dead_ends(document), *_loops(document), *_depth(document)]
    problems += _menus(document)
    problems += _things(document, queues, hours, recordings, standard, services)
    linked, unlinked = link(document, others) if others is not None else (document, [])
    problems += unlinked
    if others is not None and not problems:
        problems += {*_depth(linked), *_loops(linked)}
    if others is not None or not called(document):
        problems += spoken_values(linked, document)
    return sorted(problems)


def _at(document: Document, node: str, code: str, message: str) -> Problem:
    line, column = document.positions[node]
    return Problem(line, column, code, message)


def _unknown_nodes(document: Document) -> Iterator[Problem]:
    for name, node in document.nodes.items():
        for to in dict.fromkeys(leads_to(node)):
            if to not in document.nodes:
                yield _at(document, name, "flow.unknown_node", f"{name!r} leads to {to!r}, which is not there")


def _unreachable(document: Document) -> Iterator[Problem]:
    seen = _reach(document, document.start)
    for name in document.nodes:
        if name not in seen and name != PERSON:
            yield _at(document, name, "flow.unreachable", f"nothing leads to {name!r}")


def _reach(document: Document, start: str) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        for to in leads_to(document.nodes[todo.pop()]):
            if to not in seen:
                seen.add(to)
                todo.append(to)
    return seen


def _dead_ends(document: Document) -> Iterator[Problem]:
    """A menu whose ladder ends nowhere, or a node from which no way leads to people or to an end of the call."""
    for name, node in document.nodes.items():
        if isinstance(node, Menu | Ask) and not node.otherwise:
            yield _at(document, name, "flow.dead_end", f"{name!r} leads nowhere after silence: name `otherwise`")
    back = _reversed({name: set(leads_to(node)) for name, node in document.nodes.items()})
    todo = [name for name, node in document.nodes.items() if isinstance(node, ENDS)]
    ends = set(todo)
    while todo:
        new = back[todo.pop()] - ends
        ends |= new
        todo += new
    for name, node in document.nodes.items():
        if name not in ends and leads_to(node):
            yield _at(
                document, name, "flow.dead_end", f"from {name!r} no way leads to a queue, a transfer or a hang-up"
            )


def _loops(document: Document) -> Iterator[Problem]:
    """A circle that turns without the caller: a silent one would go round for ever.

    What is left after taking away, again and again, every node that no automatic way leaves, then enters.
    """
    ways = {name: set(automatic(node)) for name, node in document.nodes.items()}
    for name in _peeled(_reversed(_peeled(ways))):
        yield _at(document, name, "flow.loop", f"{name!r} is in a circle that turns without the caller")


Ways = dict[str, set[str]]


def _reversed(ways: Ways) -> Ways:
    back: Ways = {name: set() for name in ways}
    for name, to in ways.items():
        for each in to:
            back[each].add(name)
    return back


def _peeled(ways: Ways) -> Ways:
    """Without the nodes from which every way comes to an end."""
    back, left = _reversed(ways), {name: len(to) for name, to in ways.items()}
    todo = [name for name, count in left.items() if not count]
    while todo:
        name = todo.pop()
        del left[name]
        for before in back[name]:
            left[before] -= 1
            if not left[before]:
                todo.append(before)
    return {name: ways[name].intersection(left) for name in left}


def _depth(document: Document) -> Iterator[Problem]:
    """Fewest menus on the way to each node."""
    seen: set[str] = set()
    level = [document.start]
    for below in range(1, len(document.nodes) + 1):
        menus = []
        for name in level:  # grows: what follows without a menu is on the same level
            if name in seen:
                continue
            seen.add(name)
            if _is_menu(document.nodes[name]):
                menus.append(name)
            else:
                level += leads_to(document.nodes[name])
        if below > document.profile.depth and document.profile.menus:
            for name in menus:
                yield _at(document, name, "flow.too_deep", f"{name!r} is menu number {below} on the way to it")
        level = [to for name in menus for to in leads_to(document.nodes[name])]


def _is_menu(node: Node) -> bool:
    """Of those that ask for a key, the ones that callers must find their way through."""
    return isinstance(node, Menu) and node.kind == "menu"


def _menus(document: Document) -> Iterator[Problem]:
    """Key 0 is a person wherever a key is asked for, and menus stay short enough to be remembered."""
    profile = document.profile
    for name, node in document.nodes.items():
        if isinstance(node, Ask | Verify | Fetch) and not document.person:
            yield _at(
                document, name, "flow.no_person", f"who is lost in {name!r} finds nobody: name a `person` queue"
            )
        if not isinstance(node, Menu):
            continue
        zero = node.choices.get("0")
        if zero is None:
            yield _at(document, name, "flow.no_person", f"in {name!r} key 0 leads to nobody: name a `person` queue")
        elif not _to_person(document, zero.to):
            yield _at(
                document, name, "flow.no_person", f"in {name!r} key 0 must lead to a person, not to {zero.to!r}"
            )
        if _is_menu(node) and not profile.menus:
            yield _at(document, name, "flow.no_menus", f"the profile {profile.name!r} forbids menus such as {name!r}")
        elif _is_menu(node) and len(node.choices) > profile.choices + 1:
            text = f"{name!r} offers more than {profile.choices} choices"
            yield _at(document, name, "flow.too_many_choices", text)


def _to_person(document: Document, name: str) -> bool:
    """Without a word of the caller's, whatever is decided on the way; opening hours may be over."""
    seen, todo = {name}, [name]
    while todo:
        match document.nodes.get(todo.pop()):
            case Queue() | Transfer():
                continue
            case Say(next=to) | Hours(open=to) | Set(next=to) | Goal(next=to):
                ways = [to]
            case Branch() as branch:
                ways = [*(to for _, to in branch.cases), branch.otherwise]
            case _:
                return False
        todo += {way for way in ways if way not in seen}
        seen.update(ways)
    return True


def _things(
    document: Document,
    queues: Collection[str] | None,
    hours: Collection[str] | None,
    recordings: Collection[str] | None,
    standard: Collection[str] | None,
    services: Collection[str] | None,
) -> Iterator[Problem]:
    waits = any(isinstance(node, Queue) for node in document.nodes.values())
    for name, node in document.nodes.items():
        if isinstance(node, Later | Voicemail) and not node.queue and not waits:
            yield _at(document, name, "flow.missing_field", f"nobody waits before {name!r}: it needs a `queue`")
        named = node.queue if isinstance(node, Queue | Later | Voicemail) else ""
        if named and queues is not None and named not in queues:
            yield _at(document, name, "flow.unknown_queue", f"there is no queue {named!r}")
        if isinstance(node, Hours) and hours is not None and node.hours not in hours:
            yield _at(document, name, "flow.unknown_hours", f"there are no opening hours {node.hours!r}")
        service = node.service if isinstance(node, Fetch | Verify) else ""
        if service and services is not None and service not in services:
            yield _at(document, name, "flow.unknown_service", f"there is no service {service!r}")
        if queues is not None:
            for queue in dict.fromkeys(queue for it in expressions_of(node) for _, queue in it.loads()):
                if queue not in queues:
                    yield _at(document, name, "flow.unknown_queue", f"there is no queue {queue!r}")
        for prompt in prompts_of(node):
            if recordings is not None and prompt.recorded and not prompt.texts and prompt.recorded not in recordings:
                yield _at(document, name, "flow.unknown_recording", f"there is no recording {prompt.recorded!r}")
            if standard is not None and prompt.standard and prompt.standard not in standard:
                yield _at(document, name, "flow.unknown_standard", f"there is no standard prompt {prompt.standard!r}")
