"""From events to rows. Pure: rows come in as dictionaries by id, are changed in place, and are written by others.

What an event touches must be in `Rows` already, unless the event makes it (`touched` says what that is).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from qingting.core import events as e

from .fold_assignments import HANDLERS as OF_ASSIGNMENTS
from .fold_assignments import hold_ends
from .references import ended, references
from .relaxing import eased
from .rows import Caller, Row, Rows, visit_of
from .tables import SECOND_LINE

_BESIDE_THE_CONTACT = (
    e.SitePut | e.SkillPut | e.ReasonPut | e.DayPut | e.DayBegan | e.QueueRemoved | e.RulePut | e.RuleRemoved
    | e.AgentPut | e.AgentRemoved | e.PresenceChanged
    | e.PresenceRequested | e.ReachabilityChanged | e.AgentSetAside | e.AgentReturned | e.PolicyPut | e.ProfilePut
    | e.HoursSet | e.CallbackStarted | e.CallbackPostponed | e.CallbackEnded
    | e.BreakLimitPut | e.BreakReserved | e.BreakBegan | e.BreakEnded
    | e.MessageClaimed | e.MessageReleased | e.MessageClosed | e.Ticked
)  # fmt: skip


_KEPT_BACK = ("at", "contact", "of", "state", "party", "key", "leg", "note", "remembered")
"""Fields of events that a happening does not repeat: said beside it, of no use to readers, or leading to a person."""

_NO_RULES: Row = {"service_level_s": 20.0, "short_abandon_s": 5.0, "relax": []}


class Touched(NamedTuple):
    contacts: set[str]
    visits: set[str]
    assignments: set[str]
    queues: set[str]
    parties: set[str]


def touched(events: Iterable[Any]) -> Touched:
    """Ids of all that some events speak of."""
    found = Touched(set(), set(), set(), set(), set())
    for event in events:
        names = event._fields
        if "contact" in names:
            found.contacts.add(event.contact)
        if "visit" in names:
            found.visits.add(event.visit)
        if "assignment" in names:
            found.assignments.add(event.assignment)
            found.visits.add(visit_of(event.assignment))
        if isinstance(event, e.VisitStarted | e.QueuePut):
            found.queues.add(event.queue)
        if isinstance(event, e.CallbackRequested):
            found.contacts.add(event.of)
        if isinstance(event, e.VisitsRelaxed):
            found.visits.update(event.visits)
        found.parties.update([it.ref for it in references(event) if it.kind in ("caller", "party")])
    return found


def fold(rows: Rows, event: Any, place: int, callers: dict[str, Caller]) -> bool:
    """One event; those that touch no contact are passed over. False: its contact is not known (any more)."""
    _point(rows, event, callers)
    if isinstance(event, _BESIDE_THE_CONTACT):
        return True
    if isinstance(event, e.QueuePut):
        rows.rules[event.queue] = {
            "id": event.queue,
            "service_level_s": event.service_level_s,
            "short_abandon_s": event.short_abandon_s,
            "relax": [list(step) for step in event.relax],
        }
        return True
    if isinstance(event, e.VisitsRelaxed):
        _relaxed(rows, event, place)
        return True
    if isinstance(event, e.CallbackRequested | e.MessageTaken) and not _contact_of(rows, event):
        return True  # from the web: of no contact
    if isinstance(event, e.ContactArrived):
        _arrived(rows, event, callers)
    elif not _known(rows, event):
        return False
    elif (handler := _HANDLERS.get(type(event))) is not None:
        handler(rows, event)
    rows.happenings.append(
        {
            "contact": _contact_of(rows, event),
            "place": place,
            "at": event.at,
            "kind": type(event).__name__,
            "detail": {k: v for k, v in event._asdict().items() if k not in _KEPT_BACK},
        }
    )
    return True


def _point(rows: Rows, event: Any, callers: dict[str, Caller]) -> None:
    for it in references(event):
        number = callers[it.ref].number if it.ref in callers else None
        rows.references[it.holder, it.ref] = {**it._asdict(), "number": number, "at": event.at, "ended_at": None}
    if holder := ended(event):
        rows.ended[holder] = event.at


def _known(rows: Rows, event: Any) -> bool:
    names = event._fields
    if isinstance(event, e.VisitStarted | e.ConsultStarted | e.PartyCalled | e.Overflowed | e.MessageTaken):
        return event.contact in rows.contacts
    if isinstance(event, e.CallbackRequested):
        return event.of in rows.contacts
    if isinstance(event, e.AssignmentOffered):
        return event.visit in rows.visits
    return (
        ("contact" not in names or event.contact in rows.contacts)
        and ("visit" not in names or event.visit in rows.visits)
        and ("assignment" not in names or event.assignment in rows.assignments)
    )


def _contact_of(rows: Rows, event: Any) -> str:
    if isinstance(event, e.CallbackRequested):
        return event.of
    if "contact" in event._fields:
        contact: str = event.contact
        return contact
    visit = event.visit if "visit" in event._fields else visit_of(event.assignment)
    found: str = rows.visits[visit]["contact"]
    return found


# --- contacts --------------------------------------------------------------------------------------------


def _arrived(rows: Rows, event: e.ContactArrived, callers: dict[str, Caller]) -> None:
    caller = callers.get(event.party, Caller(None, False))
    rows.contacts[event.contact] = {
        "id": event.contact,
        "journey": event.journey,
        "medium": event.medium,
        "direction": event.direction,
        "entry": event.entry,
        "line": event.line,
        "site": event.site,
        "language": event.language,
        "party": event.party,
        "number": caller.number,
        "withheld": caller.withheld,
        "arrived_at": event.at,
        "ended_at": None,
        "cause": "",
        "outcome": "open",
        "queue": "",
        "agent": "",
        "wait_s": 0.0,
        "talk_s": 0.0,
        "disposition": "",
    }


def _language(rows: Rows, event: e.LanguageSet) -> None:
    rows.contacts[event.contact]["language"] = event.language


def _ended(rows: Rows, event: e.ContactEnded) -> None:
    contact = rows.contacts[event.contact]
    contact["ended_at"] = event.at
    contact["cause"] = event.cause
    if contact["outcome"] == "open":  # there was no visit
        contact["outcome"] = "self_service" if event.cause in ("flow", "agent") else "left"


def _message(rows: Rows, event: e.MessageTaken) -> None:
    _came_to(rows.contacts[event.contact], "message")


def _callback(rows: Rows, event: e.CallbackRequested) -> None:
    _came_to(rows.contacts[event.of], "callback")


def _came_to(contact: Row, outcome: str) -> None:
    """Of who was in no queue: one who waited has the outcome of their visit."""
    if contact["outcome"] == "open":
        contact["outcome"] = outcome


# --- visits ----------------------------------------------------------------------------------------------


def _visit_started(rows: Rows, event: e.VisitStarted) -> None:
    rules = rows.rules.get(event.queue, _NO_RULES)
    rows.visits[event.visit] = {
        "id": event.visit,
        "contact": event.contact,
        "queue": event.queue,
        "started_at": event.at,
        "since": event.since,
        "service_level_s": rules["service_level_s"],
        "short_abandon_s": rules["short_abandon_s"],
        "answered_at": None,
        "ended_at": None,
        "outcome": "open",
        "detail": "",
        "in_target": False,
        "short": False,
    }
    contact = rows.contacts[event.contact]
    contact["queue"] = event.queue
    contact["outcome"] = "waiting"


def _visit_answered(rows: Rows, event: e.VisitAnswered) -> None:
    visit = rows.visits[event.visit]
    visit["answered_at"] = event.at
    visit["in_target"] = event.at - visit["started_at"] <= visit["service_level_s"]
    contact = rows.contacts[visit["contact"]]
    contact["outcome"] = "answered"
    contact["wait_s"] += event.at - visit["started_at"]


def _visit_ended(rows: Rows, event: e.VisitEnded) -> None:
    visit = rows.visits[event.visit]
    visit["ended_at"] = event.at
    visit["outcome"] = event.outcome
    visit["detail"] = visit["detail"] or event.detail
    if event.outcome == "abandoned":
        visit["short"] = event.at - visit["started_at"] <= visit["short_abandon_s"]
    contact = rows.contacts[visit["contact"]]
    if visit["answered_at"] is None:
        contact["wait_s"] += event.at - visit["started_at"]
        # Of calls that we make, the core says `abandoned` only of those who were reached, and gave up waiting.
        in_vain = contact["direction"] == "out" and event.outcome not in ("lost", "abandoned")
        contact["outcome"] = "not_reached" if in_vain else event.outcome


def _consult_started(rows: Rows, event: e.ConsultStarted) -> None:
    """A visit in no queue, until it is taken over: consults are no part of a queue's figures."""
    rows.visits[event.visit] = {
        "id": event.visit,
        "contact": event.contact,
        "queue": "",
        "started_at": event.at,
        "since": event.at,
        "service_level_s": 20.0,
        "short_abandon_s": 5.0,
        "answered_at": None,
        "ended_at": None,
        "outcome": "consult",
        "detail": "",
        "in_target": False,
        "short": False,
    }


def _consult_answered(rows: Rows, event: e.ConsultAnswered) -> None:
    rows.visits[event.visit]["answered_at"] = event.at


def _consult_ended(rows: Rows, event: e.ConsultEnded) -> None:
    visit = rows.visits[event.visit]
    visit["ended_at"], visit["detail"] = event.at, event.why


def _relaxed(rows: Rows, event: e.VisitsRelaxed, place: int) -> None:
    """One event for many contacts: each is told what is easier for it now."""
    told: set[str] = set()
    for visit in [rows.visits[id] for id in event.visits if id in rows.visits]:
        contact = visit["contact"]
        if contact in told or contact not in rows.contacts:
            continue  # a consult that waits as long as the customer
        told.add(contact)
        rules = rows.rules.get(visit["queue"], _NO_RULES)
        detail = {"visit": visit["id"], "queue": visit["queue"], **eased(rules["relax"], event.at - visit["since"])}
        rows.happenings.append(
            {"contact": contact, "place": place, "at": event.at, "kind": "VisitsRelaxed", "detail": detail}
        )


def _transferred(rows: Rows, event: e.ContactTransferred) -> None:
    """The visit that ends remembers that experts had to help."""
    if event.to == SECOND_LINE:
        rows.visits[event.visit]["detail"] = SECOND_LINE


def _taken_over(rows: Rows, event: e.VisitTakenOver) -> None:
    """The customer's from now: what was said before was not said to them."""
    visit, contact = rows.visits[event.visit], rows.contacts[event.contact]
    visit["queue"] = contact["queue"] = event.queue
    visit["outcome"], visit["started_at"] = "open", event.at
    if visit["answered_at"] is not None:
        visit["answered_at"], visit["in_target"] = event.at, True
    if event.assignment in rows.assignments:
        row = rows.assignments[event.assignment]
        row["queue"] = event.queue
        hold_ends(row, event.at)
        if row["accepted_at"] is not None:
            contact["agent"] = row["agent"]
        if row["connected_at"] is not None:
            row["state"] = "active"
            contact["talk_s"] += row["hold_s"]  # taken off again with all that they held: this was before


def _joined(rows: Rows, event: e.ConsultJoined) -> None:
    hold_ends(rows.assignments[event.assignment], event.at)
    rows.assignments[event.assignment]["state"] = "active"


_HANDLERS: dict[type, Callable[[Rows, Any], None]] = {
    e.LanguageSet: _language,
    e.MessageTaken: _message,
    e.CallbackRequested: _callback,
    e.ContactEnded: _ended,
    e.VisitStarted: _visit_started,
    e.VisitAnswered: _visit_answered,
    e.VisitEnded: _visit_ended,
    e.ConsultStarted: _consult_started,
    e.ConsultAnswered: _consult_answered,
    e.ConsultEnded: _consult_ended,
    e.ContactTransferred: _transferred,
    e.ConsultJoined: _joined,
    e.VisitTakenOver: _taken_over,
    **OF_ASSIGNMENTS,
}
