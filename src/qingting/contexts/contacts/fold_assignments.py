"""From events of an agent's part in a visit to its row, and to what the contact's row sums up of it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qingting.core import events as e

from .rows import Row, Rows


def _offered(rows: Rows, event: e.AssignmentOffered) -> None:
    queue = rows.visits[event.visit]["queue"]
    own = not event.until  # an agent's own call starts as accepted
    rows.assignments[event.assignment] = {
        "id": event.assignment,
        "visit": event.visit,
        "contact": event.contact,
        "agent": event.agent,
        "queue": queue,
        "state": "connecting" if own else "offered",
        "why": event.why[:80],
        "offered_at": event.at,
        "accepted_at": event.at if own else None,
        "connected_at": None,
        "held_since": None,
        "hold_s": 0.0,
        "talk_s": 0.0,
        "wrap_up_at": None,
        "wrap_up_s": 0.0,
        "ended_at": None,
        "disposition": "",
    }
    if own:
        rows.contacts[event.contact]["agent"] = event.agent


def _accepted(rows: Rows, event: e.AssignmentAccepted) -> None:
    row = rows.assignments[event.assignment]
    row["state"] = "connecting"
    row["accepted_at"] = event.at
    if rows.visits[row["visit"]]["outcome"] != "consult":
        rows.contacts[row["contact"]]["agent"] = row["agent"]


def _connected(rows: Rows, event: e.AssignmentConnected) -> None:
    row = rows.assignments[event.assignment]
    row["state"] = "active"
    row["connected_at"] = event.at


def _held(rows: Rows, event: e.AssignmentHeld) -> None:
    row = rows.assignments[event.assignment]
    row["state"] = "held"
    row["held_since"] = event.at


def _parked(rows: Rows, event: e.AssignmentParked) -> None:
    """To the agent it is as if it was on hold."""
    row = rows.assignments[event.assignment]
    row["state"] = "parked"
    row["held_since"] = event.at


def _resumed(rows: Rows, event: e.AssignmentResumed) -> None:
    row = rows.assignments[event.assignment]
    row["state"] = "active"
    hold_ends(row, event.at)


def hold_ends(row: Row, at: float) -> None:
    if row["held_since"] is not None:
        row["hold_s"] += at - row["held_since"]
        row["held_since"] = None


def _talk_ends(rows: Rows, row: Row, at: float) -> None:
    hold_ends(row, at)
    if row["connected_at"] is not None:
        row["talk_s"] = at - row["connected_at"] - row["hold_s"]
        visit = rows.visits[row["visit"]]
        if visit["outcome"] != "consult":  # the customer talks with one owner at a time
            since = max(row["connected_at"], visit["started_at"])
            rows.contacts[row["contact"]]["talk_s"] += max(0.0, at - since - row["hold_s"])


def _wrap_up(rows: Rows, event: e.WrapUpStarted) -> None:
    row = rows.assignments[event.assignment]
    _talk_ends(rows, row, event.at)
    row["state"] = "wrap_up"
    row["wrap_up_at"] = event.at


def _done(rows: Rows, event: e.AssignmentDone) -> None:
    row = rows.assignments[event.assignment]
    if row["wrap_up_at"] is None:
        _talk_ends(rows, row, event.at)
    else:
        row["wrap_up_s"] = event.at - row["wrap_up_at"]
    row["state"] = "done"
    row["ended_at"] = event.at


def _disposed(rows: Rows, event: e.DispositionSet) -> None:
    row = rows.assignments[event.assignment]
    row["disposition"] = event.disposition
    rows.contacts[row["contact"]]["disposition"] = event.disposition


def _over(state: str) -> Callable[[Rows, Any], None]:
    def apply(rows: Rows, event: Any) -> None:
        row = rows.assignments[event.assignment]
        row["state"] = state
        row["why"] = getattr(event, "why", row["why"])
        row["ended_at"] = event.at

    return apply


HANDLERS: dict[type, Callable[[Rows, Any], None]] = {
    e.AssignmentOffered: _offered,
    e.AssignmentAccepted: _accepted,
    e.AssignmentConnected: _connected,
    e.AssignmentHeld: _held,
    e.AssignmentResumed: _resumed,
    e.AssignmentParked: _parked,
    e.AssignmentUnparked: _resumed,
    e.AssignmentDeclined: _over("declined"),
    e.AssignmentTimedOut: _over("timed_out"),
    e.AssignmentWithdrawn: _over("withdrawn"),
    e.AssignmentLapsed: _over("withdrawn"),
    e.WrapUpStarted: _wrap_up,
    e.AssignmentDone: _done,
    e.DispositionSet: _disposed,
}
