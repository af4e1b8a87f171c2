"""What an agent sees at the edges of a call: asked to stop while talking, time that runs out, a line that broke."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from ..caller import Caller
from ..centre import Client, Running
from .conftest import Desk
from .story import AGENT_TONE, contact, contacts, in_state, registered, to_service, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

FIRST, LOST, ANOTHER = "+8613812340001", "+8613812340002", "+8613812340003"


def wrap_up_of(admin: Client, queue: str, seconds: float) -> None:
    item = admin.get(f"/queues/{queue}").json()
    del item["id"], item["warnings"]
    answer = admin.put(f"/queues/{queue}", json={**item, "wrap_up_s": seconds})
    assert answer.status_code == 200, answer.text


def test_draining_a_note_alone_and_a_wrap_up_that_runs_out(
    centre: Running, desk: Desk, caller: Callable[..., Caller]
) -> None:
    admin = centre.client("admin")
    wrap_up_of(admin, "service", 15)  # long enough to be seen on a busy machine
    agent = desk("1196")
    presence = agent.get_by_test_id("presence")
    customer = caller(number=FIRST)
    to_service(customer)
    # Not now, and why: the customer waits until somebody is there again.
    agent.get_by_test_id("answer").wait_for()
    agent.keyboard.press("Alt+KeyX")
    agent.get_by_test_id("reason-unfinished").wait_for()
    agent.keyboard.press("3")
    expect(agent.get_by_test_id("set-aside")).to_contain_text("拒接")
    agent.get_by_test_id("presence-available").click()
    agent.get_by_test_id("answer").click()
    customer.wait_tone(AGENT_TONE)
    expect(presence).to_have_attribute("data-routability", "busy")

    # Not ready while talking: said, shown as asked for, and nothing else changes until the call is done.
    agent.get_by_test_id("presence-not_ready").click()
    agent.get_by_test_id("reason-meal").click()
    expect(presence).to_have_attribute("data-routability", "draining")
    expect(agent.get_by_test_id("presence-after")).to_contain_text("用餐")
    expect(presence).to_have_attribute("data-presence", "available")
    in_state(agent, "active")
    # Taken back, and asked for again.
    agent.get_by_test_id("presence-available").click()
    expect(presence).to_have_attribute("data-routability", "busy")
    agent.get_by_test_id("presence-not_ready").click()
    agent.get_by_test_id("reason-meal").click()
    expect(presence).to_have_attribute("data-routability", "draining")

    agent.get_by_test_id("note").fill("只写备注，不选小结")
    agent.get_by_test_id("note").blur()
    expect(agent.get_by_test_id("draft-status")).to_have_attribute("data-status", "saved")
    customer.hang_up()
    in_state(agent, "wrap_up")
    # Nobody presses finish: the limit does, and then it is as was asked for.
    agent.locator("[data-testid=call]").wait_for(state="detached")
    expect(presence).to_have_attribute("data-routability", "not_ready")
    expect(presence).to_have_attribute("data-presence", "not_ready")
    until(lambda: contact(admin, FIRST)["timeline"][-1]["detail"].get("how") == "limit", what="the limit ended it")
    done = contact(admin, FIRST)
    assert "李明 拒接（手头工作未完）" in [it["words"]["zh"] for it in done["timeline"]]
    assert [note["text"] for note in done["notes"]] == ["只写备注，不选小结"]
    assert (done["disposition"], done["disposition_names"]) == ("", {})


def test_whom_they_lost_may_be_called_back_without_the_right_to_call(
    centre: Running, desk: Desk, caller: Callable[..., Caller]
) -> None:
    wrap_up_of(centre.client("admin"), "service", 600)
    agent = desk("1196")
    assert "desk.dial_out" not in centre.client("1196").me["user"]["permissions"]
    customer = caller(number=LOST)
    to_service(customer)
    agent.get_by_test_id("answer").click()
    customer.wait_tone(AGENT_TONE)
    refused = centre.client("1196").post("/desk/calls", json={"number": LOST})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "dial.not_allowed")

    centre.kill_engine()
    agent.get_by_test_id("call-lost").wait_for()
    centre.kill()
    centre.start()  # what is owed is owed after a restart too
    agent.get_by_test_id("call-lost").wait_for()
    registered(agent)
    refused = centre.client("1196").post("/desk/calls", json={"number": ANOTHER})
    assert refused.status_code == 403, "that one only"
    agent.get_by_test_id("call-back-lost").click()
    admin = centre.client("admin")
    until(
        lambda: any(it["direction"] == "out" and it["number"] == LOST for it in all_of(admin)),
        what="the customer is called back",
    )
    assert ANOTHER not in contacts(admin)


def all_of(admin: Client) -> list[dict[str, object]]:
    items: list[dict[str, object]] = admin.get("/contacts").json()["items"]
    return items
