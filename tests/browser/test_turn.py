"""A desk from where UDP does not pass: its audio goes by the TURN server, with credentials that the centre made."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from qingting.machine import own_addresses

from ..caller import Caller
from ..centre import Running
from ..turn import turn_server
from .pages import person, sign_in, tone_heard
from .story import AGENT_TONE, CALLER_TONE, registered, take, to_service, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

RELAY_ONLY = """
(() => {
  const Real = window.RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Real {
    constructor(configuration, ...more) {
      super({ ...configuration, iceTransportPolicy: "relay" }, ...more);
      window.connections.push(this);
    }
  };
  window.wayOut = async () => {
    const stats = [...(await window.connections.at(-1).getStats()).values()];
    const pair = stats.find((it) => it.type === "candidate-pair" && it.nominated && it.bytesSent > 0);
    const local = pair && stats.find((it) => it.id === pair.localCandidateId);
    return local ? local.candidateType : "";
  };
})();
"""
SECRET = "shared with coturn"


@pytest.fixture
def centre(tmp_path: Path, prompts: Path) -> Iterator[Running]:
    address = next(it for it in own_addresses() if ":" not in it and not it.startswith("127."))
    with turn_server(tmp_path, SECRET, address) as server:
        it = Running(tmp_path / "centre", prompts, QINGTING_VOICE__TURN=server)
        secrets = it.data / "secrets"
        secrets.mkdir(mode=0o700)
        (secrets / "turn-secret").write_text(SECRET)
        (secrets / "turn-secret").chmod(0o600)
        try:
            it.start()
            yield it
        finally:
            it.end()
            shutil.rmtree(it.data, ignore_errors=True)


def test_a_call_by_the_relay_alone(centre: Running, staff_browser: Browser, tmp_path: Path) -> None:
    context = person(staff_browser, centre)
    context.add_init_script(RELAY_ONLY)
    page = context.new_page()
    sign_in(page, centre, "3850")
    page.goto("/desk")
    registered(page)
    page.get_by_test_id("presence-available").click()
    with Caller(tmp_path, centre.sip_port) as customer:
        customer.wait_answered()
        to_service(customer)
        take(page)
        customer.wait_tone(AGENT_TONE)
        until(lambda: abs(tone_heard(page) - CALLER_TONE) < 15, what="the agent hears the caller")
        assert page.evaluate("window.wayOut()") == "relay"
    context.close()
