"""What people do with flows in a terminal: by the command line, as they would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qingting.flow.document import words as words_of
from qingting.runtime.flow_tools import failing, publishable, read_flow
from qingting.runtime.flow_tools.command import converse
from tests.command_line import command_line

FLOWS = Path("flows")
SAMPLES = sorted(path for path in FLOWS.glob("*.yaml") if not path.name.endswith(".cases.yaml"))

PAY = """
languages: [zh, en]
person: agents
start: number
nodes:
  number:
    ask: {say: {zh: 请输入号码, en: Your number}, as: digits, least: 4, most: 4, into: number, next: pin}
  pin:
    ask: {say: {zh: 请输入密码, en: Your PIN}, as: digits, least: 4, most: 4, into: pin, secret: true, next: balance}
  balance:
    lookup:
      service: billing
      path: "/accounts/{number}"
      method: post
      with: {pin: pin, vip: vip}
      keep: {balance: balance}
      found: busy
      missing: number
  busy:
    branch:
      - {when: balance <= 0 and wait('agents') > 60, to: told}
      - {to: pay}
  pay:
    do: {service: billing, path: "/pay", with: {amount: balance}, done: told, refused: person, uncertain: person}
  told:
    goal: paid
    kind: transaction
    next: letter
  letter:
    send:
      by: mail
      to: "'a@example.org'"
      subject: {zh: 余额, en: Balance}
      text: {zh: "{balance:money}", en: "{balance:money}"}
      next: closing
  closing:
    hangup: {say: {zh: "余额{balance:money}", en: "Your balance is {balance:money}"}}
"""
GOOD = """
- case: who owes nothing while many wait
  language: en
  facts: {vip: true}
  loads: {wait(agents): 300}
  inputs: ["1234", 9, 9, 9, 9, {found: {balance: -12.50}}]
  ends: hang up
  at: closing
  passes: [number, pin, balance, told]
  says: [Your PIN, Your balance is minus twelve]
  never_says: "9999"
  asks: "billing post /accounts/1234 vip=true pin=•••"
  writes: minus twelve
  goals: [paid]
  values: {balance: -12.5, number: "1234"}
- case: what another system answers, by node and by service, in turn
  answers: {pay: [uncertain], billing: [{found: {balance: 3}}]}
  inputs: ["1234", "9999"]
  ends: queue agents
  passes: [pay, person]
- case: a secret is asked for once more after a restart
  inputs: ["1234", "99", restart, "9999", failed]
  ends: queue agents
"""


@pytest.fixture
def pay(tmp_path: Path) -> Path:
    file = tmp_path / "pay.yaml"
    file.write_text(PAY)
    file.with_name("pay.cases.yaml").write_text(GOOD)
    return file


def test_samples_are_sound_and_keep_their_cases() -> None:
    assert SAMPLES
    for file in SAMPLES:
        assert command_line("flow", "lint", str(file)) == (0, "", "")
    tried = command_line("flow", "test", *map(str, SAMPLES))
    assert tried.returned == 0, tried.stdout
    assert tried.stdout.count(" 0 failed") == len(SAMPLES)


def test_cases_say_what_must_come_of_a_walk(pay: Path) -> None:
    assert command_line("flow", "test", str(pay)) == (0, "pay.yaml: 3 cases, 0 failed\n", "")


@pytest.mark.parametrize(
    ("was", "now", "line", "column", "told"),
    [
        ("ends: hang up", "ends: queue agents", 7, 9, "ends with 'hang up', not 'queue agents'"),
        ("  ends: hang up\n", "", 2, 3, "ends with 'hang up', which it does not say"),
        ("at: closing", "at: told", 8, 7, "is at 'closing', not 'told'"),
        ("[number, pin, balance", "[pin, number, balance", 9, 17, "passes no 'number', in its place"),
        ("[Your PIN, Your", "[My PIN, Your", 10, 10, "says no 'My PIN'"),
        ('never_says: "9999"', "never_says: Your PIN", 11, 15, "says 'Your PIN'"),
        ("vip=true", "vip=false", 12, 9, "asks no"),
        ("writes: minus", "writes: plus", 13, 11, "writes no"),
        ("goals: [paid]", "goals: [sold]", 14, 11, "reaches paid"),
        ("balance: -12.5,", "balance: 12.5,", 15, 12, "balance is -12.50, not 12.5"),
        ('["1234", 9, 9', '["1234", silence, 9, open, 9', 6, 32, "'open' was not waited for: typing at 'pin'"),
        ("9, {found", "9, 9, {found", 6, 32, "'9' was not waited for"),
        ("language: en", "tongue: en", 3, 3, "a case has no field 'tongue'"),
        ("wait(agents)", "sleep(agents)", 5, 11, "says nothing of a queue"),
        ("{balance: 3}", "[3]", 17, 41, "an answer is one of"),
        ('"99", restart', '"99", reboot', 22, 26, "no input 'reboot'"),
    ],
)
def test_what_went_otherwise_is_told_with_its_place(was: str, now: str, line: int, column: int, told: str) -> None:
    assert was in GOOD
    found = failing(PAY, GOOD.replace(was, now, 1))
    assert found, "nothing failed"
    assert (found[0].line, found[0].column) == (line, column), found
    assert told in found[0].message


def test_cases_of_a_flow_that_is_not_sound_are_not_tried() -> None:
    assert [each.code for each in failing(PAY.replace("to: pay}", "to: buy}"), GOOD)] == ["flow.problems"]


def test_walk_is_written_down(pay: Path) -> None:
    walked = command_line(
        "flow", "run", str(pay), "1234", "9999", 'found:{"balance": 12.5}', "done", "not_sent:mail.off",
        "fact:vip=true", "--language", "en",
    )  # fmt: skip
    assert walked.returned == 0, walked.stdout
    lines = walked.stdout.splitlines()
    assert lines[0] == "number  (start)"
    assert "    → lookup billing post /accounts/1234 vip=true pin=•••" in lines
    assert "    → do billing post /pay amount=12.5" in lines
    assert any("Your balance is twelve" in line for line in lines)
    assert lines[-3:] == ["ends: hang up", "remembers: vip=True, number=1234, balance=12.5", "goals: paid"]
    assert "9999" not in walked.stdout
    unfit = command_line("flow", "run", str(pay), "open")
    assert (unfit.returned, "! input 1 was not waited for" in unfit.stdout) == (1, True)
    bad = command_line("flow", "run", str(pay), "sing")
    assert (bad.returned, "flow.bad_input" in bad.stderr) == (1, True)


def test_called_flows_are_looked_for_beside_it(tmp_path: Path) -> None:
    main, other = tmp_path / "main.yaml", tmp_path / "other.yaml"
    main.write_text("languages: [zh]\nperson: p\nnodes:\n  a: {call: other, next: b}\n  b: {hangup: }\n")
    missing = command_line("flow", "lint", str(main))
    assert (missing.returned, missing.stdout.split(": ")[:2]) == (1, ["4:3", "flow.unknown_flow"])
    other.write_text("languages: [zh]\nperson: p\nnodes:\n  a: {say: 好, next: b}\n")
    wrong = command_line("flow", "lint", str(main))
    assert "other.yaml:4:3: flow.unknown_node" in wrong.stdout
    other.write_text("languages: [zh]\nperson: p\nnodes:\n  a: {say: 好, next: b}\n  b: {end: }\n")
    assert command_line("flow", "lint", str(main)) == (0, "", "")
    walked = command_line("flow", "run", str(main))
    assert [line.split()[0] for line in walked.stdout.splitlines() if line[0] != " "][:4] == [
        "a", "other/a", "other/b", "b",
    ]  # fmt: skip


def test_profile_may_be_another(tmp_path: Path) -> None:
    found = command_line("flow", "lint", "--profile", "government", "flows/demo.zh-en.yaml")
    assert (found.returned, "flow.no_menus" in found.stdout) == (1, True)


def test_difference_is_told_by_meaning_and_the_order_of_choices_first(tmp_path: Path) -> None:
    old = Path("flows/demo.zh-en.yaml")
    new = tmp_path / "new.yaml"
    text = old.read_text()
    assert command_line("flow", "diff", str(old), str(old)) == (0, "the same\n", "")
    new.write_text(
        text.replace("        1: {to: sales, words", "        4: {to: sales, words")
        .replace("en: We are closed now.", "en: We are shut now.")
        .replace("      closed: closed_now", "      closed: service")
        .replace("person: service", "person: sales")
        .replace("    next: main\n\n  sales:", "    next: main\n    barge_in: false\n\n  sales:")
        .replace("  leave_number:", "  bye: {hangup: }\n\n  leave_number:")
    )
    found = command_line("flow", "diff", str(old), str(new))
    lines = found.stdout.splitlines()
    assert found.returned == 1
    assert lines[0].startswith("! main: choices were 1=sales 2=service 3=opening 0=service; now 4=sales")
    assert "+ bye" in lines
    assert "~ opening closed: closed_now → service" in lines
    assert "~ flow person: service → sales" in lines
    assert "~ closed_now barge_in: true → false" in lines
    assert any(line.startswith("~ closed_now say en: We are closed now.") for line in lines)


def test_schema_is_printed() -> None:
    printed = command_line("flow", "schema")
    assert json.loads(printed.stdout)["$defs"]["node-menu"]["required"] == ["menu"]


def test_the_guides_flow_is_sound() -> None:
    guide = Path("docs/guides/flows.md").read_text()
    flow = guide.partition("```yaml\n")[2].partition("```")[0]
    assert read_flow(flow)[1] == []


def test_conversation_asks_for_what_the_caller_does_and_what_others_answer(pay: Path) -> None:
    todo = iter(["12", "open", "sing", "34", "9999", 'found:{"balance": 3}', "fact:vip=true", "done", "", ""])
    asked: list[str] = []
    shown: list[str] = []

    def words(prompt: str) -> str:
        asked.append(prompt)
        return next(todo)

    converse(pay, words, shown.append, "en")
    assert asked[0] == "listening at number> "
    assert asked.count("typing at number> ") == 3
    assert "fetching at balance> " in asked
    assert "sending at letter> " in asked
    assert shown.count("! nobody waits for that here") == 2
    assert any(line.startswith("! no input 'sing'") for line in shown)
    assert shown[-1] == "    → hang up"
    assert any("Your balance is three" in line for line in shown)


def test_a_way_is_told_as_the_menu_that_led_there_calls_it() -> None:
    """Key 1 leads to the main menu from the choice of a language, and from the question what else there is."""
    power = publishable((FLOWS / "power.yaml").read_text(encoding="utf-8"))
    assert words_of(power, "main", "1", "language")["zh"] == "中文"
    assert words_of(power, "main", "1", "more")["zh"] == "主菜单"
    assert words_of(power, "main", "1")["zh"] == "中文", "who does not know from where is told the first"
    assert words_of(power, "outages", "found", "address") == {}
