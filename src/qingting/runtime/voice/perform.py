"""Each effect of voice as verbs of the telephony port."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import structlog

from ...core import commands as c
from ...core.model import State
from ...telephony import port as t
from .. import names
from .. import reactions as r
from . import attempts
from .legs import Call
from .seating import CUSTOMER, Picture

if TYPE_CHECKING:
    from .driver import Voice

log = structlog.get_logger(__name__)

RING_OUTSIDE_S = 60.0
RING_OWN_PHONE_S = 20.0


class Performer:
    def __init__(self, voice: Voice) -> None:
        self.voice = voice

    def __call__(self, effect: r.Effect) -> Coroutine[Any, Any, None]:
        return self._perform(effect)

    async def _perform(self, effect: r.Effect) -> None:
        call = self.voice.legs.calls.get(effect.contact)
        if call is None:
            return
        match effect:
            case r.Greet():
                await self._greet(call)
            case r.Seat():
                await self._seat(call)
            case r.Overflow():
                if call.customer_up:
                    await self.voice.dialogues.overflowed(
                        call.contact, call.leg, call.tenant, effect.queue, effect.to, effect.target
                    )
            case r.RingAgent():
                await self._ring(call, effect)
            case r.RingParty():
                await self._ring_party(call, effect)
            case r.Join():
                await self.join(call, effect.assignment)
            case r.Record():
                await self._record(call, effect.assignment)
            case r.PauseRecording():
                recording = names.recording(effect.assignment)
                if recording in self.voice.recordings:
                    await self._telephony.pause_recording(recording, call.leg, effect.on)
                    await self.voice.tapes.pause(call.tenant, recording, effect.on)
            case r.StopRecording():
                recording = names.recording(effect.assignment)
                if recording in self.voice.recordings:
                    await self._telephony.stop_recording(recording, call.leg)
            case r.Drop():
                leg = self.voice.legs.drop_other(call, effect.whose)
                if leg:
                    await self._telephony.hang_up(leg)
            case r.DropCustomer():
                await self._drop(call, effect.cause)

    @property
    def _telephony(self) -> t.Telephony:
        return self.voice.telephony

    async def _greet(self, call: Call) -> None:
        """Self-service is at work already, unless it could not be begun, or the program was started anew."""
        await self._telephony.answer(call.leg)
        if not self.voice.dialogues.at_work(call.leg):
            await self.voice.begin_dialogue(call)

    async def _ring(self, call: Call, effect: r.RingAgent) -> None:
        voice = self.voice
        leg = names.agent_leg(effect.assignment)
        target = voice.phones.target(call.tenant, effect.agent)
        own = effect.until == 0
        if not own and attempts.customer_first(self._state(call), call):
            voice.post(call, c.Accept(effect.assignment), "callback")
            return
        left = RING_OWN_PHONE_S if own else effect.until - voice.now() + 1.0
        if left <= 0:
            return
        if target is None:
            why = c.AgentLeaves(effect.assignment, "lost") if own else c.Decline(effect.assignment, "unreachable")
            voice.post(call, why, "no phone")
            return
        headers = list(t.AUTO_ANSWER) if effect.auto else []
        if voice.phones.in_browser(target):  # each header costs the engine some work, and nobody else reads it
            headers.append(("X-Qingting-Assignment", effect.assignment))
        consult = names.visit_of_assignment(effect.assignment) != call.seating.visit
        hears = self._hears_ringing(call) if consult else ""
        if consult:
            await self._end_owners_music(call, call.seating.picture())
        voice.legs.add_other(call, effect.assignment, leg)
        number = await voice.number(call)
        try:
            await self._telephony.ring(
                leg,
                target,
                caller=number or "anonymous",
                timeout_s=left,
                headers=headers,
                early_media_to=hears,
            )
        except t.EngineUnavailable:
            voice.legs.drop_other(call, effect.assignment)
            voice.post(call, c.Decline(effect.assignment, "failed"), "engine unavailable")

    async def _ring_party(self, call: Call, effect: r.RingParty) -> None:
        voice = self.voice
        number = await voice.number_behind(call.tenant, effect.ref)
        way = await voice.directory.way_out(call.tenant, number) if number else None
        if way is None:
            voice.post(call, c.PartyEnds(effect.party, "failed"), "no trunk")
            return
        leg = names.party_leg(effect.party)
        hears = self._hears_ringing(call)
        voice.legs.add_other(call, effect.party, leg)
        try:
            await self._telephony.ring(
                leg, way.target, caller=way.caller, timeout_s=RING_OUTSIDE_S, early_media_to=hears
            )
        except t.EngineUnavailable:
            voice.legs.drop_other(call, effect.party)
            voice.post(call, c.PartyEnds(effect.party, "failed"), "engine unavailable")

    def _hears_ringing(self, call: Call) -> str:
        """The leg of who waits for whom we ring; they leave the bridge where they were."""
        leg = call.leg_of(call.seating.hears_ringing())
        call.bridges.pop(leg, None)
        return leg

    async def ring_outside(self, call: Call, assignment: str) -> None:
        """Now the customer's phone is rung; the agent hears it ring, unless the customer comes first."""
        number, directory = await self.voice.number(call), self.voice.directory
        back = attempts.callback(self._state(call), call)
        way = await (directory.way_back if back is not None else directory.way_out)(call.tenant, number)
        if way is None:
            self.voice.post(call, c.ContactEnds(call.contact, "failed"), "no trunk")
            return
        await self._telephony.ring(
            call.leg,
            way.target,
            caller=way.caller,
            timeout_s=RING_OUTSIDE_S,
            early_media_to=call.others.get(assignment, ""),
        )

    async def reached(self, call: Call) -> None:
        """Who is called back has answered: they hear who calls while the agent's phone rings, if it does not yet."""
        taken = self._state(call).assignments.get(call.seating.owner)
        ready = taken is not None and taken.id in call.others
        if taken is not None and not ready:
            await self._ring(call, r.RingAgent(call.contact, taken.id, taken.agent, 0, True))
        await self.voice.dialogues.greet(call.leg, call.tenant, call.seating.queue, call.language)
        if taken is not None and ready and call.seating.owner == taken.id:
            await self.join(call, taken.id)

    def _state(self, call: Call) -> State:
        return self.voice.lives[call.tenant].engine.state

    async def join(self, call: Call, assignment: str) -> None:
        if not call.customer_up:
            if attempts.callback(self._state(call), call) is not None:
                await self.ring_outside(call, assignment)
            return  # an agent's own call: their phone is rung first. When the customer is there, this comes again
        try:
            await self._seat(call)
        except (t.LegGone, t.EngineUnavailable) as error:
            self.voice.post(call, c.ConnectFails(assignment, type(error).__name__), "bridge")
            return
        self.voice.post(call, c.Connected(assignment), "bridge")

    async def _seat(self, call: Call) -> None:
        """The engine is asked for what is not so yet: first who goes on hold, then who talks."""
        picture = call.seating.picture()
        settings = self.voice.directory.queue(call.tenant, call.seating.queue)
        for leg in call.legs_of(picture.music):
            if leg not in call.music:
                await self._hold(call, leg, settings.music)
        if CUSTOMER not in picture.main and CUSTOMER not in picture.music:
            await self._leave_alone(call)
        await self._end_owners_music(call, picture)
        for bridge, members in (
            (names.bridge(call.contact), picture.main),
            (names.bridge_apart(call.contact), picture.apart),
        ):
            legs = call.legs_of(members)
            if len(legs) > 1 and {leg for leg, at in call.bridges.items() if at == bridge} != set(legs):
                if call.leg in legs and call.leg not in call.bridges:
                    await self.voice.dialogues.stop_waiting(call.leg)
                call.built.add(bridge)
                await self._telephony.bridge(bridge, legs)
                call.bridges |= dict.fromkeys(legs, bridge)
                call.music.difference_update(legs)
        if picture.waits and call.customer_up:
            await self.voice.dialogues.wait(
                call.contact, call.leg, call.tenant, call.seating.visit, call.seating.queue, settings, call.language
            )

    async def _hold(self, call: Call, leg: str, music: str) -> None:
        bridge = call.bridges.pop(leg, "")
        if bridge:
            await self._telephony.hold(bridge, leg, True, music)
        else:
            await self._telephony.music(leg, True, music)
        call.music.add(leg)

    async def _end_owners_music(self, call: Call, picture: Picture) -> None:
        """Somebody is rung for the consult that they waited for, or it is over."""
        leg = call.others.get(call.seating.owner, "")
        if leg in call.music and call.seating.owner not in picture.music | picture.main | picture.apart:
            call.music.discard(leg)
            await self._telephony.music(leg, False)

    async def _leave_alone(self, call: Call) -> None:
        """The customer hears nothing, until they are told something or it rings."""
        if call.leg in call.music:
            call.music.discard(call.leg)
            await self._telephony.music(call.leg, False)
        if bridge := call.bridges.get(call.leg, ""):
            call.bridges = {leg: at for leg, at in call.bridges.items() if at != bridge}
            call.built.discard(bridge)
            await self._telephony.unbridge(bridge)

    async def _record(self, call: Call, assignment: str) -> None:
        recording = names.recording(assignment)
        if not call.seating.talks(assignment) or recording in self.voice.recordings:
            return
        if not self.voice.directory.queue(call.tenant, call.seating.queue).record:
            return
        tapes = self.voice.tapes
        received, sent = await tapes.begin(call.tenant, recording, call.contact, assignment, call.line)
        self.voice.recordings[recording] = call.tenant
        try:
            await self._telephony.record(recording, call.leg, received, sent)
        except (t.LegGone, t.EngineUnavailable) as error:
            del self.voice.recordings[recording]
            gone = isinstance(error, t.LegGone)
            await tapes.finish(call.tenant, recording, f"not_started: {type(error).__name__}", gone=gone)

    async def _drop(self, call: Call, cause: str) -> None:
        voice = self.voice
        for whose in list(call.others):
            await self._telephony.hang_up(voice.legs.drop_other(call, whose))
        voice.legs.drop(call.contact)
        voice.dialogues.leg_ended(call.leg)
        await self._telephony.hang_up(call.leg)
        for bridge in call.built:
            await self._telephony.unbridge(bridge)
