"""Nodes that decide and do without asking the caller: values, branches, other systems, other flows."""

from __future__ import annotations

from . import moves
from .expressions import Expression, evaluate, truth
from .going import Goes, Step, over
from .moves import Input, State
from .nodes import Branch, Call, End, Fetch, Goal, Send, Set
from .values import Value, put, written

Does = Set | Branch | Fetch | Send | Call | Goal | End


def enter(state: State, node: Does) -> Step:
    known = dict(state.values)
    match node:
        case Set():
            for name, expression in node.values:  # each sees those before it
                known = dict(put(tuple(known.items()), [(name, evaluate(expression, known, {}))]))
            return Goes(state._replace(values=tuple(known.items())), node.next, "next")
        case Branch():
            at = tuple(dict.fromkeys(load for when, _ in node.cases for load in when.loads()))
            if at:
                return state._replace(phase="looking"), (moves.Look(at),)
            return _branch(state, node, known, moves.Looked({}))
        case Fetch():
            if lost := _lost(state, node):
                return Goes(state._replace(back=state.node, typed=""), lost, "restart")
            asked = state._replace(phase="fetching", request=state.step)
            return asked, (_request(asked, node, known),)
        case Send():
            asked = state._replace(phase="sending", request=state.step)
            return asked, (_write(asked, node, known),)
        case Call():
            return Goes(state._replace(stack=(*state.stack, node.next)), node.start, "call")
        case Goal():
            return Goes(state._replace(seen=()), node.next, "next")
        case End():
            if node.prompts:
                return state._replace(phase="speaking", typed=""), (moves.Speak(node.prompts, state.language, False),)
            return ended(state)


def take(state: State, node: Does, happened: Input) -> Step | None:
    """None: it does not fit."""
    match node, happened:
        case Branch(), moves.Looked() if state.phase == "looking":
            return _branch(state, node, dict(state.values), happened)
        case Fetch(), moves.Fetched(outcome=outcome, values=values) if state.phase == "fetching":
            asked_for = [(name, values.get(name)) for name, _ in node.keeps] if values else []
            state = state._replace(values=put(state.values, asked_for))
            return Goes(state, node.ways.get(outcome) or node.ways["failed"], outcome)
        case Send(), moves.Sent() if state.phase == "sending":
            return Goes(state, node.next, "next")
        case Send(), moves.NotSent() if state.phase == "sending":
            return Goes(state, node.failed, "failed")
        case End(), moves.Spoken() if state.phase == "speaking":
            return ended(state)
    return None


def again(state: State, node: Does) -> Step:
    """After a restart. What was asked before is asked under its number; what may have been done is not done twice."""
    if isinstance(node, Fetch) and state.phase == "fetching":
        lost = _lost(state, node)
        if node.kind == "do" and (lost or not node.retries):
            return Goes(state, node.ways["uncertain"], "restart")
        if lost:
            return enter(state, node)
        return state, (_request(state, node, dict(state.values)),)
    if isinstance(node, Send) and state.phase == "sending":
        return state, (_write(state, node, dict(state.values)),)
    return enter(state, node)


def ended(state: State) -> Step:
    """This flow is over: back to the one that called it, else the call is."""
    if state.stack:
        return Goes(state._replace(stack=state.stack[:-1]), state.stack[-1], "end")
    return over(state)


def _branch(state: State, node: Branch, known: dict[str, Value], looked: moves.Looked) -> Goes:
    for when, to in node.cases:
        if truth(evaluate(when, known, looked.loads)):
            return Goes(state, to, "true")
    return Goes(state, node.otherwise, "else")


def _request(state: State, node: Fetch, known: dict[str, Value]) -> moves.Request:
    secrets = dict(state.secrets)
    return moves.Request(
        node.kind == "do",
        node.service,
        node.method,
        tuple((it, False) if isinstance(it, str) else (written(evaluate(it, known, {})), True) for it in node.path),
        tuple((name, evaluate(it, known, {})) for name, it in node.sends if not _secret(it, secrets)),
        tuple((name, secrets[it.of[0]]) for name, it in node.sends if _secret(it, secrets)),
        node.keeps,
        node.timeout_s,
        node.retries,
        state.request,
        node.prompts,
        state.language,
    )


def _lost(state: State, node: Fetch) -> str:
    """The node that asked for a secret which this one hands on, and which a restart has lost."""
    lost = dict(state.held)
    for name, _ in state.secrets:
        lost.pop(name, None)
    return next((lost[it.of[0]] for _, it in node.sends if it.op == "name" and it.of[0] in lost), "")


def _secret(expression: Expression, secrets: dict[str, str]) -> bool:
    return expression.op == "name" and expression.of[0] in secrets


def _write(state: State, node: Send, known: dict[str, Value]) -> moves.Write:
    to = written(evaluate(node.to, known, {}))
    return moves.Write(node.by, to, node.subject, node.text, state.language, state.request)
