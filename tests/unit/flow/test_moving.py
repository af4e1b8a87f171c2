"""A dialogue that began on the telephone goes on by a link in a text, and is the same dialogue."""

from __future__ import annotations

from qingting.flow import moves, values
from qingting.flow.interpreter import step
from qingting.runtime.flow_tools import read_flow

TEXT = """
languages: [en]
person: agents
start: account
nodes:
  account:
    ask: {say: Your account, as: digits, least: 4, most: 4, into: account, next: what}
  what:
    menu:
      say: What is it
      keys:
        1: {words: {en: A fault}, to: where}
        2: {words: {en: Nothing}, to: closing}
  where:
    ask: {say: Where is it, as: text, into: place, next: closing, otherwise: person}
  closing:
    hangup: {say: "{account:digits}, {place}: noted"}
"""


def test_from_a_call_to_a_link_in_a_text() -> None:
    document, problems = read_flow(TEXT)
    assert not problems
    assert document is not None
    state, _ = step(document, None, moves.Started("en", (("medium", "voice"),)))
    for key in "1234":
        state, _ = step(document, state, moves.Key(key))
    assert state.node == "what"
    elsewhere = moves.load(moves.dump(state), values.load(values.dump(state.values)))
    state, outputs = step(document, elsewhere, moves.Moved("text"))
    assert outputs[0] == moves.Move("what", "moved")
    assert [prompt.text("en") for at in outputs if isinstance(at, moves.Speak) for prompt in at.prompts] == [
        "What is it"
    ]
    state, _ = step(document, state, moves.Said("a fault"))
    assert state.node == "where", "which no telephone can ask: it leads to a person there"
    state, outputs = step(document, state, moves.Said("the roof"))
    assert state.node == "closing"
    (spoken,) = (at for at in outputs if isinstance(at, moves.Speak))
    assert dict(spoken.prompts[0].values) == {"account": "1234", "place": "the roof"}


def test_who_waits_for_a_person_waits_on_and_who_is_done_is_done() -> None:
    document, problems = read_flow(TEXT)
    assert not problems
    assert document is not None
    state, _ = step(document, None, moves.Started("en", (("medium", "voice"),)))
    state, _ = step(document, state, moves.Key("0"))
    state, _ = step(document, state, moves.Key("#"))
    assert state.phase == "queued"
    moved, outputs = step(document, state, moves.Moved("chat"))
    assert (moved.phase, moved.visits) == ("queued", state.visits)
    assert any(isinstance(at, moves.EnterQueue) for at in outputs)
    over = state._replace(phase="done")
    assert step(document, over, moves.Moved("chat")) == (over, ())
