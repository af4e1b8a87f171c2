"""A secret is kept in memory alone: after a restart it is asked for again, where it is needed and only there."""

from __future__ import annotations

import pytest

from qingting.flow import moves
from qingting.flow.interpreter import step
from qingting.runtime.flow_tools import read_flow

TEXT = """
languages: [en]
person: agents
start: pin
nodes:
  pin:
    ask:
      say: Your PIN
      as: digits
      least: 4
      most: 4
      into: pin
      secret: true
      repeat: 0
      next: pay
      otherwise: later
  pay:
    do:
      service: billing
      path: /pay
      with: {pin: pin}
      retries: 1
      done: later
      refused: person
      uncertain: unclear
  unclear:
    say: It is not certain
    next: later
  later:
    menu:
      say: What now
      keys:
        1: {words: {en: Balance}, to: balance}
        2: {words: {en: Bye}, to: closing}
        3: {words: {en: Pay}, to: pin}
  balance:
    lookup:
      service: billing
      path: /balance
      method: post
      with: {pin: pin}
      keep: {owed: owed}
      found: closing
      missing: later
  closing:
    hangup: {say: Bye}
"""
DOCUMENT, _problems = read_flow(TEXT)
PIN = [moves.Key(key) for key in "1234"]
DONE = moves.Fetched("done", {})


class Caller:
    def __init__(self) -> None:
        assert not _problems
        assert DOCUMENT is not None
        self.document = DOCUMENT
        self.state, self.said = step(DOCUMENT, None, moves.Started("en"))

    def does(self, *inputs: moves.Input) -> list[moves.Output]:
        put_out: list[moves.Output] = []
        for each in inputs:
            self.state, outputs = step(self.document, self.state, each)
            put_out += outputs
        return put_out

    def restarted(self) -> list[moves.Output]:
        self.state = moves.load(moves.dump(self.state), self.state.values)
        assert not self.state.secrets
        return self.does(moves.Restarted())


def asked(outputs: list[moves.Output]) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    return [("".join(it for it, _ in at.path), at.secrets) for at in outputs if isinstance(at, moves.Request)]


def at_the_menu() -> Caller:
    caller = Caller()
    assert asked(caller.does(*PIN)) == [("/pay", (("pin", "1234"),))]
    caller.does(DONE)
    assert caller.state.node == "later"
    return caller


def test_who_needs_it_no_longer_goes_on_where_they_were() -> None:
    caller = at_the_menu()
    caller.restarted()
    assert caller.state.node == "later"
    caller.does(moves.Key("2"))
    assert caller.state.node == "closing"


def test_where_it_is_needed_it_is_asked_for_and_nothing_is_done_twice() -> None:
    caller = at_the_menu()
    caller.restarted()
    assert not asked(caller.does(moves.Key("1")))
    assert caller.state.node == "pin"
    caller.restarted()
    assert asked(caller.does(*PIN)) == [("/balance", (("pin", "1234"),))]
    assert caller.state.back == ""


def test_a_lookup_that_was_under_way_waits_for_it() -> None:
    caller = at_the_menu()
    caller.does(moves.Key("1"))
    caller.restarted()
    assert caller.state.node == "pin"
    assert asked(caller.does(*PIN)) == [("/balance", (("pin", "1234"),))]


def test_what_may_have_been_done_is_uncertain() -> None:
    caller = Caller()
    caller.does(*PIN)
    assert not asked(caller.restarted())
    assert caller.state.node == "unclear"


@pytest.mark.parametrize("leaves", [[moves.Silence()], [moves.Key("#")]])
def test_who_does_not_say_it_comes_to_the_way_they_were_promised(leaves: list[moves.Input]) -> None:
    """And who gives it later, on another way, is not led to what waited for it once."""
    caller = at_the_menu()
    caller.restarted()
    caller.does(moves.Key("1"), moves.Spoken(), *leaves)
    assert (caller.state.node, caller.state.back) == ("later", "")
    assert asked(caller.does(moves.Key("3"), *PIN)) == [("/pay", (("pin", "1234"),))]
