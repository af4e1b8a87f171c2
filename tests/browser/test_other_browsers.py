"""The same work in Firefox: an agent's call from sign-in to disposition, and a customer's from the page.

In Safari's engine the pages work, and where calls cannot, they say so in plain words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from ..caller import Caller
from ..centre import Running
from .conftest import Desk
from .firefox import Firefox, firefox
from .pages import tone_heard
from .story import AGENT_TONE, CALLER_TONE, contact, to_service, until
from .tab import Tab
from .webkit import webkit

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

NUMBER, FIREFOX_TONE = "+8613812345678", 620

# Without a sound card Firefox starts no AudioContext; what comes in is recorded and looked at instead.
LISTEN = """
const Real = window.RTCPeerConnection;
let heard = null;
window.RTCPeerConnection = class extends Real {
  constructor(...given) {
    super(...given);
    this.addEventListener("track", (event) => (heard = event.track));
  }
};
window.loudestTone = async () => {
  if (!heard) return 0;
  const tape = new MediaRecorder(new MediaStream([heard]));
  const recorded = new Promise((done) => (tape.ondataavailable = (event) => done(event.data)));
  tape.start();
  await new Promise((done) => setTimeout(done, 700));
  tape.stop();
  const bytes = await (await recorded).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 8000, 8000).decodeAudioData(bytes);
  const samples = sound.getChannelData(0).slice(-4000);
  let [top, most] = [0, 1];
  for (let hertz = 100; hertz < 3000; hertz += 5) {
    let [re, im] = [0, 0];
    samples.forEach((sample, n) => {
      const turn = (2 * Math.PI * hertz * n) / sound.sampleRate;
      re += sample * Math.cos(turn);
      im += sample * Math.sin(turn);
    });
    const power = re * re + im * im;
    if (power > most) [top, most] = [hertz, power];
  }
  return top;
};
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("firefox"), FIREFOX_TONE) as it:
        yield it


def test_an_agents_call_in_firefox(centre: Running, browser: Firefox, caller: Callable[..., Caller]) -> None:
    with closing(browser.person(centre.base, preload=LISTEN)) as page:
        page.sign_in(centre, "3850")
        page.goto("/desk")
        page.wait("[data-testid=phone-status][data-stage=registered]")
        page.click("[data-testid=presence-available]")
        page.wait("[data-testid=presence][data-routability=routable]")

        customer = caller(number=NUMBER)
        to_service(customer)
        page.click("[data-testid=answer]")
        customer.wait_tone(FIREFOX_TONE)
        until(lambda: abs(heard(page) - CALLER_TONE) < 15, what="the agent hears the caller")
        assert page.run("() => document.getElementById('remote-audio').paused") is False

        page.click("[data-testid=hold]")
        page.wait("[data-testid=call][data-state=held]")
        until(lambda: abs(customer.heard(0.4)[0] - FIREFOX_TONE) > 20, what="on hold the caller hears music")
        page.click("[data-testid=hold]")
        customer.wait_tone(FIREFOX_TONE)

        page.click("[data-testid=disposition-resolved]")
        page.type("[data-testid=note]", "refunded")
        page.click("[data-testid=hang-up]")
        customer.wait_over()
        page.wait("[data-testid=call][data-state=wrap_up]")
        page.click("[data-testid=finish]")
        page.wait("[data-testid=presence][data-routability=routable]")
        page.wait("[data-testid=recent-row]")

    admin = centre.client("admin")
    until(lambda: contact(admin, NUMBER)["disposition"] == "resolved", what="the contact is written")
    done = contact(admin, NUMBER)
    assert (done["outcome"], [note["text"] for note in done["notes"]]) == ("answered", ["refunded"])


def test_a_customer_calls_from_firefox(centre: Running, browser: Firefox, desk: Desk) -> None:
    agent = desk("3850")
    with closing(browser.person(centre.base, "en-US", LISTEN)) as page:
        page.goto("/call/demo")
        page.click("[data-testid=call]")
        page.wait("[data-testid=customer-call][data-told=menu]")
        page.click("[data-testid=key-2]")
        until(lambda: "English" in page.text("[data-testid=call-hint]"), what="the menu moves on")
        page.click("[data-testid=key-0]")
        agent.get_by_test_id("answer").click()
        until(lambda: abs(heard(page) - AGENT_TONE) < 15, what="the customer hears the agent")
        until(lambda: abs(tone_heard(agent) - FIREFOX_TONE) < 15, what="the agent hears the customer")
        page.click("[data-testid=hang-up]")
        agent.locator("[data-testid=call][data-state=wrap_up]").wait_for()


def test_in_safaris_engine_pages_work_and_calls_say_why_not(centre: Running) -> None:
    with webkit(centre.base) as page:
        page.goto("/call/demo")
        page.click("[data-testid=call]")
        page.wait("[data-testid=customer-call][data-obstacle=no_webrtc]")

        page.sign_in(centre, "supervisor")
        page.goto("/floor")
        page.wait("[data-testid=queue-row][data-queue=service]")
        page.goto("/contacts")
        page.wait("[data-testid=contacts]")

    with webkit(centre.base) as page:
        page.sign_in(centre, "3850")
        page.goto("/desk")
        page.wait("[data-testid=phone-trouble]")
        page.wait("[data-testid=phone-status][data-obstacle=no_webrtc]")
        page.click("[data-testid=presence-not_ready]")
        page.wait(".reason-list button")


def heard(page: Tab) -> float:
    return float(page.run("() => window.loudestTone()"))
