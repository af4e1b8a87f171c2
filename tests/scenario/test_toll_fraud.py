"""Who gets nowhere at a running centre: strangers, phones and pages that dial what is not theirs, bad trunks."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from qingting.telephony.asterisk.endpoints import trunk_endpoint

from ..browser.story import contacts, until
from ..caller import Caller
from ..centre import Client, Running
from ..patience import PATIENCE_S
from ..phone import Phone, WebPhone
from . import one_centre
from .desk import Desk, counted, names_nobody, refused

pytestmark = [pytest.mark.asterisk]

centre, admin, trunk_port, desk = one_centre.centre, one_centre.admin, one_centre.trunk_port, one_centre.desk

OUTSIDE = "+8613900010001"

# --- toll fraud -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialled", [OUTSIDE, "10080", "+861088880000"])
def test_a_stranger_reaches_nobody(
    centre: Running, admin: Client, trunk_port: int, tmp_path: Path, dialled: str
) -> None:
    """Whose address is no trunk's: neither outside, nor even the menu."""
    before, known = refused(centre, "call.unknown_source"), len(contacts(admin))
    with (
        Phone(tmp_path, centre.sip_port, "outside", host="127.0.0.1", port=trunk_port) as outside,
        Phone(tmp_path, centre.sip_port, "anna", "guess", host="127.0.0.2") as stranger,
    ):
        assert stranger.call(dialled) == 401
        assert not outside.asked.is_set()
    until(lambda: refused(centre, "call.unknown_source") > before, what="it is counted")
    assert len(contacts(admin)) == known


def test_who_names_a_phone_or_trunk_is_not_it(centre: Running, desk: Desk, trunk_port: int, tmp_path: Path) -> None:
    """A From that names a known phone asks for its secret; a trunk's name in it proves nothing."""
    with Phone(tmp_path, centre.sip_port, desk.issued["username"], host="127.0.0.2") as stranger:
        assert stranger.call("10080") == 401
    tenant = desk.client.me["tenant"]["id"]
    for name in (trunk_endpoint(f"{tenant}.local"), f"{tenant}.local", "local"):
        with Phone(tmp_path, centre.sip_port, name, host="127.0.0.2") as stranger:
            assert stranger.call("10080") == 401


def test_an_agents_phone_does_not_dial_outside_by_itself(
    centre: Running, desk: Desk, trunk_port: int, tmp_path: Path
) -> None:
    """Every call outside passes the permission: from the desk, never from the phone's own keys."""
    before = refused(centre, "call.unknown_number")
    with Phone(tmp_path, centre.sip_port, "outside", host="127.0.0.1", port=trunk_port) as outside:
        for dialled in (OUTSIDE, "013900010001", "0014155552671", "trunk-1", "a1196"):
            assert desk.phone.call(dialled) in (404, 603, 403), dialled
        assert not outside.asked.is_set()
    until(lambda: refused(centre, "call.unknown_number") >= before + 5, what="each is counted")


def page_call(centre: Running) -> httpx.Response:
    """What the page asks for to call."""
    asked = {"entry": "demo", "language": "zh"}
    return httpx.post(f"{centre.base}/api/v1/public/calls", json=asked, timeout=PATIENCE_S)


def through_the_edge(centre: Running, token: str) -> ClientConnection:
    offered = [Subprotocol("sip"), Subprotocol(f"token.{token}")]
    return connect(
        f"{centre.base.replace('http', 'ws', 1)}/sip",
        origin=centre.base,
        subprotocols=offered,
        open_timeout=PATIENCE_S,
    )


def test_a_web_call_reaches_its_entry_only(
    centre: Running, desk: Desk, admin: Client, trunk_port: int, tmp_path: Path
) -> None:
    """Who calls from the page has a credential for that page, whatever else they dial with it."""
    entry = {"name": "另一页", "kind": "web", "key": "another", "line": "telecom", "flow": "main"}
    made = admin.post("/entry-points", json=entry)
    assert made.status_code == 201, made.text
    issued = page_call(centre)
    assert issued.status_code == 201, issued.text
    given = issued.json()
    token = given["token"]
    before, known = refused(centre, "call.unknown_number"), len(admin.get("/contacts").json()["items"])
    with (
        Phone(tmp_path, centre.sip_port, "outside", host="127.0.0.1", port=trunk_port) as outside,
        through_the_edge(centre, token) as socket,
        WebPhone(tmp_path, centre.sip_port, given["endpoint"], given["secret"], socket) as page,
    ):
        assert page.register() == 200
        elsewhere = (OUTSIDE, "013900010001", "10080", "+861088880000", "another", desk.issued["username"])
        for dialled in elsewhere:
            assert page.call(dialled) in (404, 603), dialled
        assert not outside.asked.is_set()
        assert not desk.phone.asked.is_set()
        until(lambda: refused(centre, "call.unknown_number") == before + len(elsewhere), what="each is counted")
        assert len(admin.get("/contacts").json()["items"]) == known
        assert page.call("demo") == 200
        until(lambda: len(admin.get("/contacts").json()["items"]) == known + 1, what="the call is known")
        page.hang_up()
    admin.delete(f"/entry-points/{made.json()['id']}").raise_for_status()


def test_web_calls_are_few_from_one_place(centre: Running) -> None:
    answers = [page_call(centre) for _ in range(8)]
    (first, *_), last = answers, answers[-1]
    assert {it.status_code for it in answers} == {201, 429}
    assert first.status_code == 201
    assert (last.status_code, last.json()["error"]["code"]) == (429, "web_call.too_many")
    assert int(last.headers["retry-after"]) > 0
    assert counted(centre, 'qingting_refused_total{code="web_call.too_many"}') > 0


@pytest.mark.parametrize("token", ["", "guess", "x" * 5000])
def test_the_edge_is_closed_to_strangers(centre: Running, token: str) -> None:
    before = refused(centre, "web_call.bad_token")
    with pytest.raises(InvalidStatus) as closed, through_the_edge(centre, token):
        pass
    assert closed.value.response.status_code == 403
    if token:
        until(lambda: refused(centre, "web_call.bad_token") == before + 1, what="it is counted")


def standing(admin: Client, trunk: str) -> str:
    (found,) = (it["state"] for it in admin.get("/trunk-states").json()["items"] if it["id"] == trunk)
    return str(found)


def test_a_trunk_that_cannot_be_is_nobody_elses_trouble(centre: Running, admin: Client, tmp_path: Path) -> None:
    """Words that would break out of a setting are refused; a host that is nowhere stops no other trunk."""
    trunk = {"id": "broken", "name": "Broken", "host": "nowhere.invalid", "caller_number": "+861088880000"}
    for field, value in (
        ("host", "127.0.0.1\r\nX-Evil: 1"),
        ("host", "127.0.0.1;transport=tls"),
        ("username", "a\nb"),
        ("secret", "a\r\npassword=b"),
        ("secret", "a;b"),
        ("caller_number", "+861088880000\r\nX-Evil: 1"),
        ("addresses", ["127.0.0.1/32,0.0.0.0/0"]),
    ):
        answer = admin.post("/trunks", json={**trunk, field: value})
        assert answer.status_code == 422, (field, value, answer.text)
    assert admin.post("/trunks", json={**trunk, "secret": "long enough 1!"}).status_code == 201
    try:
        until(lambda: standing(admin, "broken") == "unknown_host", what="the page says what is wrong with it")
        centre.kill()
        centre.kill_engine()
        centre.start()
        with Caller(tmp_path, centre.sip_port, number="13812340009") as customer:
            customer.wait_answered()
            customer.wait_sound()
    finally:
        assert admin.delete("/trunks/broken").status_code == 204


# --- what the log tells -----------------------------------------------------------------------------------


def test_the_log_names_nobody(centre: Running, desk: Desk) -> None:
    """After all of the above."""
    names_nobody(centre, desk, "13812340009", "13900010001", "guess")
