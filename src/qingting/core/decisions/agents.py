"""Agents: what they choose, whether their phone is there, their own calls."""

from __future__ import annotations

from ...errors import Refused
from .. import lifecycle
from ..capacity import Carry
from ..commands import AgentDials, SetPresence, SetReachable
from ..events import (
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentOffered,
    AssignmentParked,
    ContactArrived,
    Event,
    PresenceChanged,
    PresenceRequested,
    ReachabilityChanged,
    VisitStarted,
)
from ..matching import pull
from ..model import SYSTEM_REASONS, Agent, State
from . import known
from .breaks import check
from .endings import aside
from .lost import back_again, out_of_reach
from .untaken import again


def set_presence(state: State, c: SetPresence, now: float) -> list[Event]:
    agent = known.agent(state, c.agent)
    kind = lifecycle.presence(c.presence, bool(agent.assignments))
    reason = _reason(state, c)
    if state.limits and c.presence == "not_ready" and not c.by:
        check(state, now, agent, reason)
    if c.force:
        if not c.by:
            raise Refused("presence.not_supervisor", "only a supervisor can force a presence", agent=agent.id)
        if c.presence != "available":
            return _forced(state, now, agent, c, reason)
    if agent.pending is not None and not agent.set_aside and c.presence == agent.presence == "available":
        events: list[Event] = [PresenceRequested(now, agent.id, "available", "", c.by)]
    elif agent.pending is None and not agent.set_aside and (c.presence, reason) == (agent.presence, agent.reason):
        return []
    elif kind is PresenceRequested:
        if agent.pending is not None and agent.pending[:2] == (c.presence, reason):
            return []
        return [PresenceRequested(now, agent.id, c.presence, reason, c.by)]
    else:
        events = [PresenceChanged(now, agent.id, c.presence, reason, c.by)]
    if c.presence == "available":
        idle_since = now if type(events[0]) is PresenceChanged else agent.idle_since
        events += pull(state, now, agent, idle_since, [medium for medium in agent.most if medium in agent.reachable])
    return events


def _forced(state: State, now: float, agent: Agent, c: SetPresence, reason: str) -> list[Event]:
    """What rings goes to others; what is talked or wrapped up is ended first."""
    ringing = [a for a in map(state.assignments.__getitem__, agent.assignments) if a.state == "offered"]
    events: list[Event] = [AssignmentDeclined(now, a.id, "presence") for a in ringing]
    busy = len(agent.assignments) > len(ringing)
    asked = agent.pending if agent.pending is not None else (agent.presence, agent.reason)
    if ringing or asked[:2] != (c.presence, reason):
        kind = PresenceRequested if busy else PresenceChanged
        events.append(kind(now, agent.id, c.presence, reason, c.by))
    events += pull(state, now, agent, agent.idle_since, (), ended=ringing)
    return [*events, *again(state, now, ringing, "declined")]


def _reason(state: State, c: SetPresence) -> str:
    if c.presence == "available":
        return ""
    if not c.reason:
        if c.presence == "not_ready":
            raise Refused("reason.needed", "not ready needs a reason")
        return ""
    if c.reason in SYSTEM_REASONS:
        if c.by != "system":
            raise Refused("reason.fixed", f"{c.reason} is the system's own", reason=c.reason)
    else:
        known.reason(state, c.reason)
    return c.reason


def set_reachable(state: State, c: SetReachable, now: float) -> list[Event]:
    agent = known.agent(state, c.agent)
    known.medium(c.medium)
    if (c.medium in agent.reachable) == c.reachable:
        return []
    changed = ReachabilityChanged(now, agent.id, c.medium, c.reachable)
    if c.reachable:
        offers = agent.presence == "available" and agent.pending is None and not agent.set_aside
        offers_ = pull(state, now, agent, agent.idle_since, (c.medium,)) if offers else []
        return [changed, *back_again(state, now, agent, c.medium), *offers_]
    events: list[Event] = [changed]
    ringing = [a for a in map(state.assignments.__getitem__, agent.assignments) if a.state == "offered"]
    ringing = [a for a in ringing if a.medium == c.medium]
    events += out_of_reach(state, now, agent, c.medium)
    if not ringing:
        return events
    events += [AssignmentDeclined(now, a.id, "unreachable") for a in ringing]
    return [
        *events,
        *aside(agent, "unreachable", now, len(ringing)),
        *pull(state, now, agent, agent.idle_since, (), ended=ringing),
        *again(state, now, ringing, "unreachable"),
    ]


def agent_dials(state: State, c: AgentDials, now: float) -> list[Event]:
    agent = known.agent(state, c.agent)
    known.new_id("contact", c.contact, state.contacts)
    known.new_id("visit", c.visit, state.visits)
    wrap_up_s = known.number("visit", "wrap_up_s", c.wrap_up_s, 0, 86400.0)
    if agent.presence == "offline":
        raise Refused("agent.offline", f"{agent.id} is offline", agent=agent.id)
    if "voice" not in agent.reachable:
        raise Refused("agent.unreachable", f"the phone of {agent.id} is not there", agent=agent.id)
    room = Carry(state, agent).room("voice")
    if room is None:
        raise Refused("agent.busy", f"{agent.id} is busy", agent=agent.id)
    assignment = f"{c.visit}/1"
    return [
        ContactArrived(now, c.contact, c.journey, "voice", "out", "", c.line, c.site, c.language, c.party, ""),
        VisitStarted(now, c.visit, c.contact, "", (), 0.0, now, wrap_up_s),
        *[AssignmentParked(now, a.id, assignment) for a in room],
        AssignmentOffered(now, assignment, c.visit, c.contact, agent.id, 0.0, f"{agent.id}: dialled"),
        AssignmentAccepted(now, assignment),
    ]
