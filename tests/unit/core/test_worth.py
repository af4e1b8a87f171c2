"""What a visit is worth in seconds, and which visit an agent in many queues gets."""

from __future__ import annotations

import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.policy import Policy

from .centre import Centre, offered


def test_loyal_customers_come_first_in_the_busiest_hour_and_to_an_excellent_agent(centre: Centre) -> None:
    """In the network for four years, and the first call to a person."""
    centre.queue("care")
    loyal = (c.Condition("years", ">=", 4.0), c.Condition("human_calls", "=", 0.0))
    centre.ask(c.PutSkill("top_service"))
    centre.ask(c.PutRule("loyal", loyal, 600.0, (("top_service", 3),)))
    for n in range(3):
        centre.call(f"early-{n}", "care")
        centre.now += 10
    centre.ask(c.ContactArrives("anna", "j"))
    centre.ask(c.SetAttributes("anna", (("years", 6.0), ("human_calls", 0.0))))
    (started,) = centre.ask(c.EnterQueue("anna", "v-anna", "care"))
    assert isinstance(started, e.VisitStarted)
    assert (started.priority_s, started.rules, started.requires) == (600.0, ("loyal",), (("top_service", 3),))
    assert centre.engine.waiting("care")[0] == "v-anna"
    centre.agent("plain", "care")
    assert [a.visit for a in centre.engine.open_assignments("plain")] == ["v-early-0"]
    centre.agent("star", "care", top_service=4)
    (mine,) = centre.engine.open_assignments("star")
    assert mine.visit == "v-anna"


def test_an_important_mail_goes_before_an_earlier_call_and_the_offer_says_why(centre: Centre) -> None:
    centre.queue("mails", priority_s=-3600.0)
    centre.queue("calls")
    centre.ask(c.PutRule("urgent", (c.Condition("urgent", "=", "yes"),), 7200.0, media=("mail",)))
    centre.call("call", "calls")
    centre.now += 60
    centre.ask(c.ContactArrives("mail", "j", "mail"))
    centre.ask(c.EnterQueue("mail", "v-mail", "mails"))
    centre.ask(c.PutAgent("li", ("calls", "mails"), (), (("mail", 1), ("voice", 1)), sharing=c.Sharing(1)))
    centre.ask(c.SetReachable("li", "voice", True))
    centre.ask(c.SetReachable("li", "mail", True))
    revalued = centre.ask(c.SetAttributes("mail", (("urgent", "yes"),)))[-1]
    assert revalued == e.VisitRevalued(centre.now, "v-mail", (), 3600.0, ("urgent",))
    (_, offer) = centre.ask(c.SetPresence("li", "available"))
    assert isinstance(offer, e.AssignmentOffered)
    assert offer.visit == "v-mail"
    assert {"r=urgent", "p=3600", "o=v-call:voice:60.0"} <= set(offer.why.split("; "))


def test_rules_add_up_within_bounds_and_ask_for_what_is_known(centre: Centre) -> None:
    centre.queue("care", priority_s=10.0)
    centre.queue("sales")
    centre.ask(c.PutRule("vip", (c.Condition("grade", "=", "gold"),), 30.0))
    centre.ask(c.PutRule("stranger", (c.Condition("grade", "!=", "gold"),), -5.0, queues=("care",)))
    centre.ask(c.PutRule("old", (c.Condition("years", ">=", 4.0),), 86400.0))
    for name, attributes, queue, worth in [
        ("a", (("grade", "gold"),), "care", 40.0),
        ("b", (), "care", 5.0),
        ("c", (), "sales", 0.0),
        ("d", (("grade", "gold"), ("years", 9.0)), "care", 86440.0),
        ("e", (("years", "many"),), "sales", 0.0),
    ]:
        centre.ask(c.ContactArrives(name, "j"))
        centre.ask(c.SetAttributes(name, attributes))  # type: ignore[arg-type]
        centre.ask(c.EnterQueue(name, f"v-{name}", queue))
        assert centre.engine.state.visits[f"v-{name}"].priority_s == worth, name
    centre.ask(c.RemoveRule("vip"))
    assert centre.engine.state.visits["v-a"].priority_s == 40.0, "what it brought stays"


def test_rules_that_make_no_sense_are_refused(centre: Centre) -> None:
    centre.queue("care")
    fine = (c.Condition("years", ">=", 4.0),)
    assert centre.refused(c.PutRule("x", ())) == "rule.bad_value"
    assert centre.refused(c.PutRule("", fine)) == "rule.bad_id"
    assert centre.refused(c.PutRule("x", (c.Condition("years", "~", 4.0),))) == "rule.bad_value"
    assert centre.refused(c.PutRule("x", (c.Condition("years", ">=", "four"),))) == "rule.bad_value"
    assert centre.refused(c.PutRule("x", fine, 1e9)) == "rule.bad_value"
    assert centre.refused(c.PutRule("x", fine, requires=(("klingon", 1),))) == "skill.unknown"
    assert centre.refused(c.PutRule("x", fine, queues=("moon",))) == "queue.unknown"
    assert centre.refused(c.RemoveRule("x")) == "rule.unknown"
    centre.ask(c.ContactArrives("a", "j"))
    assert centre.refused(c.SetAttributes("a", (("x" * 65, 1.0),))) == "attribute.bad_name"
    assert centre.refused(c.SetAttributes("a", (("x", "y" * 65),))) == "attribute.bad_value"
    many = tuple((f"n{n}", 1.0) for n in range(40))
    assert centre.refused(c.SetAttributes("a", many)) == "contact.too_many_attributes"


def test_an_agents_own_ranks_of_queues_come_before_waiting(centre: Centre) -> None:
    centre.queue("backup")
    centre.queue("own")
    centre.call("early", "backup")
    centre.now += 100
    centre.call("late", "own")
    centre.ask(c.PutAgent("li", ("backup", "own"), ranks=(("backup", 2),)))
    centre.ask(c.SetReachable("li", "voice", True))
    (_, offer) = centre.ask(c.SetPresence("li", "available"))
    assert isinstance(offer, e.AssignmentOffered)
    assert offer.visit == "v-late"
    assert "t=1" in offer.why.split("; ")


def test_a_queue_behind_its_target_gains_as_a_whole(centre: Centre) -> None:
    centre.queue("late", service_level_s=20.0, service_level_target=0.8, behind_s=60.0, wrap_up_s=0)
    centre.queue("fine", wrap_up_s=0)
    centre.agent("li", "late")
    for n in range(2):
        centre.call(f"{n}", "late")
        centre.now += 10 if n else 30
        centre.talk(f"{n}")
        centre.ask(c.AgentLeaves(f"v-{n}/1"))
    assert centre.engine.state.queues["late"].boost == 60.0 * (0.8 - 0.5) / 0.8
    centre.ask(c.SetPresence("li", "offline"))
    centre.call("early", "fine")
    centre.now += 20
    centre.call("late", "late")
    centre.agent("wang", "fine", "late", available=False)
    assert offered(centre.ask(c.SetPresence("wang", "available"))) == [("v-late", "wang")], "20 s later, worth 22.5"


@pytest.mark.parametrize("at_once", [1, 2])
def test_offers_say_what_a_visit_is_worth_that_has_just_come(centre: Centre, at_once: int) -> None:
    centre.queue("care", priority_s=60.0)
    centre.ask(c.PutPolicy("care", Policy(at_once=at_once)))
    for name in ("li", "wang"):
        centre.agent(name, "care")
    offers = [event.why for event in centre.call("a", "care") if isinstance(event, e.AssignmentOffered)]
    assert (
        offers
        == [
            "li: band 0, idle 0.0 s; w=0.0; p=60; f=2; b=0:2; n=wang:0",
            "wang: band 0, idle 0.0 s; w=0.0; p=60; f=1; b=0:1",
        ][:at_once]
    )
