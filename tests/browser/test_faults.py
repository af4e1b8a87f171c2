"""Pulling plugs: nothing is lost, nobody is stuck, everybody concerned is told."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from ..caller import Caller
from ..centre import Running
from ..scenario.desk import refused
from .conftest import Desk
from .pages import chromium, person, sign_in, tone_heard
from .story import AGENT_TONE, CALLER_TONE, contact, contacts, registered, take, to_service, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

Dial = Callable[..., Caller]


def number(n: int) -> str:
    return f"+8613812340{n:03d}"


def test_an_unknown_number_is_refused_politely(centre: Running, tmp_path: Path) -> None:
    supervisor, before = centre.client("supervisor"), refused(centre, "call.unknown_number")
    with Caller(tmp_path, centre.sip_port, dial="99887766", number=number(31)) as stranger:
        stranger.wait_sound()
        until(lambda: stranger.refused, what="the call ends by itself")
    until(lambda: refused(centre, "call.unknown_number") == before + 1, what="it is counted")
    assert number(31) not in contacts(supervisor)


def test_microphone_refused(
    centre: Running, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with chromium(playwright, tmp_path_factory.mktemp("silent"), 500, microphone=False) as browser:
        context = person(browser, centre, permissions=[])
        page: Page = context.new_page()
        sign_in(page, centre, "3850")
        page.goto("/desk")
        expect(page.get_by_test_id("phone-trouble")).to_be_visible()
        expect(page.get_by_test_id("phone-status")).to_have_attribute("data-stage", "blocked")
        page.goto("/call/demo")
        page.get_by_test_id("call").click()
        expect(page.get_by_test_id("customer-call")).to_have_attribute("data-obstacle", "microphone_refused")
        context.close()


def test_a_full_disk(centre: Running, caller: Dial, tmp_path: Path) -> None:
    """The leader stops taking contacts, callers hear it; when there is room again, all is well."""
    before = caller(number=number(21))
    before.wait_sound()
    assert centre.process is not None
    unlimited = resource.prlimit(centre.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(centre.process.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))
    try:
        with Caller(tmp_path, centre.sip_port, number=number(22)) as unlucky:
            unlucky.wait_sound()
            until(lambda: unlucky.refused, what="the call ends by itself")
        health = centre.health()
    finally:
        resource.prlimit(centre.process.pid, resource.RLIMIT_FSIZE, unlimited)
    assert health["parts"]["journal"]["state"] == "down"
    until(lambda: centre.health()["parts"]["journal"]["state"] == "ok", what="it recovers")
    admin = centre.client("admin")
    after = caller(number=number(23))
    after.wait_sound()
    after.press("1")
    until(lambda: number(23) in contacts(admin), what="contacts are kept again")
    assert number(22) not in contacts(admin), "what was not durable was never acknowledged"


def test_asterisk_killed_in_mid_call(centre: Running, desk: Desk, caller: Dial) -> None:
    agent = desk("3850")
    customer = caller(number=number(11))
    to_service(customer)
    agent.get_by_test_id("answer").click()
    customer.wait_tone(AGENT_TONE)

    centre.kill_engine()
    expect(agent.get_by_test_id("call-lost")).to_be_visible()
    expect(agent.get_by_test_id("call-lost")).to_contain_text("138 1234 0011")
    admin = centre.client("admin")
    until(lambda: contacts(admin)[number(11)]["ended_at"], what="the contact has ended")
    assert contacts(admin)[number(11)]["cause"] == "engine_lost"
    registered(agent)

    # and the centre goes on
    agent.get_by_test_id("finish").click()
    again = caller(number=number(12))
    to_service(again)
    take(agent)
    again.wait_tone(AGENT_TONE)


def test_kill_9_of_serve_with_callers_everywhere(centre: Running, desk: Desk, caller: Dial) -> None:
    first, second = desk("3850"), desk("1196")
    talking = caller(number=number(1))
    to_service(talking)
    in_state_of_one = (first, second)
    until(lambda: any(page.get_by_test_id("answer").count() for page in in_state_of_one), what="an offer")
    talker = first if first.get_by_test_id("answer").count() else second
    other = second if talker is first else first
    talker.get_by_test_id("answer").click()
    talking.wait_tone(AGENT_TONE)

    menu = caller(number=number(2))
    menu.wait_sound()
    ringing = caller(number=number(3))
    to_service(ringing)
    other.get_by_test_id("answer").wait_for()
    waiting = [caller(number=number(n)) for n in (4, 5)]
    for one in waiting:
        to_service(one)
    supervisor = centre.client("supervisor")
    patient = [number(4), number(5)]
    until(lambda: all(contact(supervisor, n)["visits"] for n in patient), what="they wait")
    before = {n: contact(supervisor, n) for n in patient}

    centre.kill()
    talking.wait_tone(AGENT_TONE)
    until(lambda: abs(tone_heard(talker) - CALLER_TONE) < 15, what="the agent still hears the caller")
    meanwhile = caller(number=number(6))
    meanwhile.wait_sound()

    centre.start()
    for page in (first, second):
        registered(page)
    assert talking.talking
    talking.wait_tone(AGENT_TONE)
    expect(talker.locator("[data-testid=call]")).to_have_attribute("data-state", "active")
    supervisor = centre.client("supervisor")
    for n, was in before.items():
        now = contact(supervisor, n)
        assert now["visits"][0]["since"] == was["visits"][0]["since"]
        assert now["outcome"] == "waiting"
    until(lambda: number(6) in contacts(supervisor), what="who called meanwhile is served")
    menu.wait_sound()
    to_service(menu)
    until(lambda: contacts(supervisor)[number(2)]["queue"] == "service", what="the menu goes on")

    # Whoever rang was offered again or still is: the agent answers somebody, in the order of arrival.
    take(other)
    ringing.wait_tone(AGENT_TONE)

    # Everybody goes on; all of it ends.
    talker.get_by_test_id("hang-up").click()
    talking.wait_over()
    for one in (menu, *waiting, meanwhile):
        one.hang_up()
    other.get_by_test_id("hang-up").click()
    until(lambda: all(c["ended_at"] for c in contacts(supervisor).values()), what="no contact is stuck")
    assert {number(n) for n in range(1, 7)} <= set(contacts(supervisor))
    replays_the_same(centre)


def replays_the_same(centre: Running) -> None:
    """In another process, under another hash seed, the journal's commands give the journal's events."""
    centre.stop()
    tenant = subprocess.run(
        [sys.executable, "-m", "qingting", "replay", "demo"],
        env={**centre.env, "PYTHONHASHSEED": "4711"},
        cwd=centre.data.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tenant.returncode == 0, tenant.stdout + tenant.stderr
