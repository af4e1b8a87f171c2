"""All transitions, in tables: in which state what may happen, and what comes of it.

`move` is the only way on. The decisions ask it before they say that something happened, and applying asks it
again, so that no event that was not legal can ever be folded. Illegal input raises `Refused` with the code
`<thing>.wrong_state` and changes nothing.

    visit        waiting ⇄ offered → connecting → answered → ended
                 (back to waiting when the offer or the connection fails; may end from everywhere)
    assignment   offered → connecting → active ⇄ held → wrap_up → done
                                        active ⇄ parked → done
                 (offered: declined, timed out, withdrawn; connecting: withdrawn)
    presence     offline, not_ready, available: all to all; but away from available work while busy it is a
                 request, and comes with the last assignment's end
"""

from __future__ import annotations

from ..errors import Refused
from .commands import AgentLeaves, ConnectFails, FinishWrapUp
from .events import (
    AssignmentAccepted,
    AssignmentConnected,
    AssignmentDeclined,
    AssignmentDone,
    AssignmentHeld,
    AssignmentOffered,
    AssignmentParked,
    AssignmentResumed,
    AssignmentTimedOut,
    AssignmentUnparked,
    AssignmentWithdrawn,
    DispositionSet,
    PresenceChanged,
    PresenceRequested,
    RecordingPaused,
    RecordingResumed,
    VisitAnswered,
    VisitEnded,
    VisitRequeued,
    WrapUpStarted,
)

Table = dict[str, dict[type, str]]

VISIT: Table = {
    "waiting": {AssignmentOffered: "offered", VisitEnded: "ended"},
    "offered": {AssignmentAccepted: "connecting", VisitRequeued: "waiting", VisitEnded: "ended"},
    "connecting": {VisitAnswered: "answered", VisitRequeued: "waiting", VisitEnded: "ended"},
    "answered": {VisitEnded: "ended"},
    "ended": {},
}

ASSIGNMENT: Table = {
    "offered": {
        AssignmentAccepted: "connecting",
        AssignmentDeclined: "declined",
        AssignmentTimedOut: "timed_out",
        AssignmentWithdrawn: "withdrawn",
    },
    "connecting": {
        AssignmentConnected: "active",
        AssignmentWithdrawn: "withdrawn",
        WrapUpStarted: "wrap_up",
        AssignmentDone: "done",
        ConnectFails: "withdrawn",
        AgentLeaves: "withdrawn or wrap_up",
    },
    "active": {
        AssignmentHeld: "held",
        AssignmentParked: "parked",
        DispositionSet: "active",
        RecordingPaused: "active",
        RecordingResumed: "active",
        WrapUpStarted: "wrap_up",
        AssignmentDone: "done",
        AgentLeaves: "wrap_up",
    },
    "held": {
        AssignmentResumed: "active",
        DispositionSet: "held",
        RecordingPaused: "held",
        RecordingResumed: "held",
        WrapUpStarted: "wrap_up",
        AssignmentDone: "done",
        AgentLeaves: "wrap_up",
    },
    "parked": {
        AssignmentUnparked: "active",
        DispositionSet: "parked",
        AssignmentDone: "done",
        AgentLeaves: "done",
    },
    "wrap_up": {DispositionSet: "wrap_up", AssignmentDone: "done", FinishWrapUp: "done"},
}
"""Inputs are events, and the three commands that may come in fewer states than what they bring."""

PRESENCE: dict[str, dict[str, type]] = {
    # asked for:     free                            busy
    "available": {"free": PresenceChanged, "busy": PresenceChanged},
    "not_ready": {"free": PresenceChanged, "busy": PresenceRequested},
    "offline": {"free": PresenceChanged, "busy": PresenceRequested},
}


def move(table: Table, thing: str, id: str, state: str, event: type) -> str:
    """The state after `event`. Raises `Refused("<thing>.wrong_state")`."""
    try:
        return table[state][event]
    except KeyError:
        raise Refused(f"{thing}.wrong_state", f"{thing} {id} is {state}", id=id, state=state) from None


def presence(wanted: str, busy: bool) -> type:
    """`PresenceChanged` or `PresenceRequested`. Raises `Refused("presence.unknown")`."""
    try:
        return PRESENCE[wanted]["busy" if busy else "free"]
    except KeyError:
        raise Refused("presence.unknown", f"no such presence: {wanted}", presence=wanted) from None
