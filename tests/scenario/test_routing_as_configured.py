"""Routing follows what is configured, on a whole centre: through HTTP, with callers who wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from ..browser.story import until
from ..caller import Caller
from ..centre import Client, Running
from .desk import Desk, change, snapshot
from .one_centre import admin, centre

__all__ = ["admin", "centre"]

VIP, PLAIN = "13800010001", "13900010002"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Dial(Protocol):
    def __call__(self, number: str, dial: str) -> Caller: ...


@pytest.fixture
def dial(centre: Running, tmp_path: Path) -> Iterator[Dial]:
    with ExitStack() as stack:

        def call(number: str, dial: str) -> Caller:
            it = stack.enter_context(Caller(tmp_path, centre.sip_port, number=number, dial=dial))
            it.wait_answered()
            return it

        yield call


def straight_to(admin: Client, queue: str, number: str) -> None:
    """A number whose callers wait in this queue at once, without a menu."""
    text = f"languages: [zh, en]\nperson: {queue}\nnodes:\n  main:\n    queue: {{to: {queue}}}\n"
    made(admin, "flows", id=f"to-{queue}", name=f"To {queue}", text=text)
    admin.post(f"/flows/to-{queue}/publish", json={"version": 1}).raise_for_status()
    made(admin, "entry-points", id=f"n{number}", name=number, key=number, flow=f"to-{queue}")


def made(admin: Client, kind: str, **body: Any) -> dict[str, Any]:
    answer = admin.post(f"/{kind}", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def queue(centre: Running, admin: Client, id: str) -> dict[str, Any]:
    found: dict[str, Any] = snapshot(centre, admin, "floor")["queues"].get(id, {})
    return found


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_vip_who_came_later_is_served_first(centre: Running, admin: Client, dial: Dial, tmp_path: Path) -> None:
    answer = admin.post(
        "/customers", json={"name": "林晓雨", "numbers": [VIP], "attributes": {"vip": "yes"}, "since": "2020-02-29"}
    )
    assert answer.status_code == 201, answer.text
    straight_to(admin, "sales", "10091")
    dial(PLAIN, "10091")
    until(lambda: queue(centre, admin, "sales").get("waiting") == 1, what="the first caller waits")
    dial(VIP, "10091")
    until(lambda: queue(centre, admin, "sales").get("waiting") == 2, what="both wait")
    desk = Desk(centre, admin, tmp_path, "2047")
    try:
        desk.phone.wait_ringing()
        desk.phone.answer()
        desk.wait("active")
        until(lambda: desk.assignment["customer"]["name"] == "林晓雨", what=f"who it is: {desk.assignment}")
    finally:
        desk.leave()


def test_a_requirement_that_nobody_meets_is_kept_and_told(centre: Running, admin: Client, dial: Dial) -> None:
    change(admin, "agents", "a1003", queues=["service", "experts"], skills={"technical": 2, "second-line": 2})
    warnings = admin.get("/configuration/warnings").json()["items"]
    assert [w for w in warnings if w["queue"] == "experts" and not w["rule"]] == []
    lab = made(admin, "queues", id="lab", name="Lab", requires={"technical": 5})
    assert [w["code"] for w in lab["warnings"]] == ["queue.no_agents"]
    change(admin, "agents", "a1003", queues=["service", "experts", "lab"])
    nobody = {"code": "requirement.nobody", "queue": "lab", "rule": "", "skills": {"technical": 5}, "site": ""}
    assert admin.get("/queues/lab").json()["warnings"] == [nobody]
    assert nobody in admin.get("/configuration/warnings").json()["items"]

    straight_to(admin, "lab", "10092")
    dial(PLAIN, "10092")
    until(lambda: queue(centre, admin, "lab").get("warning") == "nobody", what="the floor says that nobody can")
    assert queue(centre, admin, "lab")["missing"] == ["技术支持"]
    change(admin, "queues", "lab", relax=[{"after_s": 3600, "lower": {"technical": 2}}])
    assert admin.get("/queues/lab").json()["warnings"] == [], "after an hour somebody may"
    until(lambda: queue(centre, admin, "lab").get("warning") == "no_agents", what="nobody is on duty, that is all")


def test_a_queue_with_visits_waiting_goes_only_when_they_go_elsewhere(
    centre: Running, admin: Client, dial: Dial
) -> None:
    made(admin, "queues", id="old", name="Old")
    straight_to(admin, "old", "10093")
    dial(PLAIN, "10093")
    until(lambda: queue(centre, admin, "old").get("waiting") == 1, what="the caller waits")
    since = queue(centre, admin, "old")["longest_since"]
    used = admin.delete("/queues/old")
    assert code_of(used) == (409, "configuration.in_use"), used.text
    for kind, id in (("entry-points", "n10093"), ("flows", "to-old")):
        assert admin.delete(f"/{kind}/{id}").status_code == 204

    refused = admin.delete("/queues/old")
    assert code_of(refused) == (409, "queue.in_use")
    assert refused.json()["error"]["detail"] == {"queue": "old", "waiting": 1, "talking": 0, "callbacks": 0}
    for nowhere in ("old", "none"):
        answer = admin.delete("/queues/old", params={"move_to": nowhere})
        assert answer.json()["error"]["detail"] == {"fields": {"move_to": "queue.unknown"}}
    assert queue(centre, admin, "old")["waiting"] == 1

    moved = admin.delete("/queues/old", params={"move_to": "english"})
    assert moved.status_code == 204, moved.text
    until(lambda: queue(centre, admin, "english").get("waiting") == 1, what="they wait elsewhere")
    assert queue(centre, admin, "english")["longest_since"] == since, "at their first arrival"
    until(lambda: queue(centre, admin, "old") == {}, what="the queue is gone")


def test_a_queue_in_which_somebody_talks_stays(centre: Running, admin: Client, dial: Dial, tmp_path: Path) -> None:
    made(admin, "queues", id="busy", name="Busy")
    straight_to(admin, "busy", "10094")
    change(admin, "agents", "a2208", queues=["busy"])
    desk = Desk(centre, admin, tmp_path, "2208")
    try:
        dial(PLAIN, "10094")
        desk.phone.wait_ringing()
        desk.phone.answer()
        desk.wait("active")
        for kind, id in (("entry-points", "n10094"), ("flows", "to-busy")):
            assert admin.delete(f"/{kind}/{id}").status_code == 204
        change(admin, "agents", "a2208", queues=[])
        for params in ({}, {"move_to": "english"}):
            refused = admin.delete("/queues/busy", params=params)
            assert code_of(refused) == (409, "queue.in_use"), refused.text
            assert refused.json()["error"]["detail"]["talking"] == 1
    finally:
        desk.leave()


def test_out_of_hours_another_site_serves_and_it_is_seen(
    centre: Running, admin: Client, dial: Dial, tmp_path: Path
) -> None:
    made(admin, "hours", id="never", name="Never")
    made(admin, "queues", id="far", name="成都值守", site="chengdu")
    led = [{"when": "out_of_hours", "to": "site", "target": "far"}]
    made(admin, "queues", id="day", name="白天", hours="never", overflow=led)
    was = admin.get("/agents/a4102").json()
    change(admin, "agents", "a4102", queues=["far"])
    straight_to(admin, "day", "10097")
    until(lambda: queue(centre, admin, "day").get("out_of_hours"), what="the floor says that it is out of hours")
    desk = Desk(centre, admin, tmp_path, "4102")
    try:
        dial(PLAIN, "10097")
        desk.phone.wait_ringing()
        desk.phone.answer()
        call = desk.wait("active")
        assert call["queue"] == "far"
        until(lambda: queue(centre, admin, "far").get("across") == 1, what="the floor shows what crosses sites")
        agent = snapshot(centre, admin, "floor")["agents"]["a4102"]
        assert (agent["site"], agent["from_site"]) == ("chengdu", "beijing")

        def sites() -> list[str]:
            answer = admin.get(f"/contacts/{call['contact']}")
            served = answer.json()["assignments"] if answer.status_code == 200 else []
            return [answer.json()["site_name"], *(each["site_name"] for each in served)] if served else []

        until(lambda: sites() == ["北京", "成都"], what="the contact's page tells it as well")

        # Who serves may be given less to do at once: nothing more comes, what is there goes on.
        change(admin, "agents", "a4102", capacity={"voice": 0})
        assert desk.wait("active")["id"] == call["id"]
        change(admin, "hours", "never", weekly={day: [["00:00", "24:00"]] for day in DAYS})
        until(lambda: not queue(centre, admin, "day")["out_of_hours"], what="it is open")
        dial(VIP, "10097")
        until(lambda: queue(centre, admin, "day")["waiting"] == 1, what="who comes now waits here")
    finally:
        desk.leave()
        change(admin, "agents", "a4102", queues=was["queues"], capacity=was["capacity"])
