"""No text breaks the reader; no caller breaks a flow that lint accepts, or is stranded in it, or betrayed by it."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qingting.flow import moves, values
from qingting.flow.document import Document
from qingting.flow.interpreter import step
from qingting.flow.nodes import Ask, Verify
from qingting.runtime.flow_tools import read_flow

from .flows import INPUTS, VALUES, flows, sound

# --- any text --------------------------------------------------------------------------------------------

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
WORDS += ["ask", "as", "into", "branch", "when", "set", "lookup", "path", "/{a}", "{a:money}", "a >", "call", "goal"]
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


def check(text: str) -> None:
    document, problems = read_flow(text)
    assert document is not None or problems
    for problem in problems:
        assert in_place(text, problem.line, problem.column), problem
        assert problem.code.startswith(("yaml.", "flow."))
        assert problem.message


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_is_read_or_its_problem_is_placed(text: str) -> None:
    check(text)


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=200, deadline=None)
def test_anything_like_yaml_is_read_or_its_problem_is_placed(text: str) -> None:
    check(text)


@given(flows(), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_flow_that_lost_a_piece_is_read_or_its_problem_is_placed(text: str, data: st.DataObject) -> None:
    lines = text.split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    match data.draw(st.sampled_from(["gone", "twice", "indented", "cut"])):
        case "gone":
            del lines[at]
        case "twice":
            lines.insert(at, lines[at])
        case "indented":
            lines[at] = f"  {lines[at]}"
        case "cut":
            lines[at] = lines[at][: len(lines[at]) // 2]
    check("\n".join(lines))


# --- whoever is in a flow --------------------------------------------------------------------------------

PHASES: dict[str, type[moves.Output] | tuple[type[moves.Output], ...]] = {
    "speaking": moves.Speak,
    "listening": moves.Listen,
    "typing": moves.Listen,
    "checking": moves.CheckHours,
    "queued": moves.EnterQueue,
    "transferring": moves.TransferTo,
    "asking": moves.TakeDown,
    "taken": moves.Speak,
    "recording": (moves.Record, moves.StopRecording),
    "looking": moves.Look,
    "fetching": moves.Request,
    "sending": (moves.Write, moves.SendCode),
    "verifying": moves.Check,
    "leaving": moves.Speak,
    "done": moves.HangUp,
}
"""What must have been asked for where something is waited for: nobody is left alone."""


class Walker:
    """One caller. Their secrets are of the digits 7 to 9, and nothing else is."""

    def __init__(self, document: Document, facts: values.Values) -> None:
        self.document = document
        self.secrets: set[str] = set()
        self.typed = ""
        self.state, outputs = step(document, None, moves.Started("en", facts))
        self.looked_at(outputs)

    def asks_for_secrets(self) -> bool:
        node = self.document.nodes.get(self.state.node)
        return isinstance(node, Verify) or (isinstance(node, Ask) and node.secret)

    def give(self, happened: moves.Input) -> None:
        if isinstance(happened, moves.Key | moves.Said):
            happened = self.in_their_digits(happened)
        before = self.state
        if isinstance(happened, moves.Restarted | moves.Moved):
            before = moves.load(moves.dump(before), values.load(json.loads(json.dumps(values.dump(before.values)))))
        self.state, outputs = step(self.document, before, happened)
        assert outputs or self.state._replace(typed="", phase="") == before._replace(typed="", phase="")
        self.looked_at(outputs)

    def in_their_digits(self, happened: moves.Key | moves.Said) -> moves.Input:
        if isinstance(happened, moves.Said):
            return moves.Said("7878") if self.asks_for_secrets() and happened.text else happened
        if not happened.key.isdecimal() or happened.key == "0":
            return happened
        allowed = "789" if self.asks_for_secrets() else "123456"
        return moves.Key(allowed[int(happened.key) % len(allowed)])

    def looked_at(self, outputs: tuple[moves.Output, ...]) -> None:
        state = self.state
        assert state.node in self.document.nodes
        assert not outputs or isinstance(outputs[-1], PHASES[state.phase])
        moved = [output for output in outputs if isinstance(output, moves.Move)]
        assert not moved or moved[-1].node == state.node
        dumped, known = moves.dump(state), values.dump(state.values)
        kept = values.load(json.loads(json.dumps(known)))
        assert kept == state.values
        assert moves.load(dumped, kept) == state._replace(typed="", secrets=())
        self.secrets |= {secret for _, secret in state.secrets}
        self.secrets |= {output.secret for output in outputs if isinstance(output, moves.Check)}
        told = [dumped, json.dumps(known), *(repr(without_secrets(output)) for output in outputs)]
        for secret in self.secrets:
            assert len(secret) >= 4
            assert not [each for each in told if secret in each]

    def left_alone(self) -> moves.Input | None:
        """What comes by itself, and is no help; None at an end."""
        match self.state.phase:
            case "speaking" | "taken" | "leaving":
                return moves.Spoken()
            case "listening" | "typing":
                return moves.Silence()
            case "asking":
                return moves.NotTaken("callback.no_number")
            case "recording":
                return moves.NotRecorded("voicemail.no_room")
            case "checking":
                return moves.HoursChecked(False, True)
            case "looking":
                return moves.Looked({})
            case "fetching":
                return moves.Fetched("failed")
            case "sending":
                return moves.NotSent("mail.off")
            case "verifying":
                return moves.Checked("wrong")
        return None


def without_secrets(output: moves.Output) -> moves.Output:
    """They may be sent to a service, and be checked."""
    match output:
        case moves.Request():
            return output._replace(secrets=())
        case moves.Check():
            return output._replace(secret="")
    return output


@given(
    flows(),
    st.lists(st.tuples(st.sampled_from(["x", "y", "caller", "vip", "customer_mail"]), VALUES), max_size=3),
    st.lists(INPUTS, max_size=40),
)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_flow_that_lint_accepts_never_raises_nor_strands_nor_betrays_anybody(
    text: str, facts: list[tuple[str, values.Value]], inputs: list[moves.Input]
) -> None:
    document = sound(text)
    if document is None:
        return
    walker = Walker(document, tuple(facts))
    for happened in [*map(moves.Key, "7897"), *inputs]:
        walker.give(happened)
    # From wherever they are, a caller who does nothing at all comes to a person or to the end.
    for _ in range(150):
        happened_alone = walker.left_alone()
        if happened_alone is None:
            assert walker.state.phase in ("queued", "transferring", "done")
            return
        walker.give(happened_alone)
    raise AssertionError(f"still going round at {walker.state}")
