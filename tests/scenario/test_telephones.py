"""Telephones at a running centre: desk phones, calls to outside, where callers call from, and who gets nowhere.

One centre serves all of these; agents act through the interface that the desk uses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from qingting.telephony.asterisk.endpoints import trunk_endpoint

from ..browser.story import contact, contacts, to_service, until
from ..caller import Caller
from ..centre import Client, Running
from ..centre import centre as running_centre
from ..contract.engine import free_ports
from ..phone import Phone, WebPhone

pytestmark = [pytest.mark.asterisk, pytest.mark.serial, pytest.mark.timeout(300)]

CALLER_TONE, PHONE_TONE, OUTSIDE_TONE = 440, 600, 720
OUTSIDE = "+8613900010001"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    prompts = tmp_path_factory.getbasetemp() / "prompts"
    with running_centre(tmp_path_factory.mktemp("telephones"), prompts) as it:
        yield it


@pytest.fixture(scope="module")
def admin(centre: Running) -> Client:
    return centre.client("admin")


@pytest.fixture(scope="module")
def trunk_port(admin: Client) -> int:
    """Where the demonstration's trunk leads to: nobody is there until a test puts somebody."""
    (port,) = free_ports(1)
    change(admin, "trunks", "local", port=port)
    return port


class Desk:
    """An agent with a desk phone, available."""

    def __init__(self, centre: Running, admin: Client, folder: Path, name: str) -> None:
        self.agent, self.name = f"a{name}", name
        self.admin = admin
        issued = admin.post(f"/agents/{self.agent}/phone")
        assert issued.status_code == 201, issued.text
        self.issued = issued.json()
        self.phone = Phone(
            folder, centre.sip_port, self.issued["username"], self.issued["secret"], tone=PHONE_TONE
        ).__enter__()
        assert self.phone.register() == 200
        self.client = centre.client(name)
        self.centre = centre
        self.until_routable()

    def until_routable(self) -> None:
        self.client.post("/desk/presence", json={"presence": "available"}).raise_for_status()
        until(lambda: self.me["routability"] == "routable", what=f"{self.name} is routable: {self.me}")

    @property
    def assignments(self) -> list[dict[str, Any]]:
        return list(self.state.get("assignments", {}).values())

    @property
    def state(self) -> dict[str, Any]:
        return snapshot(self.centre, self.client, "desk")

    @property
    def me(self) -> dict[str, Any]:
        me: dict[str, Any] = self.state["me"]["me"]
        return me

    @property
    def assignment(self) -> dict[str, Any]:
        """The one that there is."""
        (it,) = self.assignments
        return it

    def wait(self, state: str) -> dict[str, Any]:
        until(
            lambda: [it["state"] for it in self.assignments] == [state],
            what=f"the desk's call is {state}: {self.assignments}",
        )
        return self.assignment

    def do(self, verb: str) -> None:
        id = self.assignment["id"].replace("/", "~")
        answer = self.client.post(f"/desk/assignments/{id}/{verb}")
        assert answer.status_code == 204, answer.text

    def call(self, number: str) -> tuple[int, str]:
        """(status, contact or the error's code)."""
        answer = self.client.post("/desk/calls", json={"number": number})
        body = answer.json()
        return answer.status_code, body["contact"] if answer.status_code == 201 else body["error"]["code"]

    def leave(self) -> None:
        for it in self.assignments:
            id = it["id"].replace("/", "~")
            if it["state"] != "wrap_up":
                self.client.post(f"/desk/assignments/{id}/hang_up")
            self.client.post(f"/desk/assignments/{id}/finish")
        self.client.post("/desk/presence", json={"presence": "offline"})
        self.phone.__exit__(None, None, None)
        self.admin.delete(f"/agents/{self.agent}/phone")


@pytest.fixture
def desk(centre: Running, admin: Client, tmp_path: Path) -> Iterator[Desk]:
    it = Desk(centre, admin, tmp_path, "3850")
    yield it
    it.leave()


@pytest.fixture
def dialling_desk(admin: Client, desk: Desk) -> Desk:
    """Whose agent may call outside."""
    (user,) = (it for it in admin.get("/users", params={"limit": 200}).json()["items"] if it["name"] == desk.name)
    admin.patch(f"/users/{user['id']}", json={"roles": ["agent", "supervisor"]}).raise_for_status()
    desk.client = desk.centre.client(desk.name)
    return desk


def snapshot(centre: Running, client: Client, stream: str) -> dict[str, Any]:
    cookie = f"qt_session={client.cookies['qt_session']}"
    url = f"{centre.base.replace('http', 'ws', 1)}/api/v1/live/{stream}"
    with connect(url, origin=centre.base, additional_headers={"Cookie": cookie}) as socket:
        state: dict[str, Any] = json.loads(socket.recv(10))["state"]
        return state


def change(admin: Client, kind: str, id: str, **fields: Any) -> None:
    was = admin.get(f"/{kind}/{id}").json()
    body = {
        k: v for k, v in was.items() if k not in ("id", "has_secret", "has_phone", "published_version", "problems")
    }
    answer = admin.put(f"/{kind}/{id}", json={**body, **fields})
    assert answer.status_code == 200, answer.text


def refused(centre: Running, code: str) -> float:
    return counted(centre, f'qingting_refused_total{{code="{code}"}}')


def counted(centre: Running, series: str) -> float:
    found = re.search(rf"^{re.escape(series)} (\S+)$", httpx.get(f"{centre.base}/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0.0


# --- desk phones ------------------------------------------------------------------------------------------


def test_a_desk_phone_takes_a_call(centre: Running, desk: Desk, admin: Client, tmp_path: Path) -> None:
    number = "13812340001"
    with Caller(tmp_path, centre.sip_port, number=number) as customer:
        customer.wait_answered()
        to_service(customer)
        invite = desk.phone.wait_ringing(30)
        assert f"+86{number}" in invite["From"]
        assert not invite["X-Qingting-Auto"], "the agent answers, not the phone"
        assert desk.wait("offered")["caller"]["number"] == f"+86{number}"
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
    until(lambda: admin.get(f"/contacts/{made}").json()["ended_at"], what="the contact ends")
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
    until(lambda: admin.get(f"/contacts/{made}").json()["ended_at"], what="the read model follows")
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
    assert refused(centre, "call.unknown_number") >= before + 5


def through_the_edge(centre: Running, token: str) -> ClientConnection:
    url = f"{centre.base.replace('http', 'ws', 1)}/sip?token={token}"
    return connect(url, origin=centre.base, subprotocols=[Subprotocol("sip")])


def test_a_web_call_reaches_its_entry_only(
    centre: Running, desk: Desk, admin: Client, trunk_port: int, tmp_path: Path
) -> None:
    """Who calls from the page has a credential for that page, whatever else they dial with it."""
    entry = {"name": "另一页", "kind": "web", "key": "another", "line": "telecom", "flow": "main"}
    made = admin.post("/entry-points", json=entry)
    assert made.status_code == 201, made.text
    issued = httpx.post(f"{centre.base}/api/v1/public/calls", json={"entry": "demo", "language": "zh"})
    assert issued.status_code == 201, issued.text
    given = issued.json()
    token = given["ws"].removeprefix("/sip?token=")
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
        assert refused(centre, "call.unknown_number") == before + len(elsewhere)
        assert len(admin.get("/contacts").json()["items"]) == known
        assert page.call("demo") == 200
        until(lambda: len(admin.get("/contacts").json()["items"]) == known + 1, what="the call is known")
        page.hang_up()
    admin.delete(f"/entry-points/{made.json()['id']}").raise_for_status()


def test_web_calls_are_few_from_one_place(centre: Running) -> None:
    answers = [httpx.post(f"{centre.base}/api/v1/public/calls", json={"entry": "demo"}) for _ in range(8)]
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
        assert refused(centre, "web_call.bad_token") == before + 1


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
        centre.kill()
        centre.kill_engine()
        centre.start()
        with Caller(tmp_path, centre.sip_port, number="13812340009") as customer:
            customer.wait_answered(30)
            customer.wait_sound()
    finally:
        assert admin.delete("/trunks/broken").status_code == 204


# --- what the log tells -----------------------------------------------------------------------------------


def test_the_log_names_nobody(centre: Running, desk: Desk) -> None:
    """After all of the above: no number, no name, no secret, no token stands in it."""
    _, _, log = centre.words().partition("lost one?")
    assert "request" in log
    cookie = desk.client.cookies["qt_session"]
    for what in (
        "13812340001", "13900010001", "62162626", "65656565", "王小兰", "guess", cookie, desk.client.me["csrf"],
        desk.issued["secret"], desk.issued["username"], *centre.passwords.values(),
    ):  # fmt: skip
        assert what not in log, what
