"""Each thing that lint promises, with the place that it names."""

from __future__ import annotations

import pytest

from qingting.errors import Invalid
from qingting.runtime.flow_tools import publishable, read_flow

HEAD = "languages: [zh, en]\nperson: agents\nnodes:\n"
MENU = "  a:\n    menu:\n      say: {zh: 请, en: Please}\n      keys:\n"


def found(text: str, **known: object) -> list[tuple[int, int, str]]:
    return [(p.line, p.column, p.code) for p in read_flow(text, **known)[1]]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "line", "column", "code"),
    [
        ("", 1, 1, "yaml.empty"),
        ("a: [1", 2, 1, "yaml.syntax"),
        ("a: &x 1\nb: *x", 1, 4, "yaml.alias"),
        ("a: 1\nb: 2\na: 3", 3, 1, "yaml.duplicate_key"),
        ("a: !!python/object:os.system x", 1, 4, "yaml.tag"),
        ("a: 1\n---\nb: 1", 2, 1, "yaml.several_documents"),
        ("[" * 20 + "]" * 20, 1, 17, "yaml.too_deep"),
        ("x" * 200_000, 1, 1, "yaml.too_big"),
        ("a: \x07", 1, 4, "yaml.syntax"),
        ("a: 1\nb: \ud800", 2, 4, "yaml.syntax"),
        ("[1, 2]", 1, 1, "flow.bad_value"),
        ("nodes: {a: {hangup: }}", 1, 1, "flow.missing_field"),
        ("colour: red\nlanguages: [zh]\nnodes: {a: {hangup: }}", 1, 1, "flow.unknown_field"),
        (HEAD + "  person: {hangup: }", 4, 3, "flow.reserved"),
        (HEAD + "  a: {sing: loud}", 4, 3, "flow.unknown_kind"),
        (HEAD + "  a: {hangup: , queue: x}", 4, 17, "flow.several_kinds"),
        (HEAD + "  a: {say: {zh: 好}, next: person}", 4, 12, "flow.missing_language"),
        (HEAD + "  a: {say: {zh: 好, en: Hi, fr: Salut}, next: person}", 4, 28, "flow.unknown_language"),
        (HEAD + "  a: {say: {zh: 好, en: Hi}, next: nowhere}", 4, 3, "flow.unknown_node"),
        (HEAD + "  a: {say: {zh: 好, en: Hi}}", 4, 6, "flow.missing_field"),
        (HEAD + "  a: {queue: sales}\n  b: {hangup: }", 5, 3, "flow.unreachable"),
        (
            HEAD + "  a: {hours: {of: o, open: b, closed: person}}\n  b: {say: {zh: 一, en: 1}, next: a}",
            4,
            3,
            "flow.loop",
        ),
        (HEAD + MENU + "        11: person", 8, 9, "flow.bad_key"),
        (HEAD + MENU + "        0: b\n  b: {hangup: }", 4, 3, "flow.no_person"),
        (
            HEAD + "  a:\n    menu: {say: {zh: 请, en: Please}, timeout_s: soon, keys: {1: person}}",
            5,
            49,
            "flow.bad_value",
        ),
        (HEAD + "  a: {say: {standard: sing}, next: person}", 4, 3, "flow.unknown_standard"),
        (HEAD + "  a: {say: {recorded: ../x}, next: person}", 4, 23, "flow.bad_value"),
        (HEAD + "  a: {queue: {to: b, requires: {english: 9}}}", 4, 42, "flow.bad_value"),
        (HEAD + f"  a: {{say: {{zh: {'长' * 900}, en: Hi}}, next: person}}", 4, 17, "flow.too_long"),
        ("languages: [zh]\nstart: b\nnodes: {a: {hangup: }}", 2, 8, "flow.unknown_node"),
    ],
)
def test_problem_names_its_place(text: str, line: int, column: int, code: str) -> None:
    assert (line, column, code) in found(text)


def test_without_a_person_menus_must_say_where_silence_and_zero_lead() -> None:
    text = HEAD.replace("person: agents\n", "") + MENU + "        1: b\n  b: {hangup: }"
    assert {code for _, _, code in found(text)} == {"flow.dead_end", "flow.no_person"}


def test_zero_may_lead_to_a_person_by_way_of_words_and_hours() -> None:
    text = HEAD + MENU + "        0: b\n  b: {say: {zh: 一, en: 1}, next: c}\n"
    assert found(text + "  c: {hours: {of: o, open: person, closed: d}}\n  d: {hangup: }") == []


def test_silent_caller_does_not_circle() -> None:
    text = HEAD + MENU + "        1: person\n      otherwise: b\n  b: {say: {zh: 一, en: 1}, next: a}"
    assert [(line, code) for line, _, code in found(text)] == [(4, "flow.loop"), (10, "flow.loop")]


def test_too_many_choices_and_menus_too_deep() -> None:
    keys = "".join(f"        {k}: person\n" for k in ("1", "2", "3", "4", "5", "6", "7", "8", "9", "'*'"))
    assert found(HEAD + MENU + keys) == [(4, 3, "flow.too_many_choices")]
    deep = "".join(MENU.replace("a:", f"m{n}:") + f"        1: m{n + 1}\n" for n in range(6))
    assert [c for *_, c in found(HEAD + deep + "  m6: {hangup: }")] == ["flow.too_deep"]


def test_known_things_are_checked_where_given() -> None:
    text = HEAD + "  a: {hours: {of: office, open: b, closed: person}}\n  b: {queue: sales}"
    assert found(text) == []
    assert {c for *_, c in found(text, queues={"agents"}, hours=set())} == {
        "flow.unknown_queue",
        "flow.unknown_hours",
    }


def test_one_broken_thing_is_reported_once() -> None:
    text = HEAD + "  a: {say: {zh: 好}, next: person}"
    assert len(read_flow(text)[1]) == 1


def test_publishing_names_the_problems() -> None:
    with pytest.raises(Invalid) as caught:
        publishable("languages: [zh]\nnodes: {a: {say: 好}}")
    assert caught.value.detail["problems"][0]["code"] == "flow.missing_field"


def test_prompts_of_every_form_are_read() -> None:
    document, problems = read_flow(
        HEAD
        + "  a:\n    say:\n      - {recorded: welcome}\n      - {recorded: hello, zh: 好, en: Hi}\n"
        + "      - {only: en, text: Hello}\n      - {standard: goodbye}\n    next: person\n"
    )
    assert problems == []
    assert document is not None
    prompts = document.nodes["a"].prompts  # type: ignore[union-attr]
    assert [p.recorded for p in prompts] == ["welcome", "hello", "", ""]
    assert prompts[2].text("zh") == "Hello"
    assert prompts[3].standard == "goodbye"


def test_zero_may_lead_to_a_person_by_way_of_a_branch_all_of_whose_ways_do() -> None:
    text = HEAD + MENU + "        0: b\n  b: {branch: [{when: caller == '1', to: c}, {to: person}]}\n"
    assert found(text + "  c: {queue: sales}") == []
    assert [code for *_, code in found(text + "  c: {hangup: }")] == ["flow.no_person"]


def test_a_secret_stands_in_no_address() -> None:
    text = """
languages: [zh]
person: agents
nodes:
  pin:
    ask: {say: 密码, as: digits, secret: true, into: pin, next: look}
  look:
    lookup: {service: crm, path: /look, method: METHOD, with: {pin: pin}, found: bye, missing: bye}
  bye: {end: {}}
"""
    assert [p.code for p in read_flow(text.replace("METHOD", "get"))[1]] == ["flow.secret"]
    assert read_flow(text.replace("METHOD", "post"))[1] == []
