"""Answers of several keys, or of words: how they are gathered, what they must be, and what is proven by them."""

from __future__ import annotations

from decimal import Decimal

from . import moves
from .expressions import evaluate
from .going import Goes, Step
from .moves import Input, State
from .nodes import Ask, Choice, Menu, Prompt, Verify
from .values import Value, number, put, written

TYPED_LIMIT = 40
TYPING_S = 5.0
"""After the last key of an answer that no # ended."""
ENDS, AGAIN, POINT = "#", "*", "*"
PERSON_KEY = "0"

DATE_DIGITS = 8
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


Gathers = Ask | Verify


# --- one key, or words that mean it ----------------------------------------------------------------------


def meant(menu: Menu, text: str, language: str) -> str:
    """The key of the choice that these words mean; empty for none."""
    text = " ".join(text.split()).casefold()
    for key, choice in menu.choices.items():
        if text == key or text in _ways_to_say(choice, language):
            return key
    return ""


def _ways_to_say(choice: Choice, language: str) -> set[str]:
    said = {word.casefold() for _, word in choice.words}
    return said | {word.casefold() for word in dict(choice.heard).get(language, ())}


# --- several keys ----------------------------------------------------------------------------------------


def take(state: State, node: Gathers, happened: Input) -> Step | None:
    """None: it does not fit. Who leaves it is not waited for any longer where they came back from."""
    found = _take(state, node, happened)
    return found._replace(state=found.state._replace(back="")) if isinstance(found, Goes) and state.back else found


def _take(state: State, node: Gathers, happened: Input) -> Step | None:
    match happened:
        case moves.Key(key=key) if state.phase in ("speaking", "listening", "typing"):
            if state.phase == "speaking" and isinstance(node, Ask) and not node.barge_in:
                return state._replace(typed=(state.typed + key)[:TYPED_LIMIT]), ()
            return _key(state, node, key)
        case moves.Spoken() if state.phase == "speaking":
            if state.typed:
                return _keys_before(state, node)
            return state._replace(phase="listening"), (_listen(node.timeout_s),)
        case moves.Silence() if state.phase == "typing":
            return _whole(state, node)
        case moves.Silence() if state.phase == "listening":
            return _missed(state, node, "timeout")
        case moves.Said(text=text) if state.phase in ("speaking", "listening", "typing"):
            return _given(state, node, text.strip())
        case moves.Checked(outcome=outcome) if state.phase == "verifying" and isinstance(node, Verify):
            return _checked(state, node, outcome)
        case moves.Sent() if state.phase == "sending" and isinstance(node, Verify):
            return _speak(state, node, ())
        case moves.NotSent() if state.phase == "sending" and isinstance(node, Verify):
            return Goes(state, node.ways["failed"], "not_sent")
    return None


def enter(state: State, node: Gathers, *, on_a_phone: bool) -> Step:
    if isinstance(node, Ask):
        if on_a_phone and node.kind == "text":
            return Goes(state, node.otherwise, "unknown")
        if state.typed and node.barge_in:
            return _keys_before(state, node)
        return _speak(state, node, ())
    if node.to is None:
        return _speak(state._replace(typed=""), node, ())
    known = dict(state.values)
    subject, to = (written(evaluate(each, known, {})) for each in (node.subject, node.to))
    if not subject or not to:
        return Goes(state, node.ways["failed"], "unknown")
    code = moves.SendCode(subject, to, node.length, state.language, state.step)
    return state._replace(phase="sending", typed=""), (code,)


def _speak(state: State, node: Gathers, first: tuple[Prompt, ...]) -> Step:
    barge_in = node.barge_in if isinstance(node, Ask) else True
    return state._replace(phase="speaking"), (moves.Speak(first + node.prompts, state.language, barge_in),)


def _listen(timeout_s: float) -> moves.Listen:
    return moves.Listen("0123456789*#", timeout_s)


def _keys_before(state: State, node: Gathers) -> Step:
    """Keys that were typed ahead, one after the other; what is left stays for what comes next."""
    ahead, state = state.typed, state._replace(typed="", phase="typing")
    for n, key in enumerate(ahead, 1):
        found = _key(state, node, key)
        if isinstance(found, Goes):
            return found._replace(state=found.state._replace(typed=ahead[n:]))
        state, outputs = found
        if state.phase != "typing":
            return state, outputs
    return state, (_listen(TYPING_S),)


def _key(state: State, node: Gathers, key: str) -> Step:
    amount = isinstance(node, Ask) and node.kind == "amount"
    if key == ENDS:
        return _whole(state, node)
    if key == AGAIN and not amount:
        state = state._replace(typed="")
    else:
        state = state._replace(typed=(state.typed + ("." if amount and key == POINT else key))[:TYPED_LIMIT])
    if len(state.typed) == _complete_at(node):
        return _whole(state, node)
    return state._replace(phase="typing"), (_listen(TYPING_S),)


def _complete_at(node: Gathers) -> int:
    """So many keys are an answer, without #; 0: it must be ended."""
    match node:
        case Verify():
            return node.length
        case Ask(kind="digits", least=least, most=most) if least == most:
            return int(most)
        case Ask(kind="date"):
            return DATE_DIGITS
    return 0


def _whole(state: State, node: Gathers) -> Step:
    if state.typed == PERSON_KEY and _read(node, state.typed) is None:
        return Goes(state._replace(typed=""), "", PERSON_KEY)
    return _given(state, node, state.typed)


def _given(state: State, node: Gathers, answer: str) -> Step:
    state = state._replace(typed="")
    value = _read(node, answer)
    if value is None:
        return _missed(state, node, "no_match" if answer else "timeout")
    if isinstance(node, Verify):
        known = dict(state.values)
        subject = written(evaluate(node.subject, known, {}))
        path = tuple(
            (it, False) if isinstance(it, str) else (written(evaluate(it, known, {})), True) for it in node.path
        )
        check = moves.Check(node.by, subject, str(value), node.service, path, state.step)
        return state._replace(phase="verifying"), (check,)
    if node.secret:
        others = tuple(it for it in state.secrets if it[0] != node.into)
        held = tuple(it for it in state.held if it[0] != node.into)
        kept = state._replace(secrets=(*others, (node.into, str(value))), held=(*held, (node.into, state.node)))
        return Goes(kept, state.back or node.next, "given")
    return Goes(state._replace(values=put(state.values, [(node.into, value)])), node.next, "given")


def _read(node: Gathers, answer: str) -> Value:
    """None when it is no answer to that."""
    if isinstance(node, Verify):
        return answer if answer.isdecimal() and answer.isascii() and len(answer) == node.length else None
    match node.kind:
        case "digits":
            well = answer.isdecimal() and answer.isascii() and node.least <= len(answer) <= node.most
            return answer if well else None
        case "date":
            return _date(answer)
        case "amount":
            value = number(answer) if answer[:1].isdecimal() else None
            return (
                value if value is not None and Decimal(str(node.least)) <= value <= Decimal(str(node.most)) else None
            )
    return answer if node.least <= len(answer) <= node.most else None


def _date(answer: str) -> str | None:
    digits = answer.replace("-", "") if len(answer) == 10 else answer
    if len(digits) != DATE_DIGITS or not (digits.isdecimal() and digits.isascii()):
        return None
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not 1900 <= year <= 2200 or not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1]:
        return None
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if month == 2 and day == 29 and not leap:
        return None
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


# --- the ladder, and what was proven ---------------------------------------------------------------------


def _missed(state: State, node: Gathers, why: str) -> Step:
    if isinstance(node, Verify):
        if state.misses + 1 >= node.attempts:
            return Goes(state, node.ways["failed"], why)
        first = (Prompt(standard="no_input"),) if why == "timeout" else node.wrong
    elif state.misses >= node.repeat:
        return Goes(state, node.otherwise, why)
    else:
        first = node.no_input if why == "timeout" else node.no_match
    return again(state, node, first, why)


def again(state: State, node: Gathers, first: tuple[Prompt, ...], why: str) -> Step:
    state = state._replace(misses=state.misses + 1, step=state.step + 1, typed="")
    found = _speak(state, node, first)
    assert not isinstance(found, Goes)
    return found[0], (moves.Move(state.node, why), *found[1])


def _checked(state: State, node: Verify, outcome: str) -> Step:
    if outcome == "wrong":
        return _missed(state, node, "wrong")
    return Goes(state, node.ways.get(outcome) or node.ways["failed"], outcome)
