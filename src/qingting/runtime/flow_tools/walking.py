"""A walk through a flow: what the caller does is given, what follows by itself follows, and all is written down."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ...flow import moves, values
from ...flow.document import Document, words
from ...flow.expressions import Loads
from ...flow.interpreter import step
from ...flow.nodes import Fetch, Goal, Prompt, Verify
from ...flow.values import Value, Values
from ...speech.in_words import in_words
from ...speech.standard import STANDARD
from .inputs import Fact, Given, Outcome, Stands, inputs
from .reading import publishable

ENDED = ("queued", "transferring", "done")
HIDDEN = "•••"


class Line(NamedTuple):
    """What one move did."""

    node: str
    via: str
    words: str
    says: tuple[str, ...]
    then: str
    """`listen 120`, `hours main`, `lookup billing get /balance`, `queue sales`, `hang up`, …, or empty."""


class Unfit(NamedTuple):
    """An input that nobody waited for."""

    number: int
    """Of the inputs, from 1."""
    node: str
    phase: str


class Transcript(NamedTuple):
    lines: tuple[Line, ...]
    ends: str
    """`queue sales`, `transfer …`, `hang up` (also after a callback or message), or empty while still being asked."""
    language: str
    values: Mapping[str, Value]
    goals: tuple[str, ...]
    letters: tuple[str, ...]
    unfit: tuple[Unfit, ...]


Answers = Mapping[str, Sequence[Outcome]]
"""By node or service: what it answers, one after the other, the last for ever."""


class Walk:
    """One caller. `give` what they do, or what others answer; `by_itself` is what follows otherwise."""

    def __init__(
        self,
        document: Document,
        language: str = "",
        *,
        facts: Values = (),
        loads: Loads | None = None,
        answers: Answers | None = None,
    ) -> None:
        self.document = document
        self.asked: moves.Output | None = None
        """What was put out last: what is waited for."""
        self.lines: list[Line] = []
        self.goals: list[str] = []
        self.letters: list[str] = []
        self._loads = dict(loads or {})
        self._answers = {name: deque(each) for name, each in (answers or {}).items()}
        self.state, outputs = step(document, None, moves.Started(language or document.languages[0], facts))
        self._write(outputs)

    @property
    def done(self) -> bool:
        return self.state.phase == "done"

    @property
    def ends(self) -> str:
        return self.lines[-1].then if self.state.phase in ENDED else ""

    def takes(self, given: Given) -> bool:
        """Whether somebody waits for it here."""
        phase = self.state.phase
        match given:
            case Stands() | moves.Restarted() | moves.Moved():
                return True
            case moves.Key():
                return phase in ("speaking", "listening", "typing", "queued", "recording")
            case moves.Said() | moves.Silence():
                return phase in ("listening", "typing")
            case moves.HoursChecked():
                return phase == "checking"
            case moves.QueueRefused() | moves.Overflowed():
                return phase == "queued"
            case moves.Taken() | moves.NotTaken():
                return phase == "asking"
            case moves.Recorded() | moves.NotRecorded():
                return phase == "recording"
            case moves.Sent() | moves.NotSent():
                return phase == "sending"
            case moves.Trouble():
                return phase in ("speaking", "taken", "leaving")
            case Outcome(outcome=outcome):
                return outcome in self._awaited()
        return False

    def _awaited(self) -> Iterable[str]:
        """Outcomes that are waited for here."""
        node = self.document.nodes.get(self.state.node)
        match self.state.phase, node:
            case "fetching", Fetch():
                return node.ways
            case "verifying", Verify():
                return ("passed", "wrong", "locked", "failed")
            case "transferring", _:
                return ("failed",)
        return ()

    def give(self, given: Given) -> bool:
        """Whether it changed anything."""
        if isinstance(given, Stands):
            self._loads[given.at] = given.value
            return True
        before = self.state
        if isinstance(given, moves.Restarted | moves.Moved):
            known = values.load(values.dump(before.values))
            before = moves.load(moves.dump(before), known)
        happened = self._happened(given)
        self.state, outputs = step(self.document, before, happened)
        self._write(outputs)
        return bool(outputs) or self.state != before

    def _happened(self, given: Given) -> moves.Input:
        if not isinstance(given, Outcome):
            assert not isinstance(given, Stands | Fact)
            return given
        match self.state.phase:
            case "verifying":
                return moves.Checked(given.outcome)
            case "transferring":
                return moves.TransferFailed("unreachable")
        return moves.Fetched(given.outcome, dict(given.values))

    def by_itself(self) -> Given | None:
        """What follows when nothing is told; None where the caller has the word."""
        node = self.document.nodes.get(self.state.node)
        match self.state.phase:
            case "speaking" | "taken" | "leaving":
                return moves.Spoken()
            case "recording":
                return moves.Recorded()
            case "asking":
                return moves.Taken()
            case "checking":
                return moves.HoursChecked(True)
            case "looking":
                return moves.Looked(self._loads)
            case "sending":
                return moves.Sent()
            case "fetching" | "verifying" if isinstance(node, Fetch | Verify):
                return self._answer(node)
        return None

    def _answer(self, node: Fetch | Verify) -> Outcome:
        answers = self._answers.get(self.state.node) or self._answers.get(node.service)
        if not answers:
            return Outcome("failed")
        return answers.popleft() if len(answers) > 1 else answers[0]

    def _write(self, outputs: Sequence[moves.Output]) -> None:
        for output in outputs:
            self.asked = output
            if isinstance(output, moves.Move):
                named = words(self.document, output.node, output.via)
                label = named.get(self.state.language) or next(iter(named.values()), "")
                self.lines.append(Line(output.node, output.via, label, (), ""))
                node = self.document.nodes.get(output.node)
                if isinstance(node, Goal) and output.via not in ("restart", "moved"):
                    self.goals.append(node.goal)
                continue
            line = self.lines[-1]
            if isinstance(output, moves.Write):
                self.letters.append(
                    f"{heard(output.subject, output.language)}\n{heard(output.text, output.language)}"
                )
            if isinstance(output, moves.Speak | moves.Request | moves.EnterQueue) and output.prompts:
                language = self.state.language if isinstance(output, moves.EnterQueue) else output.language
                line = line._replace(says=(*line.says, *(heard(each, language) for each in output.prompts)))
            self.lines[-1] = line._replace(then=_then(output) or line.then)

    def transcript(self, unfit: Sequence[Unfit] = ()) -> Transcript:
        return Transcript(
            tuple(self.lines),
            self.ends,
            self.state.language,
            dict(self.state.values),
            tuple(self.goals),
            tuple(self.letters),
            tuple(unfit),
        )


def _then(output: moves.Output) -> str:
    match output:
        case moves.Listen(keys=keys):
            return f"listen {keys}"
        case moves.CheckHours(hours=hours):
            return f"hours {hours}"
        case moves.Look(at=at):
            return f"look {', '.join(f'{what}({queue})' for what, queue in at)}"
        case moves.Request():
            path = "".join(part for part, _ in output.path)
            sent = [f"{name}={values.written(value)}" for name, value in output.sends]
            sent += [f"{name}={HIDDEN}" for name, _ in output.secrets]
            kind = "do" if output.do else "lookup"
            return " ".join([kind, output.service, output.method, path, *sent])
        case moves.Write():
            return f"{output.by} {output.to}"
        case moves.SendCode():
            return f"code {output.to}"
        case moves.Check():
            return f"check {output.by} {output.subject}"
        case moves.EnterQueue(queue=queue):
            return f"queue {queue}"
        case moves.TakeDown(kind=kind):
            return kind
        case moves.Record():
            return "voicemail"
        case moves.TransferTo(to=to):
            return f"transfer {to}"
        case moves.HangUp():
            return "hang up"
    return ""


def heard(prompt: Prompt, language: str) -> str:
    """In words, values as they are spoken; a recording without text by its id."""
    if prompt.standard:
        return STANDARD[prompt.standard].get(prompt.only or language) or STANDARD[prompt.standard]["en"]
    return in_words(prompt.text(language), dict(prompt.values), prompt.only or language) or f"[{prompt.recorded}]"


def run_text(text: str, given: Sequence[str], language: str = "") -> Transcript:
    """Walk through a flow. Raises `Invalid` where lint finds problems or an input is unknown (`inputs.KINDS`)."""
    document = publishable(text)
    return run(document, [each for word in given for each in inputs(word)], language)


def run(
    document: Document,
    given: Sequence[Given],
    language: str = "",
    *,
    facts: Values = (),
    loads: Loads | None = None,
    answers: Answers | None = None,
) -> Transcript:
    """What is not told happens as it does on a good day: open, taken, recorded, sent. Services that nobody speaks for
    fail."""
    facts = values.put(facts, [(each.name, each.value) for each in given if isinstance(each, Fact)])
    walk = Walk(document, language, facts=facts, loads=loads, answers=answers)
    todo = deque((n, each) for n, each in enumerate(given, 1) if not isinstance(each, Fact))
    unfit: list[Unfit] = []
    while not walk.done or todo:
        if todo and walk.takes(todo[0][1]):
            n, each = todo.popleft()
            node, phase = walk.state.node, walk.state.phase
            if not walk.give(each):
                unfit.append(Unfit(n, node, phase))
        elif (follows := walk.by_itself()) is not None and walk.give(follows):
            continue
        elif todo:
            unfit.append(Unfit(todo.popleft()[0], walk.state.node, walk.state.phase))
        else:
            break
    return walk.transcript(unfit)
