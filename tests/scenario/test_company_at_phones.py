"""Transfer, consult, conference and somebody outside, on a real Asterisk: tones tell who hears whom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..browser.story import contact, to_service, until
from ..caller import Caller
from ..centre import Client, Running
from ..phone import Phone
from . import one_centre
from .desk import Desk, change, names_nobody, refused

pytestmark = [pytest.mark.asterisk]

centre, admin, trunk_port = one_centre.centre, one_centre.admin, one_centre.trunk_port

CUSTOMER, FIRST, SECOND, OUTSIDE = 440, 600, 820, 1040
NUMBER = "+8613900010001"
CALLER = "13812340077"


def music(caller: Caller) -> bool:
    """Or nothing that a party says."""
    heard, _ = caller.heard(0.5)
    return all(abs(heard - tone) > 15 for tone in (CUSTOMER, FIRST, SECOND, OUTSIDE))


def seen(desk: Desk, of: Callable[[dict[str, Any]], object], what: str) -> None:
    until(lambda: any(of(it) for it in desk.assignments), what=f"{desk.name} sees {what}: {desk.assignments}")


def wrapped_up(desk: Desk) -> None:
    desk.wait("wrap_up")
    desk.do("finish")
    until(lambda: desk.me["routability"] == "routable", what=f"{desk.name} is free again")


def test_a_customer_and_all_whom_they_meet(centre: Running, admin: Client, trunk_port: int, tmp_path: Path) -> None:
    users = {it["name"]: it["id"] for it in admin.get("/users", params={"limit": 200}).json()["items"]}
    admin.patch(f"/users/{users['3850']}", json={"roles": ["agent", "outbound"]}).raise_for_status()
    change(admin, "queues", "experts", ring_s=300)  # it rings for longer than a new program takes to begin
    li = Desk(centre, admin, tmp_path, "3850", FIRST)
    try:
        with (
            Phone(tmp_path, centre.sip_port, "outside", host="127.0.0.1", port=trunk_port, tone=OUTSIDE) as outside,
            Caller(tmp_path, centre.sip_port, number=CALLER, tone=CUSTOMER) as customer,
        ):
            customer.wait_answered()
            to_service(customer)
            li.phone.wait_again()
            li.phone.answer()
            customer.wait_tone(FIRST)
            li.wait("active")
            ming = Desk(centre, admin, tmp_path, "1196", SECOND)
            try:
                _story(centre, li, ming, outside, customer)
            finally:
                ming.leave()
    finally:
        li.leave()
    until(lambda: contact(admin, f"+86{CALLER}")["ended_at"], what="the read model follows")
    found = contact(admin, f"+86{CALLER}")
    assert found["outcome"] == "answered"
    kinds = [it["kind"] for it in found["timeline"]]
    for kind in (
        "ContactTransferred",
        "ConsultStarted",
        "ConsultJoined",
        "VisitTakenOver",
        "PartyCalled",
        "PartyLeft",
    ):
        assert kind in kinds, (kind, kinds)
    names_nobody(centre, li, CALLER, NUMBER.removeprefix("+86"), "needs patience")


def _story(centre: Running, li: Desk, ming: Desk, outside: Phone, customer: Caller) -> None:
    # Handed on to a queue, unheard.
    people = li.client.get("/desk/targets", params={"q": "李明"}).json()
    assert [(it["id"], it["state"]) for it in people["agents"]] == [("a1196", "free")], people
    (experts,) = li.client.get("/desk/targets", params={"q": "专家"}).json()["queues"]
    assert (experts["free"], experts["second_line"], people["outside"]) == (1, True, True)
    notes = {"demand": "technical", "mood": "worried", "note": "needs patience"}
    assert li.ask("transfer", {"to": {"queue": experts["id"]}, "notes": notes}) == (204, "")
    li.phone.wait_over()
    ming.phone.wait_again()
    ming.phone.answer()
    customer.wait_tone(SECOND)
    ming.phone.wait_tone(CUSTOMER)
    ming.wait("active")
    seen(ming, lambda it: it["transferred_from"] == "王小兰" and it["notes"]["note"] == "needs patience", "the notes")
    assert ming.assignment["notes"] == {**notes, "by": "王小兰"}
    wrapped_up(li)

    # Who may not call outside does not by a transfer, nor does anybody to where nobody may call.
    before = refused(centre, "dial.not_allowed")
    assert ming.ask("transfer", {"to": {"number": NUMBER}}) == (403, "dial.not_allowed")
    assert ming.ask("consult", {"to": {"number": NUMBER}}) == (403, "dial.not_allowed")
    assert refused(centre, "dial.not_allowed") == before + 2
    assert not outside.asked.is_set()
    customer.wait_tone(SECOND)

    # A colleague is asked; the program is killed while their phone rings.
    assert ming.ask("consult", {"to": {"agent": li.agent}})[0] == 201
    li.phone.wait_again()
    until(lambda: music(customer), what="the customer is on hold")
    seen(ming, lambda it: [c["state"] for c in it["consults"]] == ["ringing"], "that it rings")
    centre.kill()
    centre.start()
    li.phone.answer()
    li.phone.wait_tone(SECOND)
    ming.phone.wait_tone(FIRST)
    until(lambda: music(customer), what="the customer hears nothing of it")
    seen(ming, lambda it: it["talk"] == "consult" and [c["name"] for c in it["consults"]] == ["王小兰"], "with whom")
    seen(li, lambda it: it["role"] == "consulted" and it["owner_name"] == "李明", "who asks")
    ming.do("swap")
    customer.wait_tone(SECOND)
    ming.phone.wait_tone(CUSTOMER)
    until(lambda: music(li.phone), what="who is left hears music")
    centre.kill()
    centre.start()
    ming.do("swap")
    li.phone.wait_tone(SECOND)
    until(lambda: music(customer), what="the customer is on hold again")
    ming.do("join")
    customer.wait_tones(FIRST, SECOND)
    ming.phone.wait_tones(CUSTOMER, FIRST)
    li.phone.wait_tones(CUSTOMER, SECOND)
    seen(ming, lambda it: it["talk"] == "all", "that all talk")

    # The owner leaves the conference; who stays has the customer, and asks somebody outside.
    ming.do("complete")
    ming.phone.wait_over()
    customer.wait_tone(FIRST)
    li.phone.wait_tone(CUSTOMER)
    wrapped_up(ming)
    seen(li, lambda it: it["role"] == "owner" and it["state"] == "active", "that they own it")
    assert li.ask("consult", {"to": {"number": "+14155552671"}}) == (403, "dial.not_allowed")
    status, consult = li.ask("consult", {"to": {"number": NUMBER}})
    assert status == 201, consult
    invite = outside.wait_again()
    assert invite.start.startswith(f"INVITE sip:{NUMBER}@")
    until(lambda: music(customer), what="the customer is on hold")
    outside.answer()
    li.phone.wait_tone(OUTSIDE)
    outside.wait_tone(FIRST)
    until(lambda: music(customer), what="the customer hears nothing of it")
    seen(li, lambda it: [c["number"] for c in it["consults"]] == [NUMBER], "whom they called")
    id = li.assignment["id"].replace("/", "~")
    assert li.client.delete(f"/desk/assignments/{id}/consult").status_code == 204
    outside.wait_over()
    customer.wait_tone(FIRST)

    # Handed on to somebody outside, for good.
    assert li.ask("transfer", {"to": {"number": NUMBER}}) == (204, "")
    li.phone.wait_over()
    outside.wait_again()
    outside.answer()
    customer.wait_tone(OUTSIDE)
    outside.wait_tone(CUSTOMER)
    outside.hang_up()
    customer.wait_over()
    wrapped_up(li)
