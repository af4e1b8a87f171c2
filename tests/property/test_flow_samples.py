"""Good flows stay good however they are written; each fault that is put into one is found, with its place."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from qingting.flow.document import Document
from qingting.flow.linking import called
from qingting.runtime.flow_tools import failing, read_flow

TEXTS = {name: (Path("flows") / f"{name}.yaml").read_text() for name in ("verify", "telecom", "power", "demo.zh-en")}
CASES = {name: (Path("flows") / f"{name}.cases.yaml").read_text() for name in TEXTS}
TWEAKS = 12
"""Ways in which a good flow may be written otherwise and stay good, tried at each of its places by lot."""


def others(text: str) -> dict[str, Document]:
    document, _ = read_flow(text)
    found = {name: read_flow(TEXTS[name])[0] for name in called(document)} if document else {}
    return {name: each for name, each in found.items() if each is not None}


# --- faults: in which sample, what is written instead, and what is found where ------------------------------

Fault = tuple[str, str, str, str, str]
"""Sample, what stands there, what stands there instead, the code, and a text in the line where it is found."""
FAULTS: list[Fault] = [
    # the text
    ("telecom", "  crowded:\n", "  crowded\n", "yaml.syntax", ""),
    ("telecom", "  offer:\n", "  main:\n", "yaml.duplicate_key", "  main:"),
    ("power", "say: {standard: goodbye}", "say: &bye {standard: goodbye}", "yaml.alias", "&bye"),
    ("power", "start: language", "start: !!str language", "yaml.tag", "!!str"),
    ("verify", "  back:\n    end:", "  back:\n    end: [", "yaml.syntax", ""),
    # names of fields and kinds
    ("telecom", "person: service", "people: service", "flow.unknown_field", "people: service"),
    (
        "telecom",
        "      otherwise: people\n\n  # --- whose",
        "      otherwhere: people\n\n  # --- whose",
        "flow.unknown_field",
        "otherwhere",
    ),
    (
        "power",
        "    lookup:\n      service: grid\n      path: /outages",
        "    look_up:\n      service: grid\n      path: /o",
        "flow.unknown_kind",
        "  outages:",
    ),
    ("power", "    goal: repair\n", "    goal: repair\n    hangup:\n", "flow.several_kinds", "    hangup:"),
    ("verify", "      by: pin\n", "", "flow.missing_field", "      subject: account"),
    ("verify", "      service: billing\n", "", "flow.missing_field", "  pin:"),
    ("telecom", "      found: owes\n", "", "flow.missing_field", "      service: billing"),
    (
        "telecom",
        "    goal: roaming\n    kind: transaction",
        "    goal: roaming\n    kind: sale",
        "flow.bad_value",
        "kind: sale",
    ),
    ("telecom", "  trouble:\n    say", "  person:\n    say", "flow.reserved", "  person:"),
    ("telecom", "profile: strict", "profile: lax", "flow.bad_value", "profile: lax"),
    ("telecom", "      subject: {zh: 您的账户明细", "      topic: {zh: 您的账户明细", "flow.unknown_field", "topic:"),
    # where ways lead
    ("telecom", "      yes: this_one", "      yes: that_one", "flow.unknown_node", "  remembered:"),
    ("telecom", "      - {to: main}\n", "      - {to: menu}\n", "flow.unknown_node", "  crowded:"),
    ("telecom", "start: language", "start: tongue", "flow.unknown_node", "start: tongue"),
    ("power", "    call: verify", "    call: prove_it", "flow.unknown_flow", "  prove:"),
    ("power", "      failed: not_paid\n", "      failed: paid_not\n", "flow.unknown_node", "  payment:"),
    ("telecom", "4: {to: to_complaint", "4: {to: service", "flow.unreachable", "  to_complaint:"),
    # languages
    ("telecom", "      yue: 搵唔到呢個號碼。\n", "", "flow.missing_language", "      zh: 没有找到这个号码。"),
    ("telecom", "en: We do not know this number.", "fr: Inconnu.", "flow.unknown_language", "fr: Inconnu"),
    ("power", "2: {to: main, language: en", "2: {to: main, language: de", "flow.unknown_language", "language: de"),
    ("power", "languages: [zh, en]", "languages: [zh, en, ja]", "flow.missing_language", "zh: 停电报修"),
    ("verify", "languages: [zh, yue, en]", "languages: []", "flow.bad_value", "languages: []"),
    (
        "telecom",
        "    hangup: {say: {standard: goodbye}}",
        "    hangup: {say: {standard: farewell}}",
        "flow.unknown_standard",
        "  goodbye:",
    ),
    # what callers are owed
    (
        "telecom",
        "        0: people\n      otherwise: main",
        "        0: goodbye\n      otherwise: main",
        "flow.no_person",
        "  offer:",
    ),
    ("telecom", "person: service\n", "", "flow.no_person", "  remembered:"),
    (
        "telecom",
        "      otherwise: people\n\n  # --- whose",
        "      otherwise: main\n\n  # --- whose",
        "flow.loop",
        "  main:",
    ),
    (
        "power",
        "{to: ticket_number, words: {zh: 抢修进度",
        "{to: main, words: {zh: 抢修进度",
        "flow.unreachable",
        "  ticket_number:",
    ),
    (
        "telecom",
        "        1: {to: first, words",
        "        5: second\n        6: second\n        7: second\n        1: {to: first, words",
        "flow.too_many_choices",
        "  package:",
    ),
    (
        "telecom",
        "      yes: account_known\n      no: more",
        "      yes: deeper\n      no: more\n\n  deeper:\n    menu:\n"
        "      say: {zh: 请, yue: 請, en: Please}\n      keys: {1: account_known}",
        "flow.too_deep",
        "  deeper:",
    ),
    ("telecom", "profile: strict", "profile: government", "flow.no_menus", "  language:"),
    # keys
    ("telecom", '        "*": package', '        "A": package', "flow.bad_key", '"A"'),
    ("power", "        finish: {key: 2", "        finish: {key: 1", "flow.bad_key", "finish: {key: 1"),
    ("telecom", "      value: caller\n", "      value: caller\n      key: 2\n", "flow.bad_key", "key: 2"),
    # values, expressions, places in other systems
    (
        "telecom",
        "您的余额为{balance:money}，本月",
        "您的余额为{balance:gold}，本月",
        "flow.bad_value",
        "zh: 您的余额为{balance:gold}",
    ),
    (
        "telecom",
        "{when: balance < 0, to: owing}",
        "{when: balance <, to: owing}",
        "flow.bad_expression",
        "balance <,",
    ),
    ("telecom", "{when: balance < 0, to: owing}", "{when: ballance < 0, to: owing}", "flow.unknown_value", "  owes:"),
    ("telecom", "{matter: \"'balance'\"}", "{matter: balanced}", "flow.unknown_value", "  to_balance:"),
    ("telecom", "{wanted: not roaming}", "{wanted: wait('service')}", "flow.bad_expression", "  roaming_new:"),
    (
        "telecom",
        "  - {to: balance}\n",
        "  - {when: vip, to: balance}\n",
        "flow.bad_branch",
        "{when: vip, to: balance}",
    ),
    ("telecom", "path: /packages", "path: packages", "flow.bad_value", "path: packages"),
    (
        "telecom",
        'path: "/accounts/{account}/roaming"\n      with',
        'path: "/accounts/../{account}"\n      with',
        "flow.bad_value",
        'path: "/accounts/..',
    ),
    ("telecom", "name1: packages.0.name", "name1: packages[0].name", "flow.bad_value", "name1:"),
    ("power", "      into: ticket\n", "      into: ticket\n      secret: true\n", "flow.secret", "  repair:"),
    ("power", "      least: 6\n", "      least: 7\n", "flow.bad_value", "least: 7"),
    ("power", "      timeout_s: 10\n", "      timeout_s: 100\n", "flow.bad_value", "timeout_s: 100"),
    ("power", "extent: extent, caller", "true: extent, caller", "flow.bad_value", "true: extent"),
    ("verify", "facts: [account]", "facts: [9account]", "flow.bad_value", "facts: [9"),
    ("verify", "facts: [account]\n", "", "flow.unknown_value", "  known:"),
    ("power", "priority_s: 300", "priority_s: soon", "flow.bad_value", "priority_s: soon"),
    (
        "power",
        "{callback: call_back, message: leave_number}",
        "{call: call_back, message: leave_number}",
        "flow.unknown_field",
        "{call: call_back",
    ),
]


def test_there_are_fifty() -> None:
    assert len(FAULTS) >= 50
    assert len(set(FAULTS)) == len(FAULTS)


@pytest.mark.parametrize(("name", "was", "now", "code", "at"), FAULTS, ids=lambda each: str(each)[:24].strip())
def test_fault_is_found_in_its_place(name: str, was: str, now: str, code: str, at: str) -> None:
    assert was in TEXTS[name], "the sample has changed"
    text = TEXTS[name].replace(was, now, 1)
    known = others(TEXTS[name])
    found = read_flow(text, others=known)[1]
    lines = text.split("\n")
    assert [each for each in found if each.code == code and at in lines[each.line - 1]], found[:5]


# --- good flows, written otherwise ------------------------------------------------------------------------


def tweaked(text: str, lot: random.Random) -> str:
    """The same flow to its callers, or one that is as good."""
    for _ in range(TWEAKS):
        match lot.randrange(5):
            case 0:
                text = re.sub(r"\n\n", f"\n# remark {lot.random()}\n\n", text, count=lot.randrange(1, 5))
            case 1:
                text = re.sub(r"\n    menu:\n(?!      timeout_s)", "\n    menu:\n      timeout_s: 9\n", text, count=1)
            case 2:
                node = lot.choice(re.findall(r"^  (\w+):$", text, re.M))
                text = renamed(text, node, f"{node}_{lot.randrange(100)}")
            case 3:
                text = reordered(text, lot)
            case 4:
                text = text.replace("profile: strict", "profile: plain")
    return text


WAYS = [
    "to", "next", "yes", "no", "found", "missing", "failed", "done", "refused", "uncertain",
    "passed", "locked", "open", "closed", "holiday", "otherwise", "start", "callback", "message",
    "voicemail",
]  # fmt: skip


def renamed(text: str, node: str, to: str) -> str:
    """A node by another name, wherever it is named."""
    if node in ("service", "sales", "english"):  # queues as well
        return text
    text = re.sub(rf"^  {node}:$", f"  {to}:", text, flags=re.M)
    text = re.sub(rf"(\b(?:{'|'.join(WAYS)}): ){node}\b", rf"\g<1>{to}", text)
    return re.sub(rf"^(\s+[\"0-9*]+: ){node}$", rf"\g<1>{to}", text, flags=re.M)


def reordered(text: str, lot: random.Random) -> str:
    """Nodes in another order; `start` names the first."""
    head, _, body = text.partition("\nnodes:\n")
    nodes = re.split(r"\n(?=  \w+:\n)", "\n" + body)
    lot.shuffle(nodes)
    return head + "\nnodes:\n" + "\n".join(each.strip("\n") for each in nodes if each.strip()) + "\n"


@pytest.mark.parametrize("name", TEXTS)
def test_good_flows_stay_good(name: str) -> None:
    lot = random.Random(name)
    known = others(TEXTS[name])
    for _ in range(8):
        text = tweaked(TEXTS[name], lot)
        assert read_flow(text, others=known)[1] == []
    assert failing(reordered(TEXTS[name], lot), CASES[name], known) == []
