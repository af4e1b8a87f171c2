"""Rows of contacts as the API gives them: names beside ids, numbers only to those who may see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from qingting import numbers
from qingting.access import Identity
from qingting.contexts.configuration.api import View

from .codes import Both
from .course import Course
from .why import in_words


class Beside(NamedTuple):
    """What other contexts know of some contacts."""

    customers: Mapping[str, tuple[str, str]]
    """Number → (id, name)."""
    recordings: Mapping[str, str]
    """Contact → `ready`, `pending`, `failed`."""


def shown_number(who: Identity, number: str | None) -> str:
    if not number:
        return ""
    return number if who.may("numbers.view") else numbers.masked(number)


def item(who: Identity, view: View, row: Mapping[str, Any], beside: Beside) -> dict[str, Any]:
    """One line of the list."""
    number = row["number"] or ""
    customer = beside.customers.get(number)
    agent = view.agents.get(row["agent"])
    return {
        "id": row["id"],
        "at": row["arrived_at"],
        "ended_at": row["ended_at"],
        "medium": row["medium"],
        "direction": row["direction"],
        "number": shown_number(who, number),
        "withheld": row["withheld"],
        "erased": row["number"] is None and not row["withheld"],
        "locality": {lang: numbers.locality(number, lang) if number else "" for lang in ("zh", "en")},
        "customer": {"id": customer[0], "name": customer[1]} if customer else None,
        "entry": row["entry"],
        "line": row["line"],
        "queue": row["queue"],
        "queue_name": _name(view, "queues", row["queue"]),
        "agent": row["agent"],
        "agent_name": agent.name if agent else "",
        "outcome": row["outcome"],
        "cause": row["cause"],
        "wait_s": row["wait_s"],
        "talk_s": row["talk_s"],
        "recording": beside.recordings.get(row["id"], "none"),
        "disposition": row["disposition"],
        "disposition_names": names(view, "dispositions", row["disposition"]),
    }


def timeline(view: View, contact: str, events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every event with its words, empty where the one beside it says it, and names beside the ids of its `detail`.

    An offer's `detail.why_words` tells why this agent, in both languages.
    """
    course = Course(contact, lambda of, id: called(view, of, id), lambda agent: site_of(view, agent))
    for event in events:
        kind, detail = event["kind"], dict(event["detail"])
        told = course.tell(event["at"], kind, detail)
        if told.agent:
            detail["agent"] = told.agent
        for field, of in (("queue", "queues"), ("agent", "agents"), ("entry", "entry-points"), ("flow", "flows")):
            if detail.get(field):
                detail[f"{field}_name"] = _name(view, of, detail[field])
        if detail.get("disposition"):
            detail["disposition_names"] = names(view, "dispositions", detail["disposition"])
        if kind == "AssignmentOffered":
            detail["why_words"] = in_words(detail.get("why", ""), lambda of, id: _name(view, of, id))
        zh, en = told.words
        yield {"at": event["at"], "kind": kind, "words": {"zh": zh, "en": en}, "detail": detail}


def site_of(view: View, agent: str) -> str:
    """Where they sit, as configured now."""
    found = view.agents.get(agent)
    return found.body.site if found is not None else ""


def called(view: View, kind: str, id: str) -> Both:
    """In Chinese and English; its id while nobody knows it any more."""
    found = names(view, kind, id) if kind == "dispositions" else {}
    name = _name(view, kind, id)
    return found.get("zh", name), found.get("en", name)


def names(view: View, kind: str, id: str) -> dict[str, str]:
    """Of what is called differently in either language of the pages; its id while nobody knows it any more."""
    if not id:
        return {}
    item = view.of(kind).get(id)
    texts = getattr(item.body, "names", None) if item is not None else None
    return {"zh": texts.zh, "en": texts.en} if texts is not None else {"zh": id, "en": id}


def _name(view: View, kind: str, id: str) -> str:
    found = view.of(kind).get(id)
    return found.name if found else id
