"""Transfer, consult, conference, outside parties on the voice side: who hears whom, what is recorded, restarts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from qingting.core import commands as c
from qingting.core.policy import Policy
from qingting.runtime import names
from qingting.speech.espeak import Espeak
from qingting.speech.prompts import PromptStore

from .switchboard import Switchboard


@pytest.fixture
async def board(made_prompts: Path, tmp_path: Path) -> AsyncIterator[Switchboard]:
    speech = Espeak()
    it = Switchboard(PromptStore(speech, made_prompts, tmp_path / "recorded"), tmp_path)
    await it.open()
    yield it
    await it.stop()
    await speech.close()


async def test_a_call_handed_on_to_a_queue_and_to_an_agent(board: Switchboard) -> None:
    first = await board.talk("li")
    contact = first.contact
    await board.hear(contact, customer={"li"}, li={"customer"})
    await board.recorded(first.id)
    await board.live.submit(c.Transfer(first.id, names.visit_transferred(contact), "experts"))
    await board.hear(contact, customer={"music"})
    await board.until(lambda: names.agent_leg(first.id) in board.engine.gone, "the first agent's leg is dropped")
    await board.answer("zhao")
    await board.hear(contact, customer={"zhao"}, zhao={"customer"})
    second = board.of("zhao")
    await board.recorded(second.id)
    await board.live.submit(c.Transfer(second.id, names.visit_transferred(contact), "", "wang"))
    await board.hear(contact, customer={"music"})
    await board.answer("wang")
    await board.hear(contact, customer={"wang"}, wang={"customer"})
    third = board.of("wang")
    await board.recorded(third.id)
    assert board.tapes.begun == [first.id, second.id, third.id]
    await board.until(lambda: len(board.tapes.finished) == 2, "those before are over")
    board.engine.hang_up(board.leg("wang"))
    await board.until(lambda: bool(board.live.engine.state.contacts[contact].ended))


async def test_a_consult_swapped_joined_and_completed(board: Switchboard) -> None:
    it = await board.talk("li")
    contact = it.contact
    await board.recorded(it.id)
    await board.live.submit(c.Consult(it.id, names.consult_of(contact), agent="zhao"))
    await board.hear(contact, customer={"music"}, li={"ringing"})
    await board.answer("zhao")
    await board.hear(contact, customer={"music"}, li={"zhao"}, zhao={"li"})
    assert board.tapes.begun == [it.id], "what is said apart is on nobody's recording"
    await board.asked(contact)
    await board.live.submit(c.Swap(it.id))
    await board.hear(contact, customer={"li"}, li={"customer"}, zhao={"music"})
    await board.asked(contact)
    await board.live.submit(c.Swap(it.id))
    await board.hear(contact, customer={"music"}, li={"zhao"}, zhao={"li"})
    await board.live.submit(c.Join(it.id))
    await board.hear(contact, customer={"li", "zhao"}, li={"customer", "zhao"}, zhao={"customer", "li"})
    await board.live.submit(c.Hold(it.id))
    await board.hear(contact, customer={"music"}, li={"zhao"}, zhao={"li"})
    await board.live.submit(c.Resume(it.id))
    await board.hear(contact, customer={"li", "zhao"}, li={"customer", "zhao"}, zhao={"customer", "li"})
    assert not board.tapes.finished, "the owner's recording goes on through all of it"
    board.engine.hang_up(board.leg("li"))
    await board.hear(contact, customer={"zhao"}, zhao={"customer"})
    heir = board.of("zhao")
    await board.recorded(heir.id)
    assert board.tapes.begun == [it.id, heir.id]
    board.engine.hang_up(board.leg("customer", contact))
    await board.until(lambda: names.agent_leg(heir.id) in board.engine.gone, "the last one is dropped as well")
    await board.until(lambda: not board.engine.bridges, "no bridge stays")


async def test_a_consult_that_nobody_takes(board: Switchboard) -> None:
    it = await board.talk("li")
    contact = it.contact
    await board.live.submit(c.Consult(it.id, names.consult_of(contact), agent="zhao"))
    await board.until(lambda: bool(board.rings("zhao")))
    board.engine.hang_up(board.rings("zhao"))
    await board.until(lambda: not board.live.engine.state.contacts[contact].consults)
    await board.hear(contact, customer={"music"}, li=set())
    await board.live.submit(c.Resume(it.id))
    await board.hear(contact, customer={"li"}, li={"customer"})
    # Back with the customer while the phone rings on: whoever answers waits with music until they are asked.
    await board.live.submit(c.Consult(it.id, names.consult_of(contact), agent="zhao"))
    await board.hear(contact, li={"ringing"})
    await board.live.submit(c.Resume(it.id))
    await board.hear(contact, customer={"li"}, li={"customer"})
    await board.answer("zhao")
    await board.hear(contact, customer={"li"}, li={"customer"}, zhao={"music"})
    zhao = board.leg("zhao")
    await board.live.submit(c.EndConsult(board.live.engine.state.contacts[contact].consults[0]))
    await board.until(lambda: zhao in board.engine.gone)
    await board.hear(contact, customer={"li"}, li={"customer"})


async def test_left_to_whom_is_only_being_rung(board: Switchboard) -> None:
    """Who asks a queue hears music while nobody is there, and the phone of whom it rings at."""
    it = await board.talk("li")
    contact = it.contact
    await board.live.submit(c.SetPresence("zhao", "not_ready", "system", by="system"))
    await board.live.submit(c.Consult(it.id, names.consult_of(contact), queue="experts"))
    await board.hear(contact, customer={"music"}, li={"music"})
    await board.live.submit(c.SetPresence("zhao", "available"))
    await board.hear(contact, customer={"music"}, li={"ringing"})
    await board.until(lambda: bool(board.rings("zhao")))
    await board.live.submit(c.CompleteTransfer(it.id))
    await board.hear(contact, customer={"music"})
    await board.answer("zhao")
    await board.hear(contact, customer={"zhao"}, zhao={"customer"})
    await board.recorded(board.of("zhao").id)


async def test_somebody_outside_is_asked_joins_and_stays(board: Switchboard) -> None:
    it = await board.talk("li")
    contact = it.contact
    asked = names.party_of(contact)
    await board.live.submit(c.ConsultOutside(it.id, asked, f"p{asked}"), personal=board.number(f"p{asked}"))
    party = await board.party(contact)
    assert board.engine.legs[names.party_leg(party)].target == "trunk:main/+8613900010001"
    await board.hear(contact, customer={"music"}, li={"ringing"})
    board.engine.answer(names.party_leg(party))
    await board.hear(contact, customer={"music"}, li={"party"}, party={"li"})
    await board.asked(contact)
    await board.live.submit(c.Swap(it.id))
    await board.hear(contact, customer={"li"}, li={"customer"}, party={"music"})
    await board.live.submit(c.Join(it.id))
    await board.hear(contact, customer={"li", "party"}, li={"customer", "party"}, party={"customer", "li"})
    await board.live.submit(c.CompleteTransfer(it.id))
    await board.hear(contact, customer={"party"}, party={"customer"})
    board.engine.hang_up(names.party_leg(party))
    await board.until(lambda: board.leg_gone(contact), "the call is over")


async def test_handed_on_to_somebody_outside(board: Switchboard) -> None:
    it = await board.talk("li")
    contact = it.contact
    asked = names.party_of(contact)
    await board.live.submit(c.TransferOutside(it.id, asked, f"p{asked}"), personal=board.number(f"p{asked}"))
    party = await board.party(contact)
    await board.hear(contact, customer={"ringing"})
    board.engine.hang_up(names.party_leg(party), "busy")
    await board.answer("wang")  # nobody took it outside: it is in its queue again
    await board.hear(contact, customer={"wang"}, wang={"customer"})
    again = names.party_of(contact)
    second = board.of("wang")
    await board.live.submit(c.TransferOutside(second.id, again, f"p{again}"), personal=board.number(f"p{again}"))
    party = await board.party(contact)
    board.engine.answer(names.party_leg(party))
    await board.hear(contact, customer={"party"}, party={"customer"})
    board.engine.hang_up(board.leg("customer", contact))
    await board.until(lambda: names.party_leg(party) in board.engine.gone, "they are not left alone")


async def test_a_lost_agent_and_their_customer(board: Switchboard) -> None:
    await board.live.submit(c.PutPolicy("sales", Policy(requeue_lost=True)))
    it = await board.talk("li")
    contact = it.contact
    await board.live.submit(c.SetPresence("wang", "not_ready", "system", by="system"))
    board.engine.end(board.leg("li"), "lost")
    await board.hear(contact, customer={"music"})
    await board.live.submit(c.SetPresence("wang", "available"))
    await board.answer("wang")
    await board.hear(contact, customer={"wang"}, wang={"customer"})


async def test_the_first_of_two_phones_has_it_and_a_phone_that_takes_all(board: Switchboard) -> None:
    await board.live.submit(c.PutPolicy("sales", Policy(at_once=2)))
    contact = await board.call()
    await board.until(lambda: bool(board.rings("li") and board.rings("wang")), "both are rung")
    loser = board.rings("li")
    await board.answer("wang")
    await board.hear(contact, customer={"wang"}, wang={"customer"})
    await board.until(lambda: loser in board.engine.gone, "the other phone is silent")
    assert ("X-Qingting-Auto", "1") not in board.engine.gone[loser].headers
    await board.live.submit(c.PutPolicy("sales", Policy(auto_answer=True)))
    await board.call()
    await board.until(lambda: bool(board.rings("li")))
    assert ("X-Qingting-Auto", "1") in board.engine.legs[board.rings("li")].headers


async def test_a_program_killed_in_the_midst(board: Switchboard) -> None:
    """While a colleague is rung, asked, held, in conference, and while somebody outside is rung."""
    it = await board.talk("li")
    contact = it.contact
    await board.live.submit(c.Consult(it.id, names.consult_of(contact), agent="zhao"))
    await board.hear(contact, customer={"music"}, li={"ringing"})
    await board.restart()
    await board.hear(contact, customer={"music"})
    await board.answer("zhao")
    await board.hear(contact, customer={"music"}, li={"zhao"}, zhao={"li"})
    await board.restart()
    await board.hear(contact, customer={"music"}, li={"zhao"}, zhao={"li"})
    await board.asked(contact)
    await board.live.submit(c.Swap(it.id))
    await board.hear(contact, customer={"li"}, li={"customer"}, zhao={"music"})
    await board.restart()
    await board.hear(contact, customer={"li"}, li={"customer"}, zhao={"music"})
    await board.live.submit(c.Join(it.id))
    await board.hear(contact, customer={"li", "zhao"}, zhao={"customer", "li"})
    await board.stop()
    board.engine.hang_up(board.leg("zhao"))  # nobody hears of it
    await board.restart()
    await board.until(lambda: not board.live.engine.state.contacts[contact].consults, "they have left")
    await board.hear(contact, customer={"li"}, li={"customer"})
    asked = names.party_of(contact)
    await board.live.submit(c.TransferOutside(it.id, asked, f"p{asked}"), personal=board.number(f"p{asked}"))
    party = await board.party(contact)
    await board.hear(contact, customer={"ringing"})
    await board.restart()
    await board.hear(contact, customer={"ringing"})
    await board.stop()
    board.engine.answer(names.party_leg(party))
    await board.restart()
    await board.hear(contact, customer={"party"}, party={"customer"})
