"""After either side came back: what the journal says is open against what lives in the engine.

Talking parties were never parted; who waits keeps their place; what ended meanwhile is told to the core
with its cause; legs that nobody knows are served (they arrived while we were away) or hung up (they were ours).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from ...core import commands as c
from ...core.model import Assignment, Contact, State
from ...telephony import port as t
from .. import names
from .. import reactions as r
from .legs import Call

if TYPE_CHECKING:
    from .driver import Voice

log = structlog.get_logger(__name__)


async def reconcile(voice: Voice, up: t.EngineUp) -> None:
    living = {leg.leg: leg for leg in up.legs}
    bridges = {bridge: set(legs) for bridge, legs in up.bridges}
    await voice.phones.restore(await voice.telephony.online(), up.restarted)
    known: set[str] = set()
    for tenant, live in voice.lives.items():
        state = live.engine.state
        for contact in [it for it in state.contacts.values() if it.medium == "voice" and not it.ended]:
            call = voice.legs.calls.get(contact.id) or voice.adopt(tenant, contact)
            known.add(call.leg)
            known.update(_contact(voice, state, contact, call, living, bridges, up.restarted))
    for tenant, agent in voice.phones.known():
        voice.say_reachable(tenant, agent)
    for leg in up.legs:
        if leg.leg in known:
            continue
        if leg.incoming and leg.arrival is not None:
            voice.spawn(voice.arrived(leg.arrival))
        elif leg.leg.startswith(("a-", "o-")) or _lost_transfer(voice, leg.leg):
            voice.spawn(voice.telephony.hang_up(leg.leg))
    log.info("voice.reconciled", legs=len(up.legs), known=len(known), restarted=up.restarted)


def _lost_transfer(voice: Voice, leg: str) -> bool:
    """The far end of a self-service transfer whose contact is over."""
    contact, _, _ = leg.removeprefix("t-").rpartition(".")
    return leg.startswith("t-") and not any(contact in live.engine.state.contacts for live in voice.lives.values())


def _contact(
    voice: Voice,
    state: State,
    contact: Contact,
    call: Call,
    living: dict[str, t.LegState],
    bridges: dict[str, set[str]],
    restarted: bool,
) -> set[str]:
    """Brings one contact to what is true; returns the agents' legs that belong to it."""
    customer = living.get(call.leg)
    call.customer_up = customer is not None and customer.state == "up"
    visit = state.visits.get(contact.visit)
    assignment = state.assignments.get(visit.assignment) if visit is not None else None
    own_call_begins = call.direction == "out" and assignment is not None and assignment.state == "connecting"
    if customer is None and not own_call_begins:
        voice.post(call, c.ContactEnds(call.contact, "engine_lost" if restarted else "customer"), "reconcile")
        return set()
    if visit is not None:
        call.visit, call.queue = visit.id, visit.queue
    if assignment is not None and assignment.state == "offered" and names.agent_leg(assignment.id) not in living:
        voice.perform(r.RingAgent(call.contact, assignment.id, assignment.agent, assignment.until))
    elif assignment is not None:
        _assignment(voice, call, assignment, living, bridges, customer is not None)
        if assignment.state != "offered":
            return {names.agent_leg(assignment.id)}
    if visit is not None:
        voice.perform(r.Wait(call.contact, visit.id, visit.queue))
    elif customer is not None and customer.state == "down":
        voice.perform(r.Greet(call.contact, call.leg))
    else:
        voice.resume_dialogue(call, contact.flow, contact.version, contact.dialogue)
    return {names.agent_leg(assignment.id)} if assignment is not None else set()


def _assignment(
    voice: Voice,
    call: Call,
    assignment: Assignment,
    living: dict[str, t.LegState],
    bridges: dict[str, set[str]],
    customer_lives: bool,
) -> None:
    leg = names.agent_leg(assignment.id)
    agent = living.get(leg)
    if agent is None:
        inbound = assignment.state == "connecting" and call.direction == "in"
        gone = c.ConnectFails(assignment.id, "agent_left") if inbound else c.AgentLeaves(assignment.id, "lost")
        voice.post(call, gone, "reconcile")
        return
    voice.legs.add_agent(call, assignment.id, leg)
    match assignment.state:
        case "offered" if agent.state == "up":
            voice.post(call, c.Accept(assignment.id), "reconcile")
        case "connecting" if call.direction == "in":
            voice.perform(r.Join(call.contact, assignment.id))
        case "connecting":
            voice.resume_outside(call, assignment.id, agent_up=agent.state == "up", ringing=customer_lives)
        case "active" | "held":
            voice.recordings.setdefault(names.recording(assignment.id), call.tenant)
            if assignment.state == "active" and {call.leg, leg} - bridges.get(names.bridge(call.visit), set()):
                voice.perform(r.Join(call.contact, assignment.id))
        case _:
            pass
