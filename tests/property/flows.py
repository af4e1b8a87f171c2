"""Random flows of all kinds of nodes, most of them sound, and what may happen to whoever is in one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import yaml
from hypothesis import strategies as st

from qingting.flow import moves
from qingting.flow.document import Document
from qingting.flow.linking import link
from qingting.flow.nodes import leads_to
from qingting.runtime.flow_tools import publishable, read_flow

NAMES = ["s", "a", "b", "c", "d", "e", "f"]
SUB = publishable("""
languages: [zh, en]
person: agents
facts: [x]
nodes:
  look: {lookup: {service: s, path: "/of/{x}", keep: {y: a.0.b}, found: done, missing: ask, failed: ask}}
  ask: {ask: {say: {zh: 二, en: Two}, as: digits, least: 1, most: 3, into: x, next: done}}
  done: {end: {say: {zh: 好, en: "{y:money}"}}}
""")
SAYS = st.sampled_from(
    [
        {"zh": "好", "en": "Hi"},
        [{"zh": "好", "en": "Hi"}, {"only": "en", "text": "Hello"}],
        {"standard": "goodbye"},
        {"recorded": "welcome"},
        {"zh": "{x:money}和{y:digits}", "en": "{x} and {caller:phone}"},
        {"value": "y", "as": "date"},
    ]
)
WHEN = st.sampled_from(
    [
        "x > 3",
        "vip",
        "wait('q') > 60 or not staffed('q')",
        "caller == '1' and not y",
        "starts(text(x), '1')",
        "round(number(x) / 3, 2) >= 1",
        "x in ('1', 2, true)",
        "y == null",
    ]
)
SUMS = st.sampled_from(["x + 1", "y * x", "'a'", "x / y", "length(caller)", "null", "not x", "text(x) + text(y)"])
VALUE = st.sampled_from(["x", "y"])


def some(draw: st.DrawFn, **strategies: Any) -> dict[str, Any]:
    """Some of these fields."""
    return {name: draw(each) for name, each in strategies.items() if draw(st.booleans())}


@st.composite
def node(draw: st.DrawFn, onward: list[str], anywhere: list[str]) -> dict[str, Any]:
    """`onward`: where ways lead that nobody chooses, so that few flows turn in circles."""
    on, to = st.sampled_from(onward), st.sampled_from(anywhere)
    choice = st.one_of(to, st.builds(lambda n, lang: {"to": n, "language": lang}, to, st.sampled_from(["zh", "en"])))
    keys = st.dictionaries(st.sampled_from(["1", "2", "3", "*"]), choice, min_size=1, max_size=3)

    def ladder() -> dict[str, Any]:
        return some(draw, repeat=st.integers(0, 2), otherwise=on, barge_in=st.booleans(), no_match=SAYS)

    match draw(st.sampled_from(KINDS)):
        case "say":
            return {"say": draw(SAYS), "next": draw(on)} | some(draw, barge_in=st.booleans())
        case "menu":
            return {"menu": {"say": draw(SAYS), "keys": draw(keys)} | ladder()}
        case "ask":
            kind = draw(st.sampled_from(["digits", "date", "amount", "text", "yes_no"]))
            more = {"least": 1, "most": draw(st.integers(1, 4))} if kind == "digits" else {}
            return {"ask": {"say": draw(SAYS), "as": kind, "into": draw(VALUE), "next": draw(to)} | more | ladder()}
        case "speech":
            intents = {"yes": {"key": 1, "to": draw(to), "heard": {"zh": ["好"]}}, "no": {"key": 2}}
            ask = {"say": draw(SAYS), "as": "speech", "into": "x", "next": draw(to), "intents": intents}
            return {"ask": ask | ladder()}
        case "secret":
            digits = {"as": "digits", "least": 4, "most": draw(st.integers(4, 6)), "secret": True}
            return {"ask": {"say": draw(SAYS), "into": "pin", "next": draw(to)} | digits | ladder()}
        case "confirm":
            known = {"value": draw(VALUE), "say": draw(SAYS), "yes": draw(to), "no": draw(on)}
            return {"confirm": known | ladder()}
        case "survey":
            return {"survey": {"say": draw(SAYS), "next": draw(on)} | some(draw, scale=st.integers(2, 9))}
        case "verify":
            by: dict[str, Any] = draw(
                st.sampled_from([{"by": "pin", "service": "s", "path": "/{x}/pin"}, {"by": "code", "to": "caller"}])
            )
            more = some(draw, attempts=st.integers(1, 3), failed=on, locked=on, length=st.integers(4, 6))
            return {"verify": by | {"subject": "x", "say": draw(SAYS), "passed": draw(on)} | more}
        case "set":
            return {"set": draw(st.dictionaries(VALUE, SUMS, min_size=1)), "next": draw(on)}
        case "branch":
            cases = [{"when": draw(WHEN), "to": draw(on)} for _ in range(draw(st.integers(1, 2)))]
            return {"branch": [*cases, {"to": draw(on)}]}
        case "hours":
            return {"hours": {"of": "o", "open": draw(on), "closed": draw(on)} | some(draw, holiday=on)}
        case "lookup":
            ways = {"found": draw(on), "missing": draw(on)} | some(draw, failed=on)
            more = some(draw, say=SAYS, keep=st.just({"x": "a.b"}), retries=st.integers(0, 1))
            return {"lookup": {"service": "s", "path": "/{x}", "with": {"vip": "vip"}} | ways | more}
        case "do":
            ways = {"done": draw(on), "refused": draw(on), "uncertain": draw(on)} | some(draw, failed=on)
            more = some(draw, say=SAYS, keep=st.just({"y": "n"}), retries=st.integers(0, 1))
            return {"do": {"service": "s", "path": "/x", "with": {"pin": "pin", "y": "y"}} | ways | more}
        case "send":
            text = {"by": "mail", "to": "customer_mail", "subject": {"zh": "好", "en": "{x}"}, "text": draw(LETTER)}
            return {"send": text | {"next": draw(on)} | some(draw, failed=on, say=SAYS)}
        case "call":
            return {"call": "sub", "next": draw(on)}
        case "goal":
            return {"goal": "g", "next": draw(on), "kind": draw(st.sampled_from(["query", "transaction"]))}
        case "queue":
            more = some(draw, refused=to, say=SAYS, overflow=st.just({"callback": draw(to), "voicemail": draw(to)}))
            return {"queue": {"to": "q"} | more | some(draw, keys=keys)}
        case "callback" | "message" as kind:
            return {kind: {"queue": "q"} | some(draw, failed=to, ask=SAYS, say=SAYS)}
        case "voicemail":
            return {"voicemail": {"queue": "q"} | some(draw, failed=on, thanks=SAYS)}
        case "transfer":
            return {"transfer": {"to": "+861"} | some(draw, failed=on, say=SAYS)}
    return {draw(st.sampled_from(["hangup", "end"])): some(draw, say=SAYS) or None}


LETTER = st.sampled_from([{"zh": "{x}", "en": "{x}"}, {"zh": "好", "en": "{y:date}"}])
KINDS = [
    "say", "menu", "menu", "ask", "speech", "secret", "confirm", "survey", "verify", "set", "branch", "hours",
    "lookup", "do", "send", "call", "goal", "queue", "callback", "message", "voicemail", "transfer", "bye",
]  # fmt: skip


@st.composite
def flows(draw: st.DrawFn) -> str:
    """Only nodes that something leads to are kept: most of these are sound."""
    secret = {"say": {"zh": "请", "en": "Your PIN"}, "as": "digits", "least": 4, "most": 4, "secret": True}
    nodes: dict[str, Any] = {"s": {"ask": secret | {"into": "pin", "next": "a"}}}
    for n, name in enumerate(NAMES[1:], 2):
        nodes[name] = draw(node([*NAMES[n:], "person", "bye"], [*NAMES[1:], "person", "bye"]))
    nodes["bye"] = {"hangup": None}
    flow = {"languages": ["zh", "en"], "person": "agents", "facts": ["x", "y"], "start": "s", "nodes": nodes}
    document, _ = read_flow(written(flow))
    reached = ["s"]
    for name in reached:
        if document is not None and name in document.nodes:
            reached += [to for to in leads_to(document.nodes[name]) if to not in reached]
    kept = {name: each for name, each in nodes.items() if name in reached}
    return written(flow | {"nodes": kept})


class WrittenOut(yaml.SafeDumper):
    """Without anchors, which the language does not take."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def written(flow: dict[str, Any]) -> str:
    return str(yaml.dump(flow, Dumper=WrittenOut, allow_unicode=True, sort_keys=False))


def sound(text: str) -> Document | None:
    """Linked; None where lint finds anything."""
    document, problems = read_flow(text, others={"sub": SUB})
    return None if document is None or problems else link(document, {"sub": SUB})[0]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([Decimal(0), Decimal("-3.5"), Decimal("1e20")]),
    st.sampled_from(["", "1", "2026-11-22", "x" * 600, "１"]),
)
INPUTS: st.SearchStrategy[moves.Input] = st.one_of(
    st.builds(moves.Key, st.sampled_from("0123456789*#")),
    st.builds(moves.Key, st.sampled_from("12345678#")),
    st.builds(moves.Said, st.sampled_from(["好", "yes", "1", "", "hello", "2026-01-02", "12.5"])),
    st.just(moves.Silence()),
    st.just(moves.Spoken()),
    st.just(moves.Spoken()),
    st.builds(moves.HoursChecked, st.booleans(), st.booleans()),
    st.builds(moves.QueueRefused, st.sampled_from(["queue.closed", "queue.unknown"])),
    st.just(moves.TransferFailed("busy")),
    st.builds(moves.Overflowed, st.sampled_from(["callback", "message", "voicemail"]), st.sampled_from(["", "a"])),
    st.just(moves.Taken()),
    st.builds(moves.NotTaken, st.sampled_from(["callback.no_number", "dial.not_allowed"])),
    st.builds(moves.Recorded, st.booleans()),
    st.just(moves.NotRecorded("voicemail.no_room")),
    st.builds(moves.Looked, st.dictionaries(st.just(("wait", "q")), VALUES)),
    st.builds(
        moves.Fetched,
        st.sampled_from(["found", "missing", "failed", "done", "refused", "uncertain", "strange"]),
        st.dictionaries(st.sampled_from(["x", "y", "z"]), VALUES),
    ),
    st.just(moves.Sent()),
    st.just(moves.NotSent("mail.off")),
    st.builds(moves.Checked, st.sampled_from(["passed", "wrong", "locked", "failed", "strange"])),
    st.just(moves.Trouble()),
    st.just(moves.Restarted()),
    st.builds(moves.Moved, st.sampled_from(["chat", "voice"])),
)
