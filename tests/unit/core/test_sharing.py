"""Media that share an agent: load over all of them, and calls that park what can wait."""

from __future__ import annotations

import pytest

from qingting.core import commands as c
from qingting.core import events as e

from .centre import Centre, kinds, offered

BLENDED = c.Sharing(2, (("voice", 2),), (("voice", "mail"), ("voice", "chat"), ("chat", "mail")))


def blended(centre: Centre, agent: str, *queues: str, sharing: c.Sharing = BLENDED) -> None:
    """Takes a call, or two of chats and mails."""
    capacity = (("chat", 2), ("mail", 2), ("voice", 1))
    centre.ask(c.PutAgent(agent, queues, (), capacity, sharing=sharing))
    for medium in ("voice", "chat", "mail"):
        centre.ask(c.SetReachable(agent, medium, True))
    centre.ask(c.SetPresence(agent, "available"))


def comes(centre: Centre, name: str, medium: str, queue: str = "care") -> list[e.Event]:
    centre.ask(c.ContactArrives(name, f"j-{name}", medium))
    return centre.ask(c.EnterQueue(name, f"v-{name}", queue))


def state(centre: Centre, assignment: str) -> str:
    return centre.engine.state.assignments[assignment].state


def test_a_call_parks_mails_and_they_come_back(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    blended(centre, "li", "care")
    for name in ("one", "two"):
        comes(centre, name, "mail")
        centre.talk(name)
    assert kinds(comes(centre, "call", "voice")) == [
        "VisitStarted",
        "AssignmentParked",
        "AssignmentParked",
        "AssignmentOffered",
    ]
    assert [state(centre, f"v-{name}/1") for name in ("one", "two", "call")] == ["parked", "parked", "offered"]
    centre.talk("call")
    events = centre.ask(c.AgentLeaves("v-call/1"))
    assert kinds(events)[-2:] == ["AssignmentUnparked", "AssignmentUnparked"]
    assert state(centre, "v-one/1") == "active"


def test_the_next_call_comes_before_what_is_parked_a_mail_does_not(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    blended(centre, "li", "care")
    comes(centre, "mail", "mail")
    centre.talk("mail")
    comes(centre, "first", "voice")
    centre.talk("first")
    comes(centre, "second", "voice")
    comes(centre, "another", "mail")
    assert offered(centre.ask(c.AgentLeaves("v-first/1"))) == [("v-second", "li")]
    assert state(centre, "v-mail/1") == "parked"
    centre.talk("second")
    events = centre.ask(c.AgentLeaves("v-second/1"))
    assert kinds(events)[-2:] == ["AssignmentUnparked", "AssignmentOffered"]
    assert offered(events) == [("v-another", "li")]


def test_a_call_that_is_not_taken_gives_the_mail_back(centre: Centre) -> None:
    centre.queue("care")
    blended(centre, "li", "care", sharing=c.Sharing(1, (), (("voice", "mail"),)))
    comes(centre, "mail", "mail")
    centre.talk("mail")
    comes(centre, "call", "voice")
    assert "AssignmentUnparked" in kinds(centre.ask(c.Decline("v-call/1")))
    assert state(centre, "v-mail/1") == "active"


def test_who_need_not_park_anything_comes_first(centre: Centre) -> None:
    centre.queue("care")
    blended(centre, "mails", "care", sharing=c.Sharing(1, (), (("voice", "mail"),)))
    comes(centre, "mail", "mail")
    centre.talk("mail")
    blended(centre, "idle", "care", sharing=c.Sharing(1, (), (("voice", "mail"),)))
    events = comes(centre, "call", "voice")
    assert offered(events) == [("v-call", "idle")]
    offer = events[-1]
    assert isinstance(offer, e.AssignmentOffered)
    assert "parking:1" in offer.why


def test_a_mail_that_becomes_a_conversation_may_be_parked_at_once(centre: Centre) -> None:
    centre.queue("care")
    blended(centre, "li", "care", sharing=c.Sharing(1, (), (("voice", "mail"),)))
    comes(centre, "mail", "mail")
    assert offered(comes(centre, "call", "voice")) == [], "one that only rings is not parked"
    centre.ask(c.Accept("v-mail/1"))
    assert offered(centre.ask(c.Connected("v-mail/1"))) == [("v-call", "li")]


def test_a_contact_that_ends_while_parked_is_done(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=30)
    blended(centre, "li", "care", sharing=c.Sharing(1, (), (("voice", "mail"),)))
    comes(centre, "mail", "mail")
    centre.talk("mail")
    comes(centre, "call", "voice")
    events = centre.ask(c.ContactEnds("mail", "customer"))
    assert e.AssignmentDone(centre.now, "v-mail/1", "parked") in events


def test_an_own_call_parks_as_well(centre: Centre) -> None:
    centre.queue("care")
    blended(centre, "li", "care", sharing=c.Sharing(1, (), (("voice", "mail"),)))
    comes(centre, "mail", "mail")
    centre.talk("mail")
    assert "AssignmentParked" in kinds(centre.ask(c.AgentDials("li", "out", "j", "v-out")))


def test_more_room_brings_back_and_less_lets_come_what_is_parked(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=30)
    one, two = (c.Sharing(n, (("mail", 2),) if n == 2 else (), (("voice", "mail"),)) for n in (1, 2))
    capacity = (("chat", 2), ("mail", 2), ("voice", 1))

    def put(sharing: c.Sharing) -> list[str]:
        return kinds(centre.ask(c.PutAgent("li", ("care",), (), capacity, sharing=sharing)))

    blended(centre, "li", "care", sharing=one)
    comes(centre, "mail", "mail")
    centre.talk("mail")
    comes(centre, "call", "voice")
    assert put(c.Sharing(2, (), (("voice", "mail"),))) == ["AgentPut", "AssignmentUnparked"]
    assert put(one) == ["AgentPut"], "both stay, and nothing else comes"
    assert offered(comes(centre, "chat", "chat")) == []
    centre.talk("call")
    centre.ask(c.ContactEnds("call", "customer"))
    assert kinds(centre.ask(c.FinishWrapUp("v-call/1"))) == ["AssignmentDone"]
    assert put(two) == ["AgentPut"], "full with the mail"
    comes(centre, "again", "voice")
    assert centre.engine.state.assignments["v-mail/1"].state == "parked"
    centre.talk("again")
    assert put(c.Sharing(1, (("mail", 2),), (("voice", "mail"),))) == ["AgentPut"]
    centre.ask(c.ContactEnds("again", "customer"))
    assert "AssignmentUnparked" in kinds(centre.ask(c.FinishWrapUp("v-again/1"))), "heavier than all, but alone"
    comes(centre, "third", "voice")
    assert put(c.Sharing())[:2] == ["AgentPut", "AssignmentUnparked"], "each medium for itself: nothing stays parked"


@pytest.mark.parametrize(
    "sharing",
    [
        c.Sharing(-1),
        c.Sharing(0, (("voice", 2),)),
        c.Sharing(2, (("voice", 0),)),
        c.Sharing(2, (), (("voice", "voice"),)),
        c.Sharing(2, (), (("voice", "mail"), ("mail", "voice"))),
    ],
)
def test_what_makes_no_sense_is_refused(centre: Centre, sharing: c.Sharing) -> None:
    assert centre.refused(c.PutAgent("li", sharing=sharing)) == "agent.bad_value"


def test_what_is_parked_makes_room_for_all_that_fits(centre: Centre) -> None:
    """A heavy mail is parked for two light calls: both are offered in the decision that finds them."""
    heavy = c.Sharing(3, (("mail", 3),), (("voice", "mail"),))
    centre.queue("care", wrap_up_s=0)
    capacity = (("mail", 1), ("voice", 3))
    centre.ask(c.PutAgent("li", ("care",), (), capacity, sharing=heavy))
    for medium in ("voice", "mail"):
        centre.ask(c.SetReachable("li", medium, True))
    centre.ask(c.SetPresence("li", "available"))
    comes(centre, "mail", "mail")
    centre.talk("mail")
    centre.ask(c.SetReachable("li", "voice", False))
    for name in ("first", "second"):
        comes(centre, name, "voice")
    events = centre.ask(c.SetReachable("li", "voice", True))
    assert kinds(events) == [
        "ReachabilityChanged",
        "AssignmentParked",
        "AssignmentOffered",
        "AssignmentOffered",
    ]


def test_of_what_is_parked_only_so_much_comes_back_as_there_is_room_for(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    blended(centre, "li", "care")
    for name in ("one", "two"):
        comes(centre, name, "mail")
        centre.talk(name)
    comes(centre, "call", "voice")
    centre.talk("call")
    assert kinds(comes(centre, "chat", "chat")) == ["VisitStarted"]
    events = centre.ask(c.AgentLeaves("v-call/1"))
    assert kinds(events)[-2:] == ["AssignmentOffered", "AssignmentUnparked"]
    assert [state(centre, f"v-{name}/1") for name in ("one", "two", "chat")] == ["active", "parked", "offered"]


def chats(centre: Centre, most: int) -> None:
    capacity, sharing = (("chat", most),), c.Sharing(5)
    centre.ask(c.PutAgent("li", ("care",), (), capacity, sharing=sharing))
    centre.ask(c.SetReachable("li", "chat", True))


def test_who_comes_gets_as_many_as_there_is_room_for(centre: Centre) -> None:
    centre.queue("care")
    chats(centre, 2)
    for name in ("one", "two", "three"):
        comes(centre, name, "chat")
    events = centre.ask(c.SetPresence("li", "available"))
    assert offered(events) == [("v-one", "li"), ("v-two", "li")]


def test_one_ends_and_one_comes(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    chats(centre, 2)
    centre.ask(c.SetPresence("li", "available"))
    for name in ("one", "two", "three", "four"):
        comes(centre, name, "chat")
    for name in ("one", "two"):
        centre.talk(name)
    assert offered(centre.ask(c.ContactEnds("one", "customer"))) == [("v-three", "li")]


def test_less_is_allowed_meanwhile(centre: Centre) -> None:
    """Nothing comes until the new limit is kept."""
    centre.queue("care", wrap_up_s=0)
    chats(centre, 3)
    centre.ask(c.SetPresence("li", "available"))
    for name in ("one", "two", "three"):
        comes(centre, name, "chat")
        centre.talk(name)
    chats(centre, 2)
    comes(centre, "four", "chat")
    assert offered(centre.ask(c.ContactEnds("one", "customer"))) == []
    assert offered(centre.ask(c.ContactEnds("two", "customer"))) == [("v-four", "li")]


def test_a_mail_that_only_rings_makes_a_call_park_the_other(centre: Centre) -> None:
    """The agent is free for the same media as before, but now a call needs room made for it."""
    centre.queue("care")
    capacity, sharing = (("mail", 3), ("voice", 1)), c.Sharing(3, (("voice", 2),), (("voice", "mail"),))
    centre.ask(c.PutAgent("li", ("care",), (), capacity, sharing=sharing))
    for medium in ("mail", "voice"):
        centre.ask(c.SetReachable("li", medium, True))
    centre.ask(c.SetPresence("li", "available"))
    comes(centre, "one", "mail")
    centre.talk("one")
    assert offered(comes(centre, "two", "mail")) == [("v-two", "li")]
    assert kinds(comes(centre, "call", "voice")) == ["VisitStarted", "AssignmentParked", "AssignmentOffered"]
    assert state(centre, "v-one/1") == "parked"


def test_who_need_not_park_any_more_is_asked_like_others(centre: Centre) -> None:
    centre.queue("care")
    capacity, sharing = (("mail", 3), ("voice", 1)), c.Sharing(3, (("voice", 2),), (("voice", "mail"),))
    centre.ask(c.PutAgent("li", ("care",), (), capacity, sharing=sharing))
    for medium in ("mail", "voice"):
        centre.ask(c.SetReachable("li", medium, True))
    centre.ask(c.SetPresence("li", "available"))
    comes(centre, "one", "mail")
    centre.talk("one")
    comes(centre, "two", "mail")
    centre.now += 10.0
    centre.agent("wang", "care")
    assert offered(centre.call("now", "care")) == [("v-now", "wang")], "li would have to park the mail"
    centre.talk("now")
    centre.agent("zhao", "care")
    centre.ask(c.ContactEnds("two", "customer"))
    assert offered(centre.call("then", "care")) == [("v-then", "li")], "idle for longer"


def test_each_medium_keeps_its_own_limit(centre: Centre) -> None:
    centre.queue("care")
    centre.ask(c.PutAgent("li", ("care",), (), (("chat", 1), ("mail", 1)), sharing=c.Sharing(5)))
    for medium in ("chat", "mail"):
        centre.ask(c.SetReachable("li", medium, True))
    for name, medium in (("one", "chat"), ("two", "mail"), ("three", "chat")):
        comes(centre, name, medium)
    assert offered(centre.ask(c.SetPresence("li", "available"))) == [("v-one", "li"), ("v-two", "li")]


def test_what_is_held_is_not_parked_for_a_call(centre: Centre) -> None:
    centre.queue("care")
    blended(centre, "li", "care")
    for name in ("one", "two"):
        comes(centre, name, "chat")
        centre.talk(name)
    centre.ask(c.Hold("v-two/1"))
    assert offered(comes(centre, "call", "voice")) == [], "parking the other chat would not be room enough"
    assert offered(centre.ask(c.Resume("v-two/1"))) == [("v-call", "li")]


RARE = ("rare-0", "rare-1", "rare-2")


def relaxed_at_once(centre: Centre, *waiting: tuple[str, str]) -> list[e.Event]:
    """All of them, (name, medium), come at the same time for whom nobody is, each to a queue of its own, and may have
    anyone in the same moment."""
    for queue, (name, medium) in zip(RARE, waiting, strict=False):
        assert offered(comes(centre, name, medium, queue)) == []
    return centre.deadline()


@pytest.fixture
def rare(centre: Centre) -> None:
    centre.ask(c.PutSkill("en"))
    for queue in RARE:
        centre.queue(queue, requires=(("en", 1),), wrap_up_s=0, relax=(c.Relaxation(20.0, (("en", 0),)),))


@pytest.mark.usefixtures("rare")
def test_of_several_at_once_each_takes_room_from_the_next(centre: Centre) -> None:
    blended(centre, "li", *RARE)
    assert offered(relaxed_at_once(centre, ("call", "voice"), ("mail", "mail"))) == [("v-call", "li")]
    centre.talk("call")
    assert offered(centre.ask(c.AgentLeaves("v-call/1"))) == [("v-mail", "li")]


@pytest.mark.usefixtures("rare")
def test_of_several_at_once_two_that_share_a_medium_fill_it(centre: Centre) -> None:
    blended(centre, "li", *RARE)
    events = relaxed_at_once(centre, *[(f"m{n}", "mail") for n in range(3)])
    assert offered(events) == [("v-m0", "li"), ("v-m1", "li")]


@pytest.mark.usefixtures("rare")
def test_of_several_at_once_each_goes_to_another_who_is_free(centre: Centre) -> None:
    for agent in ("li", "wang"):
        blended(centre, agent, *RARE)
    events = relaxed_at_once(centre, *[(f"c{n}", "voice") for n in range(3)])
    assert offered(events) == [("v-c0", "li"), ("v-c1", "wang")]


@pytest.mark.usefixtures("rare")
def test_of_several_at_once_the_first_parks_and_the_next_finds_no_room(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    blended(centre, "li", "care", *RARE)
    comes(centre, "old", "mail")
    centre.talk("old")
    events = relaxed_at_once(centre, ("call", "voice"), ("mail", "mail"))
    assert offered(events) == [("v-call", "li")]
    assert [it.assignment for it in events if isinstance(it, e.AssignmentParked)] == ["v-old/1"]


@pytest.mark.usefixtures("rare")
def test_of_several_at_once_one_that_parks_comes_after_one_that_need_not(centre: Centre) -> None:
    """What the first leaves to park counts for the next: wang is wholly free, li has a mail."""
    centre.queue("care", wrap_up_s=0)
    blended(centre, "li", "care", *RARE)
    comes(centre, "old", "mail")
    centre.talk("old")
    blended(centre, "wang", *RARE)
    events = relaxed_at_once(centre, ("mail", "mail"), ("call", "voice"))
    assert dict(offered(events)).keys() == {"v-mail", "v-call"}
    parked = [it.assignment for it in events if isinstance(it, e.AssignmentParked)]
    takes = dict(offered(events))
    assert parked == (["v-old/1"] if takes["v-call"] == "li" else [])
