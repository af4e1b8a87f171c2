"""Who gets whom."""

from __future__ import annotations

from qingting.core import commands as c
from qingting.core import events as e

from .centre import Centre, kinds, offered


def test_a_call_rings_at_once_when_somebody_is_free(centre: Centre) -> None:
    centre.queue("care", ring_s=20.0)
    centre.agent("li", "care")
    started, offer = centre.call("anna", "care")
    assert isinstance(started, e.VisitStarted)
    assert isinstance(offer, e.AssignmentOffered)
    assert (offer.assignment, offer.agent, offer.until) == ("v-anna/1", "li", centre.now + 20)
    assert offer.why == "li: band 0, idle 0.0 s; f=1; b=0:1"


def test_the_longest_idle_comes_first(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    for name in ("li", "wang", "zhao"):
        centre.agent(name, "care")
    assert offered(centre.call("a", "care")) == [("v-a", "li")]
    centre.talk("a")
    centre.ask(c.ContactEnds("a", "customer"))
    assert [offered(centre.call(name, "care"))[0][1] for name in "bcd"] == ["wang", "zhao", "li"]


def test_who_lost_an_offer_to_an_impatient_caller_keeps_their_turn(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.agent("wang", "care")
    centre.call("a", "care")
    assert kinds(centre.ask(c.ContactEnds("a", "customer"))) == ["AssignmentWithdrawn", "VisitEnded", "ContactEnded"]
    assert offered(centre.call("b", "care")) == [("v-b", "li")]


def test_the_better_band_comes_before_the_longer_idle(centre: Centre) -> None:
    centre.queue("care", requires=(("zh", 2),))
    centre.agent("novice", "care", zh=1)
    centre.agent("good", "care", zh=3)
    centre.agent("expert", "care", zh=5)
    assert offered(centre.call("a", "care")) == [("v-a", "expert")]
    assert offered(centre.call("b", "care")) == [("v-b", "good")]
    assert offered(centre.call("c", "care")) == [], "the novice does not meet the requirement"


def test_the_band_is_the_weakest_of_the_required_skills(centre: Centre) -> None:
    centre.queue("care", requires=(("loans", 1), ("zh", 1)))
    centre.agent("uneven", "care", zh=5, loans=2)
    centre.agent("even", "care", zh=3, loans=3)
    assert offered(centre.call("a", "care")) == [("v-a", "even")]


def test_a_visit_requires_the_queues_skills_and_its_own(centre: Centre) -> None:
    centre.queue("care", requires=(("zh", 4),))
    centre.ask(c.PutSkill("en"))
    centre.agent("li", "care", zh=5)
    started, *offers = centre.call("a", "care", requires=(("en", 2), ("zh", 1)))
    assert isinstance(started, e.VisitStarted)
    assert started.requires == (("en", 2), ("zh", 4))
    assert offers == []
    assert centre.engine.unserved("care") == [("en", "zh")]
    assert offered(centre.ask(c.PutAgent("li", ("care",), (("en", 2), ("zh", 5))))) == [("v-a", "li")]


def test_waiting_is_first_in_first_out_across_queues(centre: Centre) -> None:
    centre.queue("care")
    centre.queue("sales")
    for n, queue in enumerate(["sales", "care", "sales"]):
        centre.now += 1
        centre.call(f"{n}", queue)
    centre.agent("li", "care", "sales", available=False)
    order = offered(centre.ask(c.SetPresence("li", "available")))
    for n in range(2):
        centre.talk(f"{n}")
        centre.ask(c.ContactEnds(f"{n}", "customer"))
        order += offered(centre.ask(c.FinishWrapUp(f"v-{n}/1")))
    assert [visit for visit, _ in order] == ["v-0", "v-1", "v-2"]


def test_priority_is_worth_seconds(centre: Centre) -> None:
    centre.queue("care")
    centre.queue("vip", priority_s=30.0)
    centre.call("early", "care")
    centre.now += 29
    centre.call("important", "vip")
    centre.now += 2
    centre.call("later", "vip")
    centre.call("urgent", "care", priority_s=33.0)
    centre.agent("li", "care", "vip", available=False)
    assert offered(centre.ask(c.SetPresence("li", "available"))) == [("v-urgent", "li")]
    assert centre.engine.waiting("vip") == ["v-important", "v-later"]
    centre.ask(c.ContactEnds("urgent", "customer"))
    assert [a.visit for a in centre.engine.open_assignments("li")] == ["v-important"], "29 s later, worth 30"


def test_a_visit_may_bring_its_first_arrival_along(centre: Centre) -> None:
    centre.queue("care")
    centre.call("a", "care")
    centre.now += 60
    centre.call("b", "care", since=centre.now - 90)
    assert centre.engine.waiting("care") == ["v-b", "v-a"]
    centre.call("c", "care", since=centre.now + 5)
    assert centre.engine.state.visits["v-c"].since == centre.now, "nobody arrives in the future"


def test_an_agent_with_room_for_three_chats_gets_three(centre: Centre) -> None:
    centre.queue("care")
    for n in range(4):
        centre.ask(c.ContactArrives(f"{n}", "j", "chat"))
        centre.ask(c.EnterQueue(f"{n}", f"v-{n}", "care"))
    centre.ask(c.PutAgent("li", ("care",), (), (("chat", 3), ("voice", 1))))
    centre.ask(c.SetPresence("li", "available"))
    assert offered(centre.ask(c.SetReachable("li", "chat", True))) == [(f"v-{n}", "li") for n in range(3)]
    assert centre.engine.routability("li") == "busy"
    assert offered(centre.ask(c.SetReachable("li", "voice", True))) == []
    assert offered(centre.call("phone", "care")) == [("v-phone", "li")], "a call has room of its own"


def test_chats_go_round_among_those_with_room(centre: Centre) -> None:
    centre.queue("care")
    for name in ("li", "wang"):
        centre.ask(c.PutAgent(name, ("care",), (), (("chat", 2),)))
        centre.ask(c.SetReachable(name, "chat", True))
        centre.ask(c.SetPresence(name, "available"))
    got = []
    for n in range(4):
        centre.ask(c.ContactArrives(f"{n}", "j", "chat"))
        got += offered(centre.ask(c.EnterQueue(f"{n}", f"v-{n}", "care")))
        centre.talk(f"{n}")
    assert [agent for _, agent in got] == ["li", "wang", "li", "wang"]
