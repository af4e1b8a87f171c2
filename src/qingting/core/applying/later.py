"""Overflow, callbacks, messages; a new day; time that only passes."""

from __future__ import annotations

from .. import events as e
from ..index import begin_day
from ..model import Callback, Message, State
from . import Apply


def overflowed(s: State, x: e.Overflowed) -> None:
    """What it brings stands in the events after it."""


def callback_requested(s: State, x: e.CallbackRequested) -> None:
    back = s.callbacks[x.callback] = Callback(*x[1:])
    _due(s, back, x.due)


def _due(s: State, back: Callback, due: float) -> None:
    """The next attempt; or, with one under way, the end of its patience."""
    s.seq += 1
    back.due, back.seq = due, s.seq
    s.alarms.set(f"callback {back.id}", due or back.expires, s.seq)


def callback_started(s: State, x: e.CallbackStarted) -> None:
    back = s.callbacks[x.callback]
    back.made, back.contact = x.attempt, x.contact
    _due(s, back, 0.0)


def callback_postponed(s: State, x: e.CallbackPostponed) -> None:
    back = s.callbacks[x.callback]
    _forget_attempt(s, back)
    _due(s, back, x.due)


def callback_ended(s: State, x: e.CallbackEnded) -> None:
    back = s.callbacks.pop(x.callback)
    s.alarms.cancel(f"callback {back.id}")
    _forget_attempt(s, back)


def _forget_attempt(s: State, back: Callback) -> None:
    contact = s.contacts.get(back.contact)
    if contact is not None:
        contact.callback = ""
    back.contact = ""


def message_taken(s: State, x: e.MessageTaken) -> None:
    s.messages[x.message] = Message(*x[1:7], taken=x.at, recording=x.recording)


def message_claimed(s: State, x: e.MessageClaimed) -> None:
    message = s.messages[x.message]
    message.by, message.agent, message.since = x.by, x.agent, x.at
    _have_until(s, message, x.until, "limit")


def agent_gone(s: State, agent: str, at: float) -> None:
    """They went offline: what they saw to is free by the deadline that is due at once."""
    for message in s.messages.values():
        if message.agent == agent:
            _have_until(s, message, at, "offline")


def _have_until(s: State, message: Message, until: float, why: str) -> None:
    s.seq += 1
    message.until, message.why, message.seq = until, why, s.seq
    s.alarms.set(f"message {message.id}", until, s.seq)


def message_released(s: State, x: e.MessageReleased) -> None:
    message = s.messages[x.message]
    message.by = message.agent = message.why = ""
    message.since = message.until = 0.0
    message.seq = 0
    s.alarms.cancel(f"message {x.message}")


def message_closed(s: State, x: e.MessageClosed) -> None:
    del s.messages[x.message]
    s.alarms.cancel(f"message {x.message}")


def day_began(s: State, x: e.DayBegan) -> None:
    begin_day(s, x.at)


def ticked(s: State, x: e.Ticked) -> None:
    """Only the clock moves."""


APPLY: Apply = {
    e.Overflowed: overflowed,
    e.CallbackRequested: callback_requested,
    e.CallbackStarted: callback_started,
    e.CallbackPostponed: callback_postponed,
    e.CallbackEnded: callback_ended,
    e.MessageTaken: message_taken,
    e.MessageClaimed: message_claimed,
    e.MessageReleased: message_released,
    e.MessageClosed: message_closed,
    e.DayBegan: day_began,
    e.Ticked: ticked,
}
