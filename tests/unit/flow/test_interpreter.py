"""The interpreter, through its one door."""

from __future__ import annotations

from qingting.flow import moves
from qingting.flow.document import Document
from qingting.flow.interpreter import STEPS_LIMIT, Step, step
from qingting.flow.moves import Key, Move, Restarted, Silence, Speak, Spoken, Started, State, Trouble
from qingting.runtime.flow_tools import publishable

TEXT = """
languages: [zh, en]
person: agents
start: welcome
nodes:
  welcome:
    say: {zh: 您好。, en: Hello.}
    next: main
  main:
    menu:
      say: {zh: 请按键。, en: Press a key.}
      repeat: 1
      keys:
        1: {to: closing, words: {zh: 再见, en: Goodbye}}
        2: {to: main, language: en}
        3: sales
        4: office
        5: out
        6: notice
        "*": main
  closing:
    hangup:
      say: {zh: 再见。, en: Goodbye.}
  sales:
    queue:
      to: sales
      requires: {english: 3}
      priority_s: 30
      refused: closing
  office:
    hours: {of: office, open: sales, closed: closing, holiday: main}
  out:
    transfer: {to: "+861012345678", failed: main}
  notice:
    say: {zh: 请听完。, en: Listen to the end.}
    barge_in: false
    next: legal
  legal:
    menu:
      say: {zh: 同意请按1。, en: To agree press 1.}
      barge_in: false
      keys: {1: sales}
"""
DOCUMENT = publishable(TEXT)


def walk(*inputs: moves.Input, document: Document = DOCUMENT, language: str = "zh") -> Step:
    state, outputs = step(document, None, Started(language))
    for happened in inputs:
        state, outputs = step(document, state, happened)
    return state, outputs


def texts(outputs: tuple[moves.Output, ...]) -> list[str]:
    return [p.standard or p.text(o.language) for o in outputs if isinstance(o, Speak) for p in o.prompts]


def test_start_says_the_first_node_in_the_callers_language() -> None:
    state, outputs = walk(language="en")
    assert outputs[0] == Move("welcome", "start")
    assert texts(outputs) == ["Hello."]
    assert (state.node, state.step, state.phase) == ("welcome", 1, "speaking")


def test_unknown_language_hears_the_flows_first() -> None:
    assert walk(language="fr")[0].language == "zh"


def test_menu_listens_when_it_has_spoken() -> None:
    state, outputs = walk(Spoken(), Spoken())
    assert outputs == (moves.Listen("*0123456", 5.0),)
    assert state.phase == "listening"


def test_silence_repeats_and_then_leads_to_a_person() -> None:
    state, outputs = walk(Spoken(), Spoken(), Silence())
    assert outputs[0] == Move("main", "timeout")
    assert texts(outputs) == ["no_input", "请按键。"]
    state, outputs = step(DOCUMENT, state, Spoken())
    state, outputs = step(DOCUMENT, state, Silence())
    assert outputs == (Move("person", "timeout"), moves.EnterQueue("agents", (), 0.0, 1, ()))
    assert state.phase == "queued"


def test_wrong_key_is_told() -> None:
    _, outputs = walk(Spoken(), Spoken(), Key("9"))
    assert outputs[0] == Move("main", "no_match")
    assert texts(outputs) == ["no_match", "请按键。"]


def test_zero_is_a_person() -> None:
    _, outputs = walk(Spoken(), Key("0"))
    assert outputs[0] == Move("person", "0")


def test_key_interrupts_a_menu() -> None:
    _, outputs = walk(Spoken(), Key("1"))
    assert outputs[0] == Move("closing", "1")


def test_key_during_a_say_carries_on_through_the_menu() -> None:
    state, outputs = walk(Key("3"))
    assert outputs == (
        Move("main", "next"),
        Move("sales", "3"),
        moves.EnterQueue("sales", (("english", 3),), 30.0, 1, ()),
    )
    assert state.step == 3


def test_what_may_not_be_interrupted_keeps_keys_for_later() -> None:
    state, outputs = walk(Spoken(), Key("6"))
    assert texts(outputs) == ["请听完。"]
    state, outputs = step(DOCUMENT, state, Key("1"))
    assert outputs == ()
    state, outputs = step(DOCUMENT, state, Spoken())
    assert texts(outputs) == ["同意请按1。"]
    state, outputs = step(DOCUMENT, state, Spoken())
    assert outputs[0] == Move("sales", "1")


def test_choice_changes_the_language() -> None:
    state, outputs = walk(Spoken(), Key("2"))
    assert outputs[:2] == (Move("main", "2"), moves.SetLanguage("en"))
    assert texts(outputs) == ["Press a key."]
    assert state.language == "en"


def test_hours_lead_three_ways() -> None:
    for found, node in (
        (moves.HoursChecked(True), "sales"),
        (moves.HoursChecked(False), "closing"),
        (moves.HoursChecked(False, True), "main"),
    ):
        _, outputs = walk(Spoken(), Key("4"), found)
        assert outputs[0] == Move(node, "open" if found.open else "holiday" if found.holiday else "closed")


def test_refused_queue_with_a_branch() -> None:
    _, outputs = walk(Spoken(), Key("3"), moves.QueueRefused("queue.closed"))
    assert outputs[0] == Move("closing", "refused")


def test_closed_queue_without_a_branch_is_said() -> None:
    state, outputs = walk(Spoken(), Key("0"), moves.QueueRefused("queue.closed"))
    assert outputs[0] == Move("person", "refused")
    assert texts(outputs) == ["closed"]
    state, outputs = step(DOCUMENT, state, Spoken())
    assert outputs == (moves.HangUp(),)
    assert state.phase == "done"


def test_person_refused_for_another_reason_is_trouble_said() -> None:
    _, outputs = walk(Spoken(), Key("0"), moves.QueueRefused("queue.unknown"))
    assert texts(outputs) == ["technical_trouble"]


def test_failed_transfer_comes_back() -> None:
    state, outputs = walk(Spoken(), Key("5"))
    assert outputs[-1] == moves.TransferTo("+861012345678", 1)
    _, outputs = step(DOCUMENT, state, moves.TransferFailed("busy"))
    assert outputs[0] == Move("main", "failed")


def test_trouble_with_speech_leads_to_a_person() -> None:
    state, outputs = walk(Trouble())
    assert outputs[0] == Move("person", "trouble")
    state, outputs = step(DOCUMENT, state, moves.QueueRefused("queue.unknown"))
    state, outputs = step(DOCUMENT, state, Trouble())
    assert outputs == (moves.HangUp(),)


def test_hangup_says_its_words_first() -> None:
    state, outputs = walk(Spoken(), Key("1"))
    assert texts(outputs) == ["再见。"]
    assert step(DOCUMENT, state, Key("1")) == (state, ())
    assert step(DOCUMENT, state, Spoken())[1] == (moves.HangUp(),)


def test_late_inputs_change_nothing() -> None:
    state, _ = walk(Spoken(), Key("0"))
    for late in (Silence(), Spoken(), Key("1"), Trouble(), moves.HoursChecked(True), moves.TransferFailed("busy")):
        assert step(DOCUMENT, state, late) == (state, ())


def test_state_survives_as_json_and_the_node_is_repeated() -> None:
    state, _ = walk(Spoken(), Key("2"), Spoken(), Silence())
    again = moves.load(moves.dump(state))
    assert again == state
    after, outputs = step(DOCUMENT, again, Restarted())
    assert outputs[0] == Move("main", "restart")
    assert texts(outputs) == ["Press a key."]
    assert (after.step, after.misses) == (state.step + 1, 1)


def test_restart_asks_for_the_same_visit_again() -> None:
    state, outputs = walk(Spoken(), Key("3"))
    _, again = step(DOCUMENT, moves.load(moves.dump(state)), Restarted())
    assert again == (Move("sales", "restart"), outputs[-1])


def test_keys_typed_ahead_are_not_kept() -> None:
    state, _ = walk(Spoken(), Key("6"), Key("4"), Key("7"))
    assert state.typed == "47"
    assert "47" not in moves.dump(state)


def test_robot_that_goes_in_circles_comes_to_a_person() -> None:
    state, outputs = walk(Spoken())
    for _ in range(STEPS_LIMIT):
        state, outputs = step(DOCUMENT, state, Key("*"))
        if state.phase == "queued":
            break
    assert outputs[0] == Move("person", "limit")


def test_state_of_another_document_comes_to_a_person() -> None:
    state, outputs = step(DOCUMENT, State("gone", "zh", 4, phase="speaking"), Restarted())
    assert outputs[0] == Move("person", "trouble")
    assert state.phase == "queued"
