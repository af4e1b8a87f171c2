"""An agent with a desk phone, and what a program sees of a running centre."""

from __future__ import annotations

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect
from websockets.typing import Origin

from ..browser.story import until
from ..centre import Client, Running
from ..patience import PATIENCE_S
from ..phone import Phone

PHONE_TONE = 600
SHOWN_ONLY = ("id", "has_secret", "has_phone", "published_version", "problems", "warnings")


class Desk:
    """An agent with a desk phone, available. `at`: another site's centre (and its administrator) has the phone."""

    def __init__(
        self,
        centre: Running,
        admin: Client,
        folder: Path,
        name: str,
        tone: int = PHONE_TONE,
        at: tuple[Running, Client] | None = None,
    ) -> None:
        self.agent, self.name = f"a{name}", name
        there, self.admin = at or (centre, admin)
        issued = self.admin.post(f"/agents/{self.agent}/phone")
        assert issued.status_code == 201, issued.text
        self.issued = issued.json()
        user, secret = self.issued["username"], self.issued["secret"]
        self.phone = Phone(folder, there.sip_port, user, secret, tone=tone, centre=there.sip_host).__enter__()
        assert self.phone.register() == 200
        self.client = centre.client(name)
        self.centre = centre
        self.until_routable()

    def until_routable(self) -> None:
        self.client.post("/desk/presence", json={"presence": "available"}).raise_for_status()
        # busy: with a call that waited for them
        until(lambda: self.me["routability"] in ("routable", "busy"), what=f"{self.name} is routable: {self.me}")

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

    def ask(self, what: str, body: dict[str, Any]) -> tuple[int, str]:
        """`transfer` or `consult`: (status, the consult or the error's code)."""
        id = self.assignment["id"].replace("/", "~")
        answer = self.client.post(f"/desk/assignments/{id}/{what}", json=body)
        if answer.status_code >= 400:
            return answer.status_code, answer.json()["error"]["code"]
        return answer.status_code, answer.json()["consult"] if answer.status_code == 201 else ""

    def call(self, number: str) -> tuple[int, str]:
        """(status, contact or the error's code)."""
        answer = self.client.post("/desk/calls", json={"number": number})
        body = answer.json()
        return answer.status_code, body["contact"] if answer.status_code == 201 else body["error"]["code"]

    def leave(self) -> None:
        go_home(self.client, self.centre)
        self.phone.__exit__(None, None, None)
        self.admin.delete(f"/agents/{self.agent}/phone")


def go_home(client: Client, centre: Running) -> None:
    """An agent is done with everything, and offline."""

    def done() -> bool:
        left = snapshot(centre, client, "desk").get("assignments", {}).values()
        for it in left:
            verb = {"offered": "decline", "wrap_up": "finish"}.get(it["state"], "hang_up")
            client.post(f"/desk/assignments/{it['id'].replace('/', '~')}/{verb}")
        return not left

    client.post("/desk/presence", json={"presence": "offline"})
    until(done, what=f"{client.me['user']['name']} is done")


def snapshot(centre: Running, client: Client, stream: str) -> dict[str, Any]:
    cookie = f"qt_session={client.cookies['qt_session']}"
    url = f"{centre.base.replace('http', 'ws', 1)}/api/v1/live/{stream}"
    trust = centre.trust()
    ssl = None if isinstance(trust, bool) else trust
    who = {"Cookie": cookie}

    async def first() -> str | bytes:
        origin = Origin(centre.base)
        async with connect(url, origin=origin, additional_headers=who, ssl=ssl, open_timeout=PATIENCE_S) as socket:
            async with asyncio.timeout(PATIENCE_S):
                return await socket.recv()

    # In a thread, for a browser's loop runs in this one; by one that reads and writes in turns, for two threads at
    # once on one TLS connection lose what they say now and then.
    with ThreadPoolExecutor(1) as apart:
        state: dict[str, Any] = json.loads(apart.submit(asyncio.run, first()).result())["state"]
        return state


def change(admin: Client, kind: str, id: str, **fields: Any) -> None:
    was = admin.get(f"/{kind}/{id}").json()
    body = {k: v for k, v in was.items() if k not in SHOWN_ONLY}
    answer = admin.put(f"/{kind}/{id}", json={**body, **fields})
    assert answer.status_code == 200, answer.text


def refused(centre: Running, code: str) -> float:
    return counted(centre, f'qingting_refused_total{{code="{code}"}}')


def counted(centre: Running, series: str) -> float:
    found = re.search(rf"^{re.escape(series)} (\S+)$", centre.get("/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def names_nobody(centre: Running, desk: Desk, *words: str) -> None:
    """No number, no name, no secret, no token stands in the log."""
    _, _, log = centre.words().partition("lost one?")
    assert "request" in log
    cookie = desk.client.cookies["qt_session"]
    secrets = (cookie, desk.client.me["csrf"], desk.issued["secret"], desk.issued["username"])
    for what in (*words, *secrets, *centre.passwords.values()):
        assert what not in log, what
