"""The flow language in motion: `step(document, state, input) -> (state, outputs)`, a pure function.

It reads no clock, plays nothing, queues nobody: it is told what happened and says what to do. The state is
small and its JSON form (`moves.dump`, `moves.load`) survives a restart; `Restarted` then repeats the node,
as does `Moved`, by which a dialogue goes on in another medium.

    Started ──▶ enter a node ──▶ Move, then by kind
      Say       Speak ─ Spoken or a key ─▶ next             (the key is kept for the next menu: type-ahead)
      Menu      Speak, Listen ─ Key ─▶ choice; silence or a wrong key: again, `repeat` times, then `otherwise`
      Ask       Speak, Listen ─ keys until #, enough, or silence ─▶ next, with the value kept; the ladder as a menu's
      Hours     CheckHours ─ HoursChecked ─▶ open, closed or holiday
      Branch    Look, where it asks how queues stand; Looked ─▶ the first case that is true
      Fetch     Request; Fetched ─▶ the way of its outcome, with what it answered kept
      Verify    SendCode ─ Sent ─▶ (of a code) Speak, Listen ─ keys ─▶ Check; Checked ─▶ its way, or once more
      Send      Write; Sent ─▶ next
      Set, Goal, Call, End: straight on
      Queue     EnterQueue; QueueRefused ─▶ `refused`, or a spoken way out; while waiting, Key ─▶ its node,
                Overflowed ─▶ the way of that name
      Later     TakeDown ─ Taken ─▶ Speak, HangUp; NotTaken ─▶ their number is asked for, or `failed`, or back
      Voicemail Speak ─ Spoken or # ─▶ Record ─ # or Silence ─▶ StopRecording; Recorded ─▶ Speak, HangUp, or once
                more when nothing was said; NotRecorded ─▶ `failed`, or a spoken way out
      Transfer  Speak ─ Spoken ─▶ TransferTo; TransferFailed ─▶ `failed`, a person, or a spoken way out
      Hangup    Speak ─ Spoken ─▶ HangUp

`Trouble` (nothing can be said) leads to a person, or to the end of the call. An input that does not fit the
state, such as a late timer's, changes nothing and puts nothing out.
"""

from __future__ import annotations

from . import asking, doing, later, moves
from .asking import PERSON_KEY
from .document import PERSON, Document
from .going import Goes, Step, Turn, over, way_out
from .moves import Input, Output, State
from .nodes import (
    Ask,
    Branch,
    Call,
    Choice,
    End,
    Fetch,
    Goal,
    Hangup,
    Hours,
    Later,
    Menu,
    Node,
    Prompt,
    Queue,
    Say,
    Send,
    Set,
    Transfer,
    Verify,
    Voicemail,
)  # fmt: skip
from .values import Values, put

STEPS_LIMIT = 200
"""Even a robot pressing keys comes to an end: then a person, then the end of the call."""


def step(document: Document, state: State | None, happened: Input) -> Turn:
    """One input. Never raises on a document that lint accepts, whatever the input; `state` None: not started."""
    state, outputs = _step(document, state, happened)
    return state, tuple(_filled(output, state.values) for output in outputs) if state.values else outputs


def _step(document: Document, state: State | None, happened: Input) -> Turn:
    if isinstance(happened, moves.Started):
        first = State("", document.language(happened.language), values=put((), happened.facts))
        return _go(document, first, document.start, "start")
    if state is None:
        return State("", document.languages[0], phase="done"), ()
    if state.phase == "done":
        return state, (moves.HangUp(),) if isinstance(happened, moves.Restarted) else ()
    if state.phase == "leaving":
        return _leaving(state, happened)
    node = document.nodes.get(state.node)
    if node is None:  # the state of another document: the nearest safe place is a person
        return _person(document, state, "trouble")
    match happened:
        case moves.Restarted():
            return _again(document, state, node, "restart")
        case moves.Moved(medium=medium):
            return _again(document, _by(state, medium), node, "moved")
        case moves.Overflowed():
            return _overflowed(document, state, happened)
        case _ if isinstance(node, Later | Voicemail):
            return _further(document, state, later.take(state, node, happened))
        case moves.Trouble() if state.phase == "speaking":
            return _trouble(document, state, node)
        case moves.Said(text=text) if isinstance(node, Menu):
            key = asking.meant(node, text, state.language)
            if state.phase not in ("speaking", "listening"):
                return state, ()
            return _chosen(document, state, node, key, "said") if key else _missed(document, state, node, "no_match")
        case _ if isinstance(node, Ask | Verify):
            return _further(document, state, asking.take(state, node, happened))
        case _ if isinstance(node, doing.Does):
            return _doing(document, state, node, happened)
        case moves.Key(key=key):
            return _key(document, state, node, key)
        case moves.Spoken() if state.phase == "speaking":
            return _spoken(document, state, node)
        case moves.Silence() if state.phase == "listening" and isinstance(node, Menu):
            return _missed(document, state, node, "timeout")
        case moves.HoursChecked() if state.phase == "checking" and isinstance(node, Hours):
            return _checked(document, state, node, happened)
        case moves.QueueRefused() if state.phase == "queued" and isinstance(node, Queue):
            return _refused(document, state, node, happened.code)
        case moves.TransferFailed() if state.phase == "transferring" and isinstance(node, Transfer):
            return _go(document, state, node.failed, "failed") if node.failed else _person(document, state, "failed")
    return state, ()


def _go(document: Document, state: State, to: str, via: str, choice: Choice | None = None) -> Turn:
    """Enter a node; keys typed ahead carry on through what may be interrupted, without a word."""
    outputs: tuple[Output, ...] = ()
    while True:
        if state.step >= STEPS_LIMIT and via != "limit":
            state, more = _person(document, state, "limit")
            return state, outputs + more
        outputs += (moves.Move(to, via),)
        language = choice.language if choice else ""
        if language and language != state.language:
            outputs += (moves.SetLanguage(language),)
        values = put(state.values, choice.sets) if choice and choice.sets else state.values
        state = state._replace(
            node=to, step=state.step + 1, misses=0, language=language or state.language, values=values
        )
        node, choice = document.nodes[to], None
        match node:
            case Say(barge_in=True) if state.typed:
                to, via = node.next, "next"
            case Menu(known=known) if known and dict(state.values).get(known) is None:
                to, via = node.unknown, "unknown"
            case Menu(barge_in=True) if state.typed and state.typed[0] in node.choices:
                via = state.typed[0]
                choice = node.choices[via]
                to = choice.to
                state = _counted(state._replace(typed=state.typed[1:]), node, state.node)
            case Menu():
                state, more = _menu(document, state, node)
                return state, outputs + more
            case _:
                entered = _perform(state, node)
                if not isinstance(entered, Goes):
                    return entered[0], outputs + entered[1]
                state, to, via = entered
                if not to:
                    state, more = _person(document, state, via)
                    return state, outputs + more


def _further(document: Document, state: State, found: Step | None) -> Turn:
    if found is None:
        return state, ()
    if not isinstance(found, Goes):
        return found
    return _go(document, *found) if found.to else _person(document, found.state, found.via)


def _menu(document: Document, state: State, node: Menu) -> Turn:
    """Who goes in circles is told how to get out of them."""
    if node.barge_in:
        state = state._replace(typed="")
    state = _counted(state, node, state.node)
    lost = dict(state.seen).get(state.node, 0) >= document.profile.circle and PERSON_KEY in node.choices
    if not lost:
        return _say(state, node)
    state, outputs = _say(state._replace(step=state.step + 1), node, (Prompt(standard="offer_person"),))
    return state, (moves.Move(state.node, "circle"), *outputs)


def _counted(state: State, node: Menu, name: str) -> State:
    if node.kind != "menu":
        return state
    seen = dict(state.seen)
    return state._replace(seen=(*(it for it in state.seen if it[0] != name), (name, seen.get(name, 0) + 1)))


def _say(state: State, node: Say | Menu, first: tuple[Prompt, ...] = ()) -> Turn:
    spoken = moves.Speak(first + node.prompts, state.language, node.barge_in)
    return state._replace(phase="speaking"), (spoken,)


def _perform(state: State, node: Node) -> Step:
    """What a node does when it is entered, or repeated."""
    match node:
        case Say() | Menu():
            return _say(state, node)
        case Ask() | Verify():
            return asking.enter(state, node, on_a_phone=dict(state.values).get("medium", "voice") == "voice")
        case Set() | Branch() | Fetch() | Send() | Call() | Goal() | End():
            return doing.enter(state, node)
        case Hours():
            return state._replace(phase="checking"), (moves.CheckHours(node.hours),)
        case Queue():
            state = state._replace(phase="queued", visits=state.visits + 1, queue=state.node, typed="")
            asked = moves.EnterQueue(
                node.queue, node.requires, node.priority_s, state.visits, node.prompts, node.hint
            )
            return state, (asked,)
        case Later() | Voicemail():
            return later.enter(state, node)
        case Transfer() | Hangup():
            if node.prompts:
                return state._replace(phase="speaking", typed=""), (moves.Speak(node.prompts, state.language, False),)
            return _finish(state, node)


def _doing(document: Document, state: State, node: doing.Does, happened: Input) -> Turn:
    if isinstance(happened, moves.Key) and not (isinstance(node, End) or state.phase == "done"):
        return state._replace(typed=(state.typed + happened.key)[: asking.TYPED_LIMIT]), ()
    return _further(document, state, doing.take(state, node, happened))


def _finish(state: State, node: Transfer | Hangup) -> Turn:
    if isinstance(node, Transfer):
        state = state._replace(phase="transferring", visits=state.visits + 1)
        return state, (moves.TransferTo(node.to, state.visits),)
    return over(state)


def _key(document: Document, state: State, node: Node, key: str) -> Turn:
    if isinstance(node, Menu) and (state.phase == "listening" or node.barge_in):
        if key not in node.choices:
            return _missed(document, state, node, "no_match")
        return _chosen(document, state, node, key, key)
    if isinstance(node, Queue):
        if state.phase != "queued" or key not in node.keys:
            return state, ()
        return _chosen(document, state, node, key, key)
    if isinstance(node, Say | Menu | Hours):
        state = state._replace(typed=(state.typed + key)[: asking.TYPED_LIMIT])
        if isinstance(node, Say) and node.barge_in:
            return _go(document, state, node.next, "next")
    return state, ()


def _chosen(document: Document, state: State, node: Menu | Queue, key: str, via: str) -> Turn:
    choice = (node.choices if isinstance(node, Menu) else node.keys)[key]
    return _go(document, state, choice.to, via, choice)


def _spoken(document: Document, state: State, node: Node) -> Turn:
    match node:
        case Say():
            return _go(document, state, node.next, "next")
        case Menu():
            key, state = state.typed[:1], state._replace(phase="listening", typed=state.typed[1:])
            if key:
                return _key(document, state, node, key)
            return state, (moves.Listen("".join(sorted(node.choices)), node.timeout_s),)
        case Transfer() | Hangup():
            return _finish(state, node)
    return state, ()


def _missed(document: Document, state: State, node: Menu, why: str) -> Turn:
    """The ladder: say it again, `repeat` times, then `otherwise`."""
    state = state._replace(typed="")
    if state.misses >= node.repeat:
        return _go(document, state, node.otherwise, why)
    state = state._replace(misses=state.misses + 1, step=state.step + 1)
    state, outputs = _say(state, node, node.no_input if why == "timeout" else node.no_match)
    return state, (moves.Move(state.node, why), *outputs)


def _checked(document: Document, state: State, node: Hours, found: moves.HoursChecked) -> Turn:
    if found.open:
        return _go(document, state, node.open, "open")
    if found.holiday and node.holiday:
        return _go(document, state, node.holiday, "holiday")
    return _go(document, state, node.closed, "closed")


def _refused(document: Document, state: State, node: Queue, code: str) -> Turn:
    if node.refused:
        return _go(document, state, node.refused, "refused")
    if "closed" in code:
        return way_out(state, "closed", "refused")
    return _person(document, state, "refused")


def _overflowed(document: Document, state: State, told: moves.Overflowed) -> Turn:
    node = document.nodes.get(state.queue)
    ways = dict(node.overflow) if isinstance(node, Queue) else {}
    way = ways.get(told.to) or told.target
    if way in document.nodes:
        return _go(document, state._replace(queue="", typed=""), way, "overflow")  # not back: it would lead on again
    return way_out(state, "no_agents", "overflow")


def _trouble(document: Document, state: State, node: Node) -> Turn:
    if isinstance(node, Transfer | Hangup):  # heard or not, what it leads to is right
        return _finish(state, node)
    if isinstance(node, End):
        return _further(document, state, doing.ended(state))
    return _person(document, state, "trouble")


def _by(state: State, medium: str) -> State:
    return state._replace(values=put(state.values, [("medium", medium)]))


def _again(document: Document, state: State, node: Node, via: str) -> Turn:
    """Repeat the node. What was asked for is asked under the same number, so that asking twice is recognised."""
    again = state._replace(step=state.step + 1, typed="")
    if state.phase in ("queued", "transferring"):
        again = again._replace(visits=state.visits - 1)
    told = moves.Move(state.node, via)
    match node:
        case Transfer() if state.phase == "transferring":
            found: Step = _finish(again, node)
        case Later() | Voicemail():
            found = later.again(again, node)
        case _ if isinstance(node, doing.Does):
            found = doing.again(again, node)
        case _:
            found = _perform(again, node)
    again, outputs = _further(document, again, found)
    return again, (told, *outputs)


def _person(document: Document, state: State, via: str) -> Turn:
    """To a person while there is one who was not asked just now, else a spoken way out."""
    if PERSON in document.nodes and state.node != PERSON:
        return _go(document, state._replace(typed=""), PERSON, via)
    return way_out(state, "technical_trouble", via)


def _leaving(state: State, happened: Input) -> Turn:
    match happened:
        case moves.Spoken() | moves.Trouble():
            return over(state)
        case moves.Restarted():
            return way_out(state, state.way_out, "restart")
        case moves.Moved(medium=medium):
            return way_out(_by(state, medium), state.way_out, "moved")
    return state, ()


# --- values in what is said ------------------------------------------------------------------------------


def _filled(output: Output, values: Values) -> Output:
    """With the values that its prompts speak of."""
    match output:
        case moves.Speak() | moves.Request() if output.prompts:
            return output._replace(prompts=_with(output.prompts, values))
        case moves.EnterQueue() if output.prompts or output.hint:
            return output._replace(prompts=_with(output.prompts, values), hint=_with(output.hint, values))
        case moves.Write():
            subject, text = _with((output.subject, output.text), values)
            return output._replace(subject=subject, text=text)
    return output


def _with(prompts: tuple[Prompt, ...], values: Values) -> tuple[Prompt, ...]:
    if not any(prompt.spoken for prompt in prompts):
        return prompts
    known = dict(values)
    return tuple(
        prompt._replace(values=tuple((name, known.get(name)) for name in dict.fromkeys(n for n, _ in prompt.spoken)))
        if prompt.spoken
        else prompt
        for prompt in prompts
    )
