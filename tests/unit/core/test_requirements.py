"""What a visit asks of an agent, and how waiting relaxes it."""

from __future__ import annotations

from qingting.core import commands as c
from qingting.core import events as e

from .centre import Centre, kinds, offered


def sites(centre: Centre, *names: str) -> None:
    for name in names:
        centre.ask(c.PutSite(name))


def at(centre: Centre, agent: str, site: str, *queues: str, **skills: int) -> None:
    """A member at a site, available."""
    centre.agent(agent, *queues, available=False, **skills)
    centre.ask(c.PutAgent(agent, queues, tuple(sorted(skills.items())), site=site))
    centre.ask(c.SetPresence(agent, "available"))


def test_a_skill_that_nobody_free_has_is_enough_at_a_lower_level_after_a_while(centre: Centre) -> None:
    centre.ask(c.PutSkill("en"))
    centre.queue("care", relax=(c.Relaxation(20.0, (("en", 2),)), c.Relaxation(60.0, (("en", 0),))))
    centre.agent("fair", "care", en=2)
    centre.agent("none", "care")
    assert offered(centre.call("a", "care", requires=(("en", 4),))) == []
    arrived = centre.now
    assert offered(centre.deadline()) == [("v-a", "fair")]
    assert centre.now == arrived + 20
    centre.talk("a")
    assert offered(centre.call("b", "care", requires=(("en", 4),))) == []
    arrived = centre.now
    assert centre.deadline() == [e.VisitsRelaxed(arrived + 20, ("v-b",))]
    assert offered(centre.deadline()) == [("v-b", "none")], "after a minute anyone"
    assert centre.now == arrived + 60
    assert centre.engine.state.relaxing.first() is None


def test_only_the_head_of_a_lane_keeps_a_deadline_and_the_next_catches_up(centre: Centre) -> None:
    centre.ask(c.PutSkill("en"))
    centre.queue("care", relax=(c.Relaxation(20.0, (("en", 0),)),))
    for name in "abc":
        centre.call(name, "care", requires=(("en", 3),))
        centre.now += 5
    assert centre.deadline() == [e.VisitsRelaxed(centre.now, ("v-a",))]
    assert centre.engine.next_deadline() is None
    centre.now += 60
    centre.agent("li", "care")
    assert centre.engine.step("v-b") == 1, "a relaxed head says how far its followers may be"
    centre.talk("a")
    centre.ask(c.AgentLeaves("v-a/1"))
    assert offered(centre.ask(c.FinishWrapUp("v-a/1"))) == [("v-b", "li")]


def test_waiting_is_worth_seconds_where_a_step_says_so(centre: Centre) -> None:
    centre.queue("care", relax=(c.Relaxation(30.0, priority_s=100.0),))
    centre.queue("sales", priority_s=50.0)
    centre.call("patient", "care")
    centre.now += 1
    centre.call("quick", "sales")
    assert centre.deadline() == [e.VisitsRelaxed(centre.now, ("v-patient",))]
    centre.agent("li", "care", "sales", available=False)
    events = centre.ask(c.SetPresence("li", "available"))
    assert offered(events) == [("v-patient", "li")]
    offer = events[-1]
    assert isinstance(offer, e.AssignmentOffered)
    assert "s=1" in offer.why.split("; ")


def test_home_first_then_others_then_all(centre: Centre) -> None:
    sites(centre, "beijing", "shanghai", "xian")
    steps = (c.Relaxation(10.0, sites=("shanghai",)), c.Relaxation(20.0, sites=("*",)))
    centre.queue("care", site_rule="home", relax=steps)
    at(centre, "far", "xian", "care")
    at(centre, "near", "shanghai", "care")
    for name in "ab":
        centre.ask(c.ContactArrives(name, "j", site="beijing"))
        assert offered(centre.ask(c.EnterQueue(name, f"v-{name}", "care"))) == []
    assert offered(centre.deadline()) == [("v-a", "near")]
    centre.talk("a")
    assert centre.ask(c.Tick()) == [e.VisitsRelaxed(centre.now, ("v-b",))], "it is the head now, and as far"
    assert offered(centre.deadline()) == [("v-b", "far")]
    centre.ask(c.ContactArrives("c", "j", site="xian"))
    at(centre, "home", "xian", "care")
    assert offered(centre.ask(c.EnterQueue("c", "v-c", "care"))) == [("v-c", "home")]


def test_overflow_to_another_site_is_instant_where_sites_feel_like_one(centre: Centre) -> None:
    sites(centre, "beijing", "shanghai")
    centre.queue("care", site_rule="near")
    at(centre, "away", "shanghai", "care")
    at(centre, "here", "beijing", "care")
    got = []
    for name in "ab":
        centre.ask(c.ContactArrives(name, "j", site="beijing"))
        got += offered(centre.ask(c.EnterQueue(name, f"v-{name}", "care")))
    assert got == [("v-a", "here"), ("v-b", "away")]


def test_the_last_agent_is_waited_for_and_then_no_more(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.agent("wang", "care")
    assert offered(centre.call("a", "care", wants=c.Requirements(prefer="wang"))) == [("v-a", "wang")]
    assert offered(centre.call("b", "care", wants=c.Requirements(prefer="wang", prefer_s=30.0))) == []
    assert centre.engine.waiting("care") == ["v-b"]
    assert centre.engine.place("v-b") == 1
    centre.ask(c.ContactEnds("a", "customer"))
    assert [a.visit for a in centre.engine.open_assignments("wang")] == ["v-b"], "li is free all the time"
    assert offered(centre.call("c", "care", wants=c.Requirements(prefer="wang", prefer_s=5.0))) == []
    assert offered(centre.deadline()) == [("v-c", "li")]
    centre.ask(c.SetPresence("wang", "offline"))
    centre.call("d", "care", wants=c.Requirements(prefer="wang", prefer_s=30.0))
    assert centre.engine.state.visits["v-d"].prefer_until == 0.0, "nobody is waited for who is not there"


def test_who_was_complained_of_does_not_get_it_unless_nobody_else_does(centre: Centre) -> None:
    centre.queue("care", relax=(c.Relaxation(120.0, anyone=True),))
    centre.agent("rude", "care")
    assert offered(centre.call("a", "care", wants=c.Requirements(exclude=("rude", "gone")))) == []
    assert centre.engine.state.visits["v-a"].wants.exclude == ("rude",)
    assert offered(centre.deadline()) == [("v-a", "rude")]


def test_who_declined_is_spared_where_the_queue_says_so(centre: Centre) -> None:
    centre.queue("care", spare_decliners=True)
    centre.agent("li", "care")
    centre.call("a", "care")
    assert kinds(centre.ask(c.Decline("v-a/1"))) == ["AssignmentDeclined", "AgentSetAside", "VisitRequeued"]
    assert offered(centre.ask(c.SetPresence("li", "available"))) == []
    assert centre.engine.unserved("care") == [()], "told on the floor: nobody else is there"
    centre.agent("wang", "care")
    assert [a.visit for a in centre.engine.open_assignments("wang")] == ["v-a"]


def test_relaxations_of_one_instant_come_by_192(centre: Centre) -> None:
    centre.queue("care", relax=(c.Relaxation(10.0, anyone=True),))
    for n in range(600):
        centre.agent(f"off{n}", available=False)
        centre.call(f"{n}", "care", wants=c.Requirements(exclude=(f"off{n}",)))
    centre.now += 10
    sizes = []
    while events := centre.ask(c.Tick()):
        (relaxed,) = events
        assert isinstance(relaxed, e.VisitsRelaxed)
        sizes.append(len(relaxed.visits))
    assert sizes == [192, 192, 192, 24]


def test_other_steps_for_those_who_wait_already(centre: Centre) -> None:
    centre.ask(c.PutSkill("en"))
    centre.queue("care")
    centre.agent("li", "care")
    centre.call("a", "care", requires=(("en", 1),))
    centre.now += 50
    assert centre.engine.next_deadline() is None
    centre.queue("care", relax=(c.Relaxation(30.0, (("en", 0),)),))
    assert offered(centre.ask(c.Tick())) == [("v-a", "li")]


def test_nobody_overtakes_the_first_of_their_lane_whose_deadline_is_due(centre: Centre) -> None:
    """Both have waited long enough for a lower level, but only the deadline makes it known of the first."""
    centre.ask(c.PutSkill("en"))
    centre.queue("care", relax=(c.Relaxation(20.0, (("en", 0),)),))
    centre.agent("none", "care")
    centre.call("first", "care", requires=(("en", 4),))
    since = centre.now + 1.0
    centre.now += 30.0
    assert offered(centre.call("second", "care", requires=(("en", 4),), since=since)) == []
    assert offered(centre.ask(c.Tick())) == [("v-first", "none")]


def test_where_nobody_is_free_others_who_relax_with_it_are_served(centre: Centre) -> None:
    centre.ask(c.PutSkill("en"))
    for queue in ("empty", "care"):
        centre.queue(queue, relax=(c.Relaxation(20.0, (("en", 0),)),))
    centre.agent("none", "care")
    for name, queue in (("a", "empty"), ("b", "care"), ("c", "empty")):
        centre.call(name, queue, requires=(("en", 4),))
    assert offered(centre.deadline()) == [("v-b", "none")]
