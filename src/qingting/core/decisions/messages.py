"""Messages, taken when nobody is there: one person at a time sees to each."""

from __future__ import annotations

from ...errors import Refused
from ..commands import ClaimMessage, CloseMessage, ReleaseMessage, TakeMessage
from ..events import Event, MessageClaimed, MessageClosed, MessageReleased, MessageTaken
from ..model import Message, State
from . import known

DAY_S = 86400.0


def take(state: State, c: TakeMessage, now: float) -> list[Event]:
    known.new_id("message", c.message, state.messages)
    known.queue(state, c.queue)
    known.short("message", "demand", c.demand)
    known.short("message", "recording", c.recording)
    return [MessageTaken(now, *c)]


def claim(state: State, c: ClaimMessage, now: float) -> list[Event]:
    message = _free_for(state, c, c.over)
    if not c.by:
        raise Refused("message.nobody", "who sees to it?", id=message.id)
    if c.agent:
        known.agent(state, c.agent)
    limit_s = known.number("message", "limit_s", c.limit_s, 1.0, DAY_S)
    return [MessageClaimed(now, message.id, known.short("message", "by", c.by), c.agent, now + limit_s)]


def release(state: State, c: ReleaseMessage, now: float) -> list[Event]:
    message = _free_for(state, c, over=False)
    return [MessageReleased(now, message.id, message.by, known.short("message", "why", c.why))] if message.by else []


def due(state: State, now: float, id: str) -> list[Event]:
    """Their time is over, or they have gone."""
    message = state.messages[id]
    return [MessageReleased(now, id, message.by, message.why)]


def close(state: State, c: CloseMessage, now: float) -> list[Event]:
    _free_for(state, c, c.over)
    known.short("message", "how", c.how)
    return [MessageClosed(now, c.message, c.by, c.how)]


def _free_for(state: State, c: ClaimMessage | ReleaseMessage | CloseMessage, over: bool) -> Message:
    """Nobody else sees to it, or that does not count."""
    message = state.messages.get(c.message)
    if message is None:
        raise Refused("message.unknown", f"no such message, or it is closed: {c.message}", id=c.message)
    if message.by not in ("", c.by) and not over:
        raise Refused(
            "message.claimed", "somebody else sees to it", id=message.id, by=message.by, since=message.since
        )
    return message
