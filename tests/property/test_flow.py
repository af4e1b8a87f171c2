"""No text breaks the reader; no caller breaks a flow that lint accepts."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qingting.flow import moves
from qingting.flow.document import Document, Hangup, Later, Queue, Transfer, leads_to
from qingting.flow.interpreter import step
from qingting.runtime.flow_tools import read_flow

WORDS = [
    "languages",
    "nodes",
    "person",
    "start",
    "say",
    "menu",
    "keys",
    "to",
    "next",
    "zh",
    "en",
    "only",
    "text",
    "a",
]
PIECES = st.sampled_from(
    [
        *WORDS,
        ": ",
        "\n",
        "  ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "'",
        '"',
        "#",
        "&x",
        "*x",
        "!t",
        "|",
        ">",
        "1",
        "0",
        "\t",
    ]
)


def in_place(text: str, line: int, column: int) -> bool:
    return 1 <= line <= len(text.splitlines()) + 2 and 1 <= column <= max(map(len, text.split("\n"))) + 2


def check(text: str) -> Document | None:
    document, problems = read_flow(text)
    assert document is not None or problems
    for problem in problems:
        assert in_place(text, problem.line, problem.column), problem
        assert problem.code.startswith(("yaml.", "flow."))
        assert problem.message
    return None if problems else document


@given(st.text(max_size=300))
def test_any_text_is_read_or_its_problem_is_placed(text: str) -> None:
    check(text)


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=300)
def test_anything_like_yaml_is_read_or_its_problem_is_placed(text: str) -> None:
    check(text)


# --- flows as people might write them, right and wrong ---------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c", "d", "e", "person"])
SAYS = st.sampled_from(
    [
        {"zh": "好", "en": "Hi"},
        [{"zh": "好", "en": "Hi"}, {"only": "en", "text": "Hello"}],
        {"standard": "goodbye"},
        {"recorded": "welcome"},
    ]
)
CHOICES = st.one_of(
    NAMES, st.builds(lambda to, lang: {"to": to, "language": lang}, NAMES, st.sampled_from(["zh", "en"]))
)
MENUS = st.builds(
    lambda say, keys, repeat, otherwise, barge_in: {
        "menu": {"say": say, "keys": keys, "repeat": repeat, "barge_in": barge_in}
        | ({"otherwise": otherwise} if otherwise else {})
    },
    SAYS,
    st.dictionaries(st.sampled_from(["1", "2", "3", "*"]), CHOICES, min_size=1, max_size=3),
    st.integers(0, 2),
    st.one_of(st.none(), NAMES),
    st.booleans(),
)
NODES = st.one_of(
    st.builds(lambda say, to, barge_in: {"say": say, "next": to, "barge_in": barge_in}, SAYS, NAMES, st.booleans()),
    MENUS,
    MENUS,
    st.builds(lambda a, b, c: {"hours": {"of": "o", "open": a, "closed": b, "holiday": c}}, NAMES, NAMES, NAMES),
    st.builds(lambda r: {"queue": {"to": "q", "refused": r}} if r else {"queue": "q"}, st.one_of(st.none(), NAMES)),
    st.builds(
        lambda key, over: {"queue": {"to": "q", "keys": {"1": key}, "overflow": {"callback": over}}}, NAMES, NAMES
    ),
    st.builds(lambda f: {"callback": {"failed": f}} if f else {"callback": None}, st.one_of(st.none(), NAMES)),
    st.builds(lambda say: {"message": {"queue": "q", "ask": say}}, SAYS),
    st.builds(lambda f: {"transfer": {"to": "+861", "failed": f}} if f else {"transfer": "+861"}, st.one_of(NAMES)),
    st.just({"hangup": None}),
    st.builds(lambda say: {"hangup": {"say": say}}, SAYS),
)


@st.composite
def flows(draw: st.DrawFn) -> dict[str, Any]:
    """Only nodes that something leads to are kept: most of these are sound."""
    nodes = draw(st.fixed_dictionaries(dict.fromkeys("abcde", NODES)))
    flow = {"languages": ["zh", "en"], "person": "agents", "start": "a", "nodes": nodes}
    document, _ = read_flow(yaml.safe_dump(flow, allow_unicode=True))
    reached = ["a"]
    for name in reached:
        if document is not None and name in document.nodes:
            reached += [to for to in leads_to(document.nodes[name]) if to not in reached]
    return flow | {"nodes": {name: node for name, node in nodes.items() if name in reached}}


INPUTS = st.one_of(
    st.builds(moves.Key, st.sampled_from("0123456789*#")),
    st.just(moves.Silence()),
    st.just(moves.Spoken()),
    st.builds(moves.HoursChecked, st.booleans(), st.booleans()),
    st.builds(moves.QueueRefused, st.sampled_from(["queue.closed", "queue.unknown"])),
    st.builds(moves.TransferFailed, st.just("busy")),
    st.builds(moves.Overflowed, st.sampled_from(["callback", "message"])),
    st.just(moves.Taken()),
    st.builds(moves.NotTaken, st.sampled_from(["callback.no_number", "dial.not_allowed"])),
    st.just(moves.Trouble()),
    st.just(moves.Restarted()),
)


@given(flows(), st.lists(INPUTS, max_size=40))
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_flow_that_lint_accepts_never_raises_nor_strands_anybody(
    flow: dict[str, Any], inputs: list[moves.Input]
) -> None:
    document = check(yaml.safe_dump(flow, allow_unicode=True))
    if document is None:
        return
    state, outputs = step(document, None, moves.Started("en"))
    assert_sound(document, state, outputs)
    for happened in inputs:
        before = state
        state, outputs = step(document, state, happened)
        assert_sound(document, state, outputs)
        assert outputs or state._replace(typed="", phase="") == before._replace(typed="", phase="")
        kept = moves.load(moves.dump(state))
        assert kept == state._replace(typed="")
    # From wherever they are, a caller who does nothing at all comes to a person or to the end.
    for _ in range(100):
        happened = silent(document, state)
        if happened is None:
            return
        state, outputs = step(document, state, happened)
        assert_sound(document, state, outputs)
    raise AssertionError(f"still going round at {state}")


def assert_sound(document: Document, state: moves.State, outputs: tuple[moves.Output, ...]) -> None:
    """Whoever is not at an end is being spoken to, listened to, or decided upon: never left alone."""
    assert state.node in document.nodes
    assert state.phase in ("speaking", "listening", "checking", "queued", "transferring", "asking", "typing",
                           "taken", "leaving", "done")  # fmt: skip
    alone = moves.Listen | moves.TransferTo | moves.HangUp | moves.TakeDown
    if outputs and not isinstance(outputs[0], alone) and state.phase != "taken":
        assert isinstance(outputs[0], moves.Move)
        last = [o for o in outputs if isinstance(o, moves.Move)][-1]
        assert last.node == state.node
    expected = {
        "speaking": moves.Speak,
        "listening": moves.Listen,
        "checking": moves.CheckHours,
        "queued": moves.EnterQueue,
        "transferring": moves.TransferTo,
        "asking": moves.TakeDown,
        "typing": moves.Listen,
        "taken": moves.Speak,
        "leaving": moves.Speak,
        "done": moves.HangUp,
    }[state.phase]
    if outputs:
        assert isinstance(outputs[-1], expected)


def silent(document: Document, state: moves.State) -> moves.Input | None:
    """What comes by itself; None at an end."""
    node = document.nodes[state.node]
    match state.phase:
        case "speaking" | "taken" | "leaving":
            return moves.Spoken()
        case "asking":
            return moves.NotTaken("callback.no_number")
        case "listening" | "typing":
            return moves.Silence()
        case "checking":
            return moves.HoursChecked(False, True)
        case _:
            assert isinstance(node, Queue | Transfer | Hangup | Later) or state.phase == "done"
            return None
