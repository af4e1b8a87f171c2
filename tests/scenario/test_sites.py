"""Two sites, each a whole centre with an engine of its own: callers of one, an agent whose phone is at the other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ..browser.story import contact, recorded, to_service, until
from ..caller import Caller
from ..centre import Client, Running, prompts_of_a_run
from ..centre import centre as running_centre
from .desk import Desk, change, counted, snapshot

pytestmark = [pytest.mark.asterisk]

CUSTOMER, FAR, NEAR = 440, 600, 820
SECRET = "known at both ends"


@pytest.fixture(scope="module")
def centres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Running]]:
    """Beijing and Chengdu."""
    prompts = prompts_of_a_run(tmp_path_factory.getbasetemp())
    here = running_centre(tmp_path_factory.mktemp("beijing"), prompts)
    there = running_centre(tmp_path_factory.mktemp("chengdu"), prompts, QINGTING_VOICE__SIP_HOST="127.0.0.21")
    with ThreadPoolExecutor(2) as both:
        started = [both.submit(it.__enter__) for it in (here, there)]
        try:
            yield started[0].result(), started[1].result()
        finally:
            for it in (here, there):
                it.__exit__(None, None, None)


def know_each_other(beijing: Running, chengdu: Running, here: Client, there: Client) -> None:
    # Calls from the other site's address are that site's, not the carrier's.
    change(there, "trunks", "local", host="127.0.0.9", addresses=["127.0.0.9"])
    for admin, site, other in ((here, "chengdu", chengdu), (there, "beijing", beijing)):
        change(admin, "sites", site, host=other.sip_host, port=other.sip_port, secret=SECRET)
    until(lambda: state(here) == ["ready"], what=f"the far engine answers: {state(here)}")


def state(admin: Client) -> list[str]:
    return [it["state"] for it in admin.get("/site-states").json()["items"]]


def said(admin: Client, number: str, words: str) -> None:
    """In the contact's course, as soon as the read model has it."""

    def told() -> list[str]:
        return [it["words"]["zh"] for it in contact(admin, f"+86{number}")["timeline"]]

    until(lambda: any(it.startswith(words) for it in told()), what=f"{words} is told")


def told_by(centre: Running, *args: str) -> str:
    command = [sys.executable, "-m", "qingting", *args]
    return subprocess.run(command, env=centre.env, capture_output=True, text=True).stdout


def explained(centre: Running, contact: str, language: str) -> str:
    return told_by(centre, "explain", contact, "--language", language)


def test_one_queue_of_two_sites(centres: tuple[Running, Running], tmp_path: Path) -> None:
    beijing, chengdu = centres
    here, there = beijing.client("admin"), chengdu.client("admin")
    know_each_other(beijing, chengdu, here, there)
    change(here, "queues", "service", ring_s=300)  # for longer than a busy machine takes for anything here
    zhao = Desk(beijing, here, tmp_path, "1003", FAR, at=(chengdu, there))
    with Caller(tmp_path, beijing.sip_port, number="13812340001", tone=CUSTOMER) as customer:
        customer.wait_answered()
        to_service(customer)
        assert not zhao.phone.wait_ringing()["X-Qingting-Auto"], "the agent answers, not the phone"
        zhao.phone.answer()
        customer.wait_tone(FAR)
        zhao.phone.wait_tone(CUSTOMER)
        zhao.wait("active")
        agents: dict[str, Any] = snapshot(beijing, here, "floor")["agents"]
        assert (agents["a1003"]["site"], agents["a1003"]["from_site"]) == ("chengdu", "beijing")
        zhao.do("hang_up")
        customer.wait_over()
        zhao.phone.wait_over()
    zhao.wait("wrap_up")
    zhao.do("finish")
    until(lambda: zhao.me["routability"] == "routable", what="free again")
    until(lambda: contact(here, "+8613812340001")["recording"] == "ready", what="the recording is kept")
    found = contact(here, "+8613812340001")
    for channel, tone in (("customer", CUSTOMER), ("agent", FAR)):
        assert recorded(here, found["recordings"][0]["id"], channel, tone)[0]
    said(here, "13812340001", "派给 赵强（跨职场：北京 → 成都）")
    said(here, "13812340001", "与 赵强 接通（由成都接待）")
    crossed = 'qingting_calls_across_sites_total{from_site="beijing",to_site="chengdu"}'
    assert counted(beijing, crossed) == 1

    for language, words in (("zh", "派给 赵强（跨职场：北京 → 成都）"), ("en", "(across sites: 北京 → 成都)")):
        assert words in explained(beijing, found["id"], language)

    # A phone there takes by itself what it is told to.
    change(here, "agents", "a1003", auto_answer=True)

    # The other site goes while a phone there rings: the call goes on to whoever is next, at its first arrival.
    with Caller(tmp_path, beijing.sip_port, number="13812340002", tone=CUSTOMER) as customer:
        customer.wait_answered()
        to_service(customer)
        assert zhao.phone.wait_again()["X-Qingting-Auto"] == "1"
        li = Desk(beijing, here, tmp_path, "3850", NEAR)
        chengdu.kill()
        chengdu.kill_engine()
        until(lambda: state(here) == ["unreachable"], what=f"the far engine is gone: {state(here)}")
        li.phone.wait_ringing()
        li.phone.answer()
        customer.wait_tone(NEAR)
        assert zhao.me["routability"] == "unreachable"
        li.do("hang_up")
        customer.wait_over()
    li.wait("wrap_up")
    li.do("finish")
    until(lambda: contact(here, "+8613812340002")["ended_at"], what="the read model follows")
    found = contact(here, "+8613812340002")
    asked = [(it["agent"], it["connected_at"] is not None) for it in found["assignments"]]
    assert asked == [("a1003", False), ("a3850", True)], found["assignments"]
    assert [it["outcome"] for it in found["visits"]] == ["answered"]
    said(here, "13812340002", "赵强 拒接（话机未就绪）")
    assert counted(beijing, crossed) == 1
    (line,) = (it for it in told_by(beijing, "doctor").splitlines() if "site" in it and "127.0.0.21" in it)
    assert "does not answer" in line, line
    li.leave()
