"""Telephones at a running centre: desk phones, calls to outside, where callers call from.

Agents act through the interface that the desk uses.
"""

from __future__ import annotations

import io
import json
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ..browser.story import contact, to_service, until
from ..caller import Caller, loudest
from ..centre import Client, Running
from ..patience import PATIENCE_S
from ..phone import Phone
from . import one_centre
from .desk import PHONE_TONE, Desk, change, names_nobody, refused

pytestmark = [pytest.mark.asterisk]

centre, admin, trunk_port, desk = one_centre.centre, one_centre.admin, one_centre.trunk_port, one_centre.desk
dialling_desk = one_centre.dialling_desk

CALLER_TONE, OUTSIDE_TONE, VOICEMAIL_TONE = 440, 720, 1000
OUTSIDE = "+8613900010001"

# --- desk phones ------------------------------------------------------------------------------------------


def test_a_desk_phone_takes_a_call(centre: Running, desk: Desk, admin: Client, tmp_path: Path) -> None:
    number = "13812340001"
    with Caller(tmp_path, centre.sip_port, number=number) as customer:
        customer.wait_answered()
        to_service(customer)
        invite = desk.phone.wait_ringing()
        assert f"+86{number}" in invite["From"]
        assert not invite["X-Qingting-Auto"], "the agent answers, not the phone"
        desk.wait("offered")
        until(lambda: desk.assignment["caller"]["number"] == f"+86{number}", what=f"who calls: {desk.assignment}")
        desk.phone.answer()
        customer.wait_tone(PHONE_TONE)
        desk.phone.wait_tone(CALLER_TONE)
        desk.wait("active")
        desk.do("hold")
        until(lambda: abs(customer.heard(0.5)[0] - PHONE_TONE) > 15, what="who is on hold hears music")
        desk.do("resume")
        customer.wait_tone(PHONE_TONE)
        desk.phone.hang_up()
        customer.wait_over()
    desk.wait("wrap_up")
    desk.do("finish")
    until(lambda: contact(admin, f"+86{number}")["outcome"] == "answered", what="it was answered")


def test_a_desk_phone_needs_its_secret(centre: Running, desk: Desk, admin: Client, tmp_path: Path) -> None:
    before = refused(centre, "call.wrong_secret")
    with Phone(tmp_path, centre.sip_port, desk.issued["username"], "guess", host="127.0.0.5") as thief:
        assert thief.register() == 401
        until(lambda: refused(centre, "call.wrong_secret") > before, what="it is counted")
    assert desk.me["routability"] == "routable", "and disturbs nobody"

    admin.delete(f"/agents/{desk.agent}/phone").raise_for_status()
    until(lambda: desk.me["routability"] == "unreachable", what=f"calls do not go there any more: {desk.me}")
    assert desk.phone.register() == 401


def test_a_new_secret_makes_the_old_one_void(centre: Running, desk: Desk, admin: Client, tmp_path: Path) -> None:
    again = admin.post(f"/agents/{desk.agent}/phone").json()
    assert again["secret"] != desk.issued["secret"]
    assert desk.phone.register() == 401
    with Phone(tmp_path, centre.sip_port, again["username"], again["secret"], host="127.0.0.6") as phone:
        assert phone.register() == 200
        desk.until_routable()


# --- nobody there -----------------------------------------------------------------------------------------


def test_a_message_in_their_own_words(centre: Running, admin: Client, tmp_path: Path) -> None:
    """Nobody is on duty: a tone, the caller's words, a key; what they said is kept, encrypted, and can be heard."""
    number = "13812340009"
    before = admin.get("/queues/service").json()["overflow"]
    change(admin, "queues", "service", overflow=[{"when": "no_agents", "to": "voicemail"}])
    with Caller(tmp_path, centre.sip_port, number=number) as customer:
        customer.wait_answered()
        to_service(customer)
        customer.wait_tone(VOICEMAIL_TONE)
        until_s = time.monotonic() + PATIENCE_S
        while customer.talking and time.monotonic() < until_s:  # who is too quick for a slow machine is asked again
            time.sleep(2.0)
            customer.press("#")
        customer.wait_over()
    change(admin, "queues", "service", overflow=before)

    def message() -> dict[str, Any]:
        found = [it for it in admin.get("/messages").json()["items"] if it["number"] == f"+86{number}"]
        return found[0] if found else {"recording": {"state": "", "error": ""}}

    until(lambda: message()["recording"]["state"] == "ready", what=f"it can be heard: {message()}")
    recording = message()["recording"]
    assert not recording["error"]
    answer = admin.get(f"/recordings/{recording['id']}/audio", params={"channel": "customer"})
    with wave.open(io.BytesIO(answer.content)) as sound:
        said = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(float)
        assert sound.getnframes() >= sound.getframerate()
    assert abs(loudest(said)[0] - CALLER_TONE) < 10
    stored = next((centre.data / "recordings").rglob(f"{recording['id']}.qtr")).read_bytes()
    assert b"RIFF" not in stored[:4096]
    assert not list((centre.data / "spool").iterdir()), "nothing plain is left"
    admin.post(f"/messages/{message()['id']}/close", json={"how": "answered"}).raise_for_status()


# --- calling outside --------------------------------------------------------------------------------------


def test_an_agent_calls_outside(
    centre: Running, dialling_desk: Desk, admin: Client, trunk_port: int, tmp_path: Path
) -> None:
    desk = dialling_desk
    with Phone(tmp_path, centre.sip_port, "outside", host="127.0.0.1", port=trunk_port, tone=OUTSIDE_TONE) as party:
        status, made = desk.call("139 0001 0001")
        assert status == 201, made
        assert desk.phone.wait_ringing()["X-Qingting-Auto"] == "1", "a phone that asked for this call takes it"
        assert not party.asked.is_set(), "nobody outside is rung before the agent is there"
        desk.phone.answer()
        invite = party.wait_ringing()
        assert invite.start.startswith(f"INVITE sip:{OUTSIDE}@127.0.0.1:{trunk_port}")
        assert "+861088880000" in invite["From"], "the trunk's number is shown, not the dialled one"
        assert desk.issued["username"] not in json.dumps(invite.headers)
        party.answer()
        party.wait_tone(PHONE_TONE)
        desk.phone.wait_tone(OUTSIDE_TONE)
        desk.wait("active")
        party.hang_up()
        desk.phone.wait_over()
    assert desk.wait("wrap_up")["direction"] == "out"
    desk.do("finish")
    until(lambda: admin.get(f"/contacts/{made}").json().get("ended_at"), what="the contact ends")
    found = admin.get(f"/contacts/{made}").json()
    assert (found["number"], found["direction"], found["agent"]) == (OUTSIDE, "out", desk.agent)


@pytest.mark.parametrize(("answer", "cause"), [(486, "busy"), (603, "rejected"), (404, "unreachable")])
def test_nobody_answers_outside(
    centre: Running, dialling_desk: Desk, admin: Client, trunk_port: int, tmp_path: Path, answer: int, cause: str
) -> None:
    desk = dialling_desk
    with Phone(tmp_path, centre.sip_port, "outside", host="127.0.0.1", port=trunk_port, refuses=answer) as party:
        status, made = desk.call(OUTSIDE)
        assert status == 201, made
        desk.phone.wait_ringing()
        desk.phone.answer()
        until(party.asked.is_set, what=f"the outside party is rung: {desk.assignments}")
        desk.phone.wait_over()
    assert desk.wait("wrap_up")["end_cause"] == cause
    until(lambda: admin.get(f"/contacts/{made}").json().get("ended_at"), what="the read model follows")
    found = admin.get(f"/contacts/{made}").json()
    assert (found["outcome"], found["cause"]) == ("not_reached", cause)
    desk.do("finish")
    until(lambda: desk.me["routability"] == "routable", what="the agent goes on")


def test_calls_outside_need_leave(
    centre: Running, desk: Desk, admin: Client, trunk_port: int, tmp_path: Path
) -> None:
    """Permission, destination, how often: each refusal has its code and is counted; nothing leaves by the trunk."""
    with Phone(tmp_path, centre.sip_port, "outside", host="127.0.0.1", port=trunk_port) as outside:
        before = refused(centre, "dial.not_allowed")
        (user,) = (it for it in admin.get("/users", params={"limit": 200}).json()["items"] if it["name"] == desk.name)
        admin.patch(f"/users/{user['id']}", json={"roles": ["agent"]}).raise_for_status()
        desk.client = centre.client(desk.name)
        assert desk.call(OUTSIDE) == (403, "dial.not_allowed"), "the role does not allow it"
        admin.patch(f"/users/{user['id']}", json={"roles": ["agent", "supervisor"]}).raise_for_status()
        desk.client = centre.client(desk.name)
        assert desk.call("+14155552671") == (403, "dial.not_allowed"), "nothing abroad is a destination"
        assert desk.call("110") == (403, "dial.not_allowed")
        change(admin, "agents", desk.agent, dial_out=False)
        assert desk.call(OUTSIDE) == (403, "dial.not_allowed"), "this agent may not"
        change(admin, "agents", desk.agent, dial_out=True)
        assert refused(centre, "dial.not_allowed") == before + 4

        before = refused(centre, "dial.bad_number")
        for bad in ("anna", "+86139000100011111", "1", OUTSIDE + "\r\nX-Evil: 1", "sip:+8613900010001@evil.example",
                    "+8613900010001;phone-context=x", "+8613900010001@10.0.0.1", "٠١٢٣٤٥٦٧٨٩"):  # fmt: skip
            assert desk.call(bad) == (422, "dial.bad_number"), bad
        assert refused(centre, "dial.bad_number") == before + 8

        before = refused(centre, "dial.too_many")
        change(admin, "destinations", "inland", max_per_hour=0)
        assert desk.call(OUTSIDE) == (429, "dial.too_many")
        assert refused(centre, "dial.too_many") == before + 1
        change(admin, "destinations", "inland", max_per_hour=200)
        assert not outside.asked.is_set()
        assert not desk.phone.asked.is_set()


def test_so_many_calls_an_hour(
    centre: Running, dialling_desk: Desk, admin: Client, trunk_port: int, tmp_path: Path
) -> None:
    """Calls that were made count; those that the centre refused by itself do not."""
    desk = dialling_desk
    answer = admin.post(
        "/destinations", json={"id": "shanghai", "name": "上海", "pattern": "+8621", "max_per_hour": 1}
    )
    assert answer.status_code == 201, answer.text
    number = "+862162626262"
    desk.client.post("/desk/presence", json={"presence": "offline"}).raise_for_status()
    assert desk.call(number) == (409, "agent.offline")
    desk.until_routable()
    with Phone(tmp_path, centre.sip_port, "outside", host="127.0.0.1", port=trunk_port, refuses=486) as party:
        assert desk.call(number)[0] == 201
        desk.phone.wait_ringing()
        desk.phone.answer()
        party.wait_ringing()
    desk.wait("wrap_up")
    desk.do("finish")
    assert desk.call(number) == (429, "dial.too_many")
    admin.delete("/destinations/shanghai").raise_for_status()


# --- called back -------------------------------------------------------------------------------------------


def test_a_caller_does_not_wait_on_the_line(
    centre: Running, desk: Desk, admin: Client, trunk_port: int, tmp_path: Path
) -> None:
    """Nobody is free: a key, a word, the line is theirs again. The agent's phone rings first, then theirs."""
    number = "13812340031"
    desk.client.post("/desk/presence", json={"presence": "not_ready", "reason": "break"}).raise_for_status()
    with Caller(tmp_path, centre.sip_port, number=number) as customer:
        customer.wait_answered()
        to_service(customer)
        until(lambda: contact(admin, f"+86{number}")["outcome"] == "waiting", what="they wait")
        customer.press("1")
        customer.wait_over()
    with Phone(tmp_path, centre.sip_port, "outside", host="127.0.0.1", port=trunk_port, tone=OUTSIDE_TONE) as party:
        desk.until_routable()
        invite = desk.phone.wait_ringing()
        assert f"+86{number}" in invite["From"]
        assert not party.asked.is_set(), "the customer is not rung before an agent is there"
        desk.phone.answer()
        assert party.wait_ringing().start.startswith(f"INVITE sip:+86{number}@")
        party.answer()
        party.wait_sound()
        party.wait_tone(PHONE_TONE)
        desk.phone.wait_tone(OUTSIDE_TONE)
        desk.wait("active")
        party.hang_up()
        desk.phone.wait_over()
    assert desk.wait("wrap_up")["queue"] == "service"
    desk.do("finish")

    def calls() -> set[tuple[str, str, str]]:
        found = admin.get("/contacts", params={"number": number}).json()["items"]
        return {(it["direction"], it["outcome"], it["agent"]) for it in found if it["number"] == f"+86{number}"}

    until(lambda: calls() == {("in", "flow_out", ""), ("out", "answered", desk.agent)}, what=f"both calls: {calls()}")


# --- where callers call from ------------------------------------------------------------------------------

LOCAL_FLOW = """\
languages: [zh]
person: sales
nodes:
  main:
    queue: {to: sales}
"""


def test_callers_of_one_town_have_an_entry_of_their_own(centre: Running, admin: Client, tmp_path: Path) -> None:
    made = admin.post("/flows", json={"id": "shanghai", "name": "上海", "text": LOCAL_FLOW})
    assert made.status_code == 201, made.text
    version = made.json()["version"]
    admin.post("/flows/shanghai/publish", json={"version": version}).raise_for_status()
    entry = {"name": "上海", "key": "+861088880000", "line": "telecom", "localities": ["021"], "flow": "shanghai"}
    made = admin.post("/entry-points", json=entry)
    assert made.status_code == 201, made.text
    shanghai = made.json()["id"]
    for number, expected in (
        ("+862162626262", shanghai),
        ("02162626263", shanghai),
        ("+861065656565", "number"),
        ("anonymous", "number"),
    ):
        known = {it["id"] for it in admin.get("/contacts").json()["items"]}
        with Caller(tmp_path, centre.sip_port, dial="+861088880000", number=number) as customer:
            customer.wait_answered()

            def new(known: set[str] = known) -> list[dict[str, Any]]:
                return [it for it in admin.get("/contacts").json()["items"] if it["id"] not in known]

            until(new, what=f"the call of {number} is known")
            assert new()[0]["entry"] == expected, number
            if expected == shanghai:
                until(lambda: new()[0]["queue"] == "sales", what="their flow leads straight to sales")
    admin.delete(f"/entry-points/{shanghai}").raise_for_status()


# --- what the log tells -----------------------------------------------------------------------------------


def test_the_log_names_nobody(centre: Running, desk: Desk) -> None:
    """After all of the above."""
    names_nobody(centre, desk, "13812340001", "13812340031", "13900010001", "62162626", "65656565", "王小兰", "guess")
