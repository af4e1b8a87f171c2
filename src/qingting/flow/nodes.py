"""What a flow is made of: immutable, complete, every name resolved to text.

A node says, asks, decides, does or ends; *terminal* nodes hand the caller over (queue, transfer) or end the call
(hangup, callback, message, voicemail).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from .expressions import Expression
from .values import Value

KEYS = "1234567890*#"


class Prompt(NamedTuple):
    """One thing to say: a recording when there is one, else its text in the caller's language."""

    texts: tuple[tuple[str, str], ...] = ()
    """Pairs of language and text."""
    recorded: str = ""
    """Id of a recorded prompt; wins over the text where the file exists."""
    standard: str = ""
    """Name of a standard prompt (`speech/standard.py`)."""
    only: str = ""
    """Always in this language, whatever the caller's is."""
    spoken: tuple[tuple[str, str], ...] = ()
    """Values that stand in the text as `{name:kind}`, and how each is spoken."""
    values: tuple[tuple[str, Value], ...] = ()
    """What they are, once the dialogue says it."""

    def text(self, language: str) -> str:
        """Empty when there is none in that language."""
        return dict(self.texts).get(self.only or language, "")


class Say(NamedTuple):
    prompts: tuple[Prompt, ...]
    next: str
    barge_in: bool = True


class Choice(NamedTuple):
    to: str
    language: str = ""
    """Switches the dialogue to it."""
    words: tuple[tuple[str, str], ...] = ()
    """What this choice is called on the agent's desk, by language."""
    sets: tuple[tuple[str, Value], ...] = ()
    """What is remembered of it."""
    heard: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What people say or write who mean it, by language, beside its words."""


class Menu(NamedTuple):
    """One key says it. Also what asks yes or no, what confirms, and a question after satisfaction."""

    prompts: tuple[Prompt, ...]
    choices: Mapping[str, Choice]
    timeout_s: float
    repeat: int
    """How often it is said again after silence or a wrong key, before `otherwise`."""
    otherwise: str
    no_input: tuple[Prompt, ...]
    no_match: tuple[Prompt, ...]
    barge_in: bool = True
    kind: str = "menu"
    """As it is written: `menu`, `ask`, `confirm` or `survey`."""
    known: str = ""
    """A value without which this is passed by, to `unknown`."""
    unknown: str = ""


class Ask(NamedTuple):
    """Several keys, or words, that become a value."""

    prompts: tuple[Prompt, ...]
    kind: str
    """`digits`, `date`, `amount` or `text`; the last cannot be typed on a phone, which goes on to `otherwise`."""
    into: str
    next: str
    least: float
    most: float
    """Of digits and text, how many; of an amount, its size."""
    secret: bool
    timeout_s: float
    repeat: int
    otherwise: str
    no_input: tuple[Prompt, ...]
    no_match: tuple[Prompt, ...]
    barge_in: bool = True


class Set(NamedTuple):
    values: tuple[tuple[str, Expression], ...]
    next: str


class Branch(NamedTuple):
    cases: tuple[tuple[Expression, str], ...]
    """The first that is true leads on."""
    otherwise: str


class Fetch(NamedTuple):
    """Another system is asked (`lookup`) or told to do something (`do`)."""

    kind: str
    service: str
    """Its name in the configuration: where it is, and what proves who we are."""
    method: str
    path: tuple[str | Expression, ...]
    """Texts and values in turn; a value stands there escaped."""
    sends: tuple[tuple[str, Expression], ...]
    keeps: tuple[tuple[str, str], ...]
    """Name, and where it stands in the answer (`values.found_in`)."""
    ways: Mapping[str, str]
    """By outcome: of a lookup `found`, `missing`, `failed`; of `do` `done`, `refused`, `uncertain`, `failed`."""
    timeout_s: float
    retries: int
    prompts: tuple[Prompt, ...] = ()
    """Said meanwhile."""


class Verify(NamedTuple):
    """Who they say they are is proven: by a secret that they know, or a code that is sent to them."""

    by: str
    """`pin` or `code`."""
    subject: Expression
    """Whose it is: attempts are counted, and locked out, by it."""
    service: str
    """Of a PIN: who knows it, and where to ask."""
    path: tuple[str | Expression, ...]
    to: Expression | None
    """Of a code: the address that it goes to."""
    length: int
    prompts: tuple[Prompt, ...]
    ways: Mapping[str, str]
    """`passed`, `failed`, `locked`."""
    attempts: int
    timeout_s: float
    wrong: tuple[Prompt, ...]


class Send(NamedTuple):
    """Details in writing."""

    by: str
    """`mail`, `sms`."""
    to: Expression
    subject: Prompt
    text: Prompt
    next: str
    failed: str
    prompts: tuple[Prompt, ...] = ()


class Call(NamedTuple):
    """Another flow, and back again. Values are shared."""

    flow: str
    next: str
    start: str = ""
    """Its first node, once the two are linked."""


class Goal(NamedTuple):
    """What they came for is reached."""

    goal: str
    next: str
    kind: str = "query"
    """`query` or `transaction`."""


class End(NamedTuple):
    """Of this flow: back to the one that called it, else of the call."""

    prompts: tuple[Prompt, ...] = ()
    returns: tuple[str, ...] = ()
    """Where it may lead back to, once linked."""


class Hours(NamedTuple):
    hours: str
    """Id of opening hours in the configuration."""
    open: str
    closed: str
    holiday: str = ""
    """Empty: as closed."""


class Queue(NamedTuple):
    queue: str
    requires: tuple[tuple[str, int], ...] = ()
    priority_s: float = 0.0
    prompts: tuple[Prompt, ...] = ()
    """Said first while waiting, cut short when an agent is there."""
    refused: str = ""
    """Where to go when the queue takes nobody; empty: a spoken way out."""
    keys: Mapping[str, Choice] = MappingProxyType({})
    """Where keys lead while waiting; who listens there keeps the place."""
    hint: tuple[Prompt, ...] = ()
    """Said after each announcement while waiting: what those keys do."""
    overflow: tuple[tuple[str, str], ...] = ()
    """Where to go on when the queue's policy leads to `callback`, `message`, `voicemail`: pairs of that and node."""


class Later(NamedTuple):
    """Somebody comes back to them: their number is taken, then the call ends."""

    kind: str
    """`callback` (at their place in the queue), or `message` (an agent sees to it)."""
    queue: str = ""
    """Empty: where they wait, or waited last."""
    ask: tuple[Prompt, ...] = ()
    """For their number, where none is known."""
    prompts: tuple[Prompt, ...] = ()
    """When it was taken down."""
    failed: str = ""
    """Empty: back to the queue where they were, else a person, else a spoken way out."""
    first: str = ""
    """Of a callback: who is called first, `agent` or `customer`; empty: as the queue has it."""
    demand: str = ""
    """Of a message: its code."""


class Voicemail(NamedTuple):
    """They are recorded after a tone, until #, a silence, the bound or their hanging up; an agent sees to it."""

    queue: str = ""
    """Empty: where they wait, or waited last."""
    prompts: tuple[Prompt, ...] = ()
    """Before the tone."""
    thanks: tuple[Prompt, ...] = ()
    longest_s: float = 120.0
    silence_s: float = 4.0
    """Ends it."""
    failed: str = ""
    """Where nothing can be recorded; empty: a spoken way out."""
    demand: str = ""


class Transfer(NamedTuple):
    to: str
    prompts: tuple[Prompt, ...] = ()
    failed: str = ""


class Hangup(NamedTuple):
    prompts: tuple[Prompt, ...] = ()


Node = (
    Say | Menu | Ask | Set | Branch | Hours | Fetch | Verify | Send | Call | Goal | Queue | Later | Voicemail
    | Transfer | Hangup | End
)  # fmt: skip


def automatic(node: Node) -> tuple[str, ...]:
    """Where a caller may get to from here without a word of theirs."""
    match node:
        case Menu():
            ways = [node.otherwise, node.unknown]
        case Say(next=to) | Ask(otherwise=to) | Set(next=to) | Goal(next=to):
            ways = [to]
        case Transfer(failed=to) | Later(failed=to) | Voicemail(failed=to):
            ways = [to]
        case Branch():
            ways = [*(to for _, to in node.cases), node.otherwise]
        case Fetch(ways=by_outcome) | Verify(ways=by_outcome):
            ways = list(by_outcome.values())
        case Send():
            ways = [node.next, node.failed]
        case Call():
            ways = [node.start or node.next]
        case Queue():
            ways = [node.refused, *dict(node.overflow).values()]
        case Hours():
            ways = [node.open, node.closed, node.holiday]
        case End():
            ways = list(node.returns)
        case Hangup():
            ways = []
    return tuple(to for to in ways if to)


def leads_to(node: Node) -> tuple[str, ...]:
    """Every node that may come next."""
    keys = keys_of(node)
    answered = (node.next,) if isinstance(node, Ask) else ()
    return (*(choice.to for choice in keys.values() if choice.to), *answered, *automatic(node))


def keys_of(node: Node) -> Mapping[str, Choice]:
    match node:
        case Menu(choices=keys) | Queue(keys=keys):
            return keys
    return {}


def prompts_of(node: Node) -> Iterator[Prompt]:
    """What is said here."""
    if isinstance(node, Hours | Set | Branch | Call | Goal):
        return
    yield from node.prompts
    match node:
        case Menu() | Ask():
            yield from node.no_input
            yield from node.no_match
        case Queue():
            yield from node.hint
        case Later():
            yield from node.ask
        case Voicemail():
            yield from node.thanks
        case Verify():
            yield from node.wrong


def texts_of(node: Node) -> Iterator[Prompt]:
    """What is said or written here."""
    yield from prompts_of(node)
    if isinstance(node, Send):
        yield from (node.subject, node.text)


def expressions_of(node: Node) -> Iterator[Expression]:
    match node:
        case Set(values=pairs) | Fetch(sends=pairs):
            yield from (expression for _, expression in pairs)
        case Branch():
            yield from (when for when, _ in node.cases)
        case Verify():
            yield from (node.subject, *((node.to,) if node.to else ()))
        case Send():
            yield node.to
    if isinstance(node, Fetch | Verify):
        yield from (part for part in node.path if isinstance(part, Expression))


def uses(node: Node) -> Iterator[str]:
    """Names of values that are read here."""
    for expression in expressions_of(node):
        yield from expression.names()
    yield from (name for prompt in texts_of(node) for name, _ in prompt.spoken)
    if isinstance(node, Menu) and node.known:
        yield node.known


def sets(node: Node) -> Iterator[str]:
    """Names of values that may be remembered here."""
    match node:
        case Ask():
            yield node.into
        case Set(values=pairs) | Fetch(keeps=pairs):
            yield from (name for name, _ in pairs)
    yield from (name for choice in keys_of(node).values() for name, _ in choice.sets)
