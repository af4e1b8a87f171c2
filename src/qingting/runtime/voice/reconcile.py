"""After either side came back: what the journal says is open against what lives in the engine.

Talking parties were never parted; who waits keeps their place; what ended meanwhile is told to the core
with its cause; legs that nobody knows are served (they arrived while we were away) or hung up (they were ours).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from ...core import commands as c
from ...core.model import Assignment, Contact, Party, State
from ...core.reading import answers_itself
from ...telephony import port as t
from .. import names
from .. import reactions as r
from . import attempts
from .legs import Call

if TYPE_CHECKING:
    from .driver import Voice

log = structlog.get_logger(__name__)


async def reconcile(voice: Voice, up: t.EngineUp) -> None:
    living = {leg.leg: leg for leg in up.legs}
    bridges = {leg: (bridge, len(legs)) for bridge, legs in up.bridges for leg in legs}
    there = {bridge for bridge, _ in up.bridges}
    await voice.phones.restore(await voice.telephony.online(), up.restarted)
    known: set[str] = set()
    for tenant, live in voice.lives.items():
        state = live.engine.state
        for contact in [it for it in state.contacts.values() if it.medium == "voice" and not it.ended]:
            call = voice.legs.calls.get(contact.id) or voice.adopt(tenant, contact)
            known.add(call.leg)
            call.music.clear()
            call.bridges = {}
            _contact(voice, state, contact, call, living, up.restarted)
            known.update(call.others.values())
            ours = (names.bridge(contact.id), names.bridge_apart(contact.id))
            call.built = there.intersection(ours)
            for mine in (call.leg, *call.others.values()):
                bridge, legs = bridges.get(mine, ("", 0))
                if bridge in ours or legs == 1:  # else who is rung there is heard ringing
                    call.bridges[mine] = bridge
    for tenant, agent in voice.phones.known():
        voice.say_reachable(tenant, agent)
    for leg in up.legs:
        if leg.leg in known:
            continue
        if leg.incoming and leg.arrival is not None:
            voice.spawn(voice.arrivals.arrived(leg.arrival))
        elif leg.leg.startswith(names.OUR_LEGS) or _lost_transfer(voice, leg.leg):
            voice.spawn(voice.telephony.hang_up(leg.leg))
    log.info("voice.reconciled", legs=len(up.legs), known=len(known), restarted=up.restarted)


def _lost_transfer(voice: Voice, leg: str) -> bool:
    """The far end of a self-service transfer whose contact is over."""
    contact, _, _ = leg.removeprefix("t-").rpartition(".")
    return leg.startswith("t-") and not any(contact in live.engine.state.contacts for live in voice.lives.values())


def _contact(
    voice: Voice, state: State, contact: Contact, call: Call, living: dict[str, t.LegState], restarted: bool
) -> None:
    """Brings one contact to what is true."""
    customer = living.get(call.leg)
    call.customer_up = customer is not None and (call.direction == "in" or customer.state == "up")
    visit = state.visits.get(contact.visit)
    owner = state.assignments.get(visit.assignment) if visit is not None else None
    begins = owner is not None and owner.state == "connecting"
    to_be_called = call.direction == "out" and not contact.reached and (begins or contact.callback)
    if customer is None and not to_be_called:
        voice.post(call, c.ContactEnds(call.contact, "engine_lost" if restarted else "customer"), "reconcile")
        return
    for whose in [whose for whose, leg in call.others.items() if leg not in living]:
        voice.legs.drop_other(call, whose)
    for id in (contact.visit, *contact.consults):
        if (stay := state.visits.get(id)) is not None:
            for id_ in (stay.assignment, *stay.beside):
                if (assignment := state.assignments.get(id_)) is not None:
                    _assignment(voice, state, call, assignment, living, customer is not None)
    for id in contact.parties:
        if (party := state.parties.get(id)) is not None:
            _party(voice, call, party, living)
    served = visit is not None and visit.state != "ended"
    if visit is not None and visit.state in ("waiting", "offered") and call.customer_up:
        voice.recall_dialogue(call, contact)
    if served or contact.parties:
        voice.perform(r.Seat(call.contact))
    elif customer is not None and customer.state == "down":
        voice.perform(r.Greet(call.contact, call.leg))
    else:
        voice.resume_dialogue(call, contact.flow, contact.version, contact.dialogue)


def _assignment(
    voice: Voice, state: State, call: Call, assignment: Assignment, living: dict[str, t.LegState], rung: bool
) -> None:
    leg = names.agent_leg(assignment.id)
    agent = living.get(leg)
    match assignment.state:
        case "wrap_up" | "lapsed":
            return  # its leg, if there is one, is hung up as one that nobody knows
        case "offered" if agent is None:
            auto = answers_itself(state, assignment)
            voice.perform(r.RingAgent(call.contact, assignment.id, assignment.agent, assignment.until, auto))
            return
        case "connecting" if agent is None and attempts.customer_first(state, call):
            if not rung:
                voice.perform(r.Join(call.contact, assignment.id))
            return
        case _ if agent is None:
            connects = assignment.state == "connecting" and (assignment.consult or call.direction == "in")
            gone = c.ConnectFails(assignment.id, "agent_left") if connects else c.AgentLeaves(assignment.id, "lost")
            voice.post(call, gone, "reconcile")
            return
    voice.legs.add_other(call, assignment.id, leg)
    match assignment.state:
        case "offered" if agent.state == "up":
            voice.post(call, c.Accept(assignment.id), "reconcile")
        case "connecting" if call.customer_up:
            voice.perform(r.Join(call.contact, assignment.id))
        case "connecting":
            voice.resume_outside(call, assignment.id, agent_up=agent.state == "up", ringing=rung)
        case "active" | "held" if not assignment.consult:
            voice.recordings.setdefault(names.recording(assignment.id), call.tenant)
        case _:
            pass


def _party(voice: Voice, call: Call, party: Party, living: dict[str, t.LegState]) -> None:
    """Nobody outside is rung a second time: whether they turned us down meanwhile cannot be known."""
    leg = names.party_leg(party.id)
    found = living.get(leg)
    if found is None:
        voice.post(call, c.PartyEnds(party.id, "failed" if party.state == "calling" else "hangup"), "reconcile")
        return
    voice.legs.add_other(call, party.id, leg)
    if party.state == "calling" and found.state == "up":
        voice.post(call, c.PartyAnswers(party.id), "reconcile")
