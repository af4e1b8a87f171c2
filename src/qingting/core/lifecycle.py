"""All transitions, in tables: in which state what may happen, and what comes of it.

`move` is the only way on. The decisions ask it before they say that something happened, and applying asks it
again, so that no event that was not legal can ever be folded. Illegal input raises `Refused` with the code
`<thing>.wrong_state` and changes nothing.

    visit        waiting ⇄ offered → connecting → answered → ended
                 (back to waiting when the offer or the connection fails; may end from everywhere)
    consult      as a visit, and answered → joined; may be taken over as the contact's visit from everywhere
    assignment   offered → connecting → active ⇄ held → wrap_up → done
                                        active ⇄ parked → done
                 (offered: declined, timed out, withdrawn; connecting: withdrawn; lapsed → withdrawn)
    consulted    as an assignment, and active or held → joined; becomes the owner's when its consult is taken over
    party        calling → talking ⇄ held → joined → gone
    presence     offline, not_ready, available: all to all; but away from available work while busy it is a
                 request, and comes with the last assignment's end
"""

from __future__ import annotations

from ..errors import Refused
from .commands import (
    AgentLeaves,
    CompleteTransfer,
    ConnectFails,
    Consult,
    ConsultOutside,
    FinishWrapUp,
    Hold,
    Join,
    Resume,
    Swap,
    Transfer,
    TransferOutside,
)
from .events import (
    AssignmentAccepted,
    AssignmentConnected,
    AssignmentDeclined,
    AssignmentDone,
    AssignmentHeld,
    AssignmentLapsed,
    AssignmentOffered,
    AssignmentParked,
    AssignmentResumed,
    AssignmentTimedOut,
    AssignmentUnparked,
    AssignmentWithdrawn,
    ConsultAnswered,
    ConsultEnded,
    ConsultJoined,
    ConsultRequeued,
    DispositionSet,
    PartyAnswered,
    PartyHeld,
    PartyJoined,
    PartyLeft,
    PartyResumed,
    PresenceChanged,
    PresenceRequested,
    RecordingPaused,
    RecordingResumed,
    VisitAnswered,
    VisitEnded,
    VisitRequeued,
    VisitTakenOver,
    WrapUpExtended,
    WrapUpStarted,
)

Table = dict[str, dict[type, str]]

VISIT: Table = {
    "waiting": {AssignmentOffered: "offered", VisitEnded: "ended"},
    "offered": {
        AssignmentOffered: "offered",
        AssignmentAccepted: "connecting",
        VisitRequeued: "waiting",
        VisitEnded: "ended",
    },
    "connecting": {VisitAnswered: "answered", VisitRequeued: "waiting", VisitEnded: "ended"},
    "answered": {VisitEnded: "ended"},
    "ended": {},
}

CONSULT: Table = {
    "waiting": {AssignmentOffered: "offered", ConsultEnded: "ended", VisitTakenOver: "waiting"},
    "offered": {
        AssignmentOffered: "offered",
        AssignmentAccepted: "connecting",
        ConsultRequeued: "waiting",
        ConsultEnded: "ended",
        VisitTakenOver: "offered",
    },
    "connecting": {
        ConsultAnswered: "answered",
        ConsultRequeued: "waiting",
        ConsultEnded: "ended",
        VisitTakenOver: "connecting",
    },
    "answered": {ConsultJoined: "joined", ConsultEnded: "ended", VisitTakenOver: "answered"},
    "joined": {ConsultEnded: "ended", VisitTakenOver: "answered"},
    "ended": {},
}

OFFERED: dict[type, str] = {
    AssignmentAccepted: "connecting",
    AssignmentDeclined: "declined",
    AssignmentTimedOut: "timed_out",
    AssignmentWithdrawn: "withdrawn",
    AssignmentLapsed: "lapsed",
}
WRAP_UP: dict[type, str] = {
    DispositionSet: "wrap_up",
    WrapUpExtended: "wrap_up",
    AssignmentDone: "done",
    FinishWrapUp: "done",
}

_TALKING = {
    WrapUpStarted: "wrap_up",
    AssignmentDone: "done",
    AgentLeaves: "wrap_up",
    Transfer: "wrap_up",
    TransferOutside: "wrap_up",
    CompleteTransfer: "wrap_up",
    Consult: "held",
    ConsultOutside: "held",
    Swap: "active or held",
    Join: "active",
}

ASSIGNMENT: Table = {
    "offered": OFFERED,
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
        Hold: "held",
        DispositionSet: "active",
        RecordingPaused: "active",
        RecordingResumed: "active",
        **_TALKING,
    },
    "held": {
        AssignmentResumed: "active",
        Resume: "active",
        DispositionSet: "held",
        RecordingPaused: "held",
        RecordingResumed: "held",
        **_TALKING,
    },
    "parked": {
        AssignmentUnparked: "active",
        DispositionSet: "parked",
        AssignmentDone: "done",
        AgentLeaves: "done",
    },
    "wrap_up": WRAP_UP,
    "lapsed": {AssignmentWithdrawn: "withdrawn"},
}
"""Of the owner. Inputs are events, and the commands that may come in fewer states than what they bring."""

CONSULTED: Table = {
    "offered": {**OFFERED, VisitTakenOver: "offered"},
    "connecting": {
        AssignmentConnected: "active",
        AssignmentWithdrawn: "withdrawn",
        AssignmentLapsed: "lapsed",
        ConnectFails: "withdrawn",
        AgentLeaves: "withdrawn",
        VisitTakenOver: "connecting",
    },
    "active": {
        AssignmentHeld: "held",
        ConsultJoined: "joined",
        WrapUpStarted: "wrap_up",
        AssignmentDone: "done",
        AgentLeaves: "done",
        VisitTakenOver: "active",
    },
    "held": {
        AssignmentResumed: "active",
        ConsultJoined: "joined",
        WrapUpStarted: "wrap_up",
        AssignmentDone: "done",
        AgentLeaves: "done",
        VisitTakenOver: "active",
    },
    "joined": {
        DispositionSet: "joined",
        WrapUpStarted: "wrap_up",
        AssignmentDone: "done",
        AgentLeaves: "wrap_up",
        VisitTakenOver: "active",
    },
    "wrap_up": WRAP_UP,
    "lapsed": {AssignmentWithdrawn: "withdrawn", VisitTakenOver: "lapsed"},
}
"""Of who is consulted or confers: holding, swapping, sending away are the owner's. Held: the owner is elsewhere."""

PARTY: Table = {
    "calling": {PartyAnswered: "talking", PartyLeft: "gone"},
    "talking": {PartyHeld: "held", PartyJoined: "joined", PartyLeft: "gone"},
    "held": {PartyResumed: "talking", PartyJoined: "joined", PartyLeft: "gone"},
    "joined": {PartyLeft: "gone"},
}

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
