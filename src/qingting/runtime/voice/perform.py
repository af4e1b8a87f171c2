"""Each effect of voice as verbs of the telephony port."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import structlog

from ...core import commands as c
from ...telephony import port as t
from .. import names
from .. import reactions as r
from .legs import Call

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
            case r.Wait():
                await self._wait(call, effect)
            case r.RingAgent():
                await self._ring(call, effect)
            case r.Join():
                await self._join(call, effect.assignment)
            case r.HoldCustomer():
                music = self.voice.directory.queue(call.tenant, call.queue).music
                await self._telephony.hold(names.bridge(call.visit), call.leg, effect.on, music)
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
            case r.DropAgent():
                leg = self.voice.legs.drop_agent(call, effect.assignment)
                if leg:
                    await self._telephony.hang_up(leg)
            case r.DropCustomer():
                await self._drop(call, effect.cause)

    @property
    def _telephony(self) -> t.Telephony:
        return self.voice.telephony

    async def _greet(self, call: Call) -> None:
        # The engine keeps the order of what is asked of a leg, so nobody waits for its yes.
        answered = asyncio.create_task(self._telephony.answer(call.leg))
        try:
            await self.voice.begin_dialogue(call)
        finally:
            await answered

    async def _wait(self, call: Call, effect: r.Wait) -> None:
        call.visit = effect.visit
        call.queue = effect.queue or call.queue
        settings = self.voice.directory.queue(call.tenant, call.queue)
        await self.voice.dialogues.wait(
            call.contact, call.leg, call.tenant, call.visit, call.queue, settings, call.language
        )

    async def _ring(self, call: Call, effect: r.RingAgent) -> None:
        voice = self.voice
        call.visit = names.visit_of_assignment(effect.assignment)
        leg = names.agent_leg(effect.assignment)
        endpoint = voice.phones.endpoint(call.tenant, effect.agent)
        own = effect.until == 0
        left = RING_OWN_PHONE_S if own else effect.until - voice.now() + 1.0
        if left <= 0:
            return
        if endpoint is None:
            why = c.AgentLeaves(effect.assignment, "lost") if own else c.Decline(effect.assignment, "unreachable")
            voice.post(call, why, "no phone")
            return
        headers = [("X-Qingting-Assignment", effect.assignment)] + ([("X-Qingting-Auto", "1")] if own else [])
        voice.legs.add_agent(call, effect.assignment, leg)
        number = await voice.number(call)
        try:
            await self._telephony.ring(
                leg, f"endpoint:{endpoint}", caller=number or "anonymous", timeout_s=left, headers=headers
            )
        except t.EngineUnavailable:
            voice.legs.drop_agent(call, effect.assignment)
            voice.post(call, c.Decline(effect.assignment, "failed"), "engine unavailable")

    async def _join(self, call: Call, assignment: str) -> None:
        if call.direction == "out":
            return  # the agent's own phone is rung first; `ring_outside` and `join_outside` go on from there
        await self.voice.dialogues.stop_waiting(call.leg)
        await self._bridge(call, assignment)

    async def ring_outside(self, call: Call, assignment: str) -> None:
        """The agent's phone is up: now the customer's is rung, and the agent hears it ring."""
        way = await self.voice.directory.way_out(call.tenant, await self.voice.number(call))
        if way is None:
            self.voice.post(call, c.ContactEnds(call.contact, "failed"), "no trunk")
            return
        await self._telephony.ring(
            call.leg,
            way.target,
            caller=way.caller,
            timeout_s=RING_OUTSIDE_S,
            early_media_to=names.agent_leg(assignment),
        )

    async def join_outside(self, call: Call) -> None:
        for assignment in call.agent_legs:
            await self._bridge(call, assignment)

    async def _bridge(self, call: Call, assignment: str) -> None:
        try:
            await self._telephony.bridge(names.bridge(call.visit), [call.leg, names.agent_leg(assignment)])
        except (t.LegGone, t.EngineUnavailable) as error:
            self.voice.post(call, c.ConnectFails(assignment, type(error).__name__), "bridge")
            return
        self.voice.post(call, c.Connected(assignment), "bridge")

    async def _record(self, call: Call, assignment: str) -> None:
        if not self.voice.directory.queue(call.tenant, call.queue).record:
            return
        recording = names.recording(assignment)
        tapes = self.voice.tapes
        received, sent = await tapes.begin(call.tenant, recording, call.contact, assignment, call.line)
        self.voice.recordings[recording] = call.tenant
        try:
            await self._telephony.record(recording, call.leg, received, sent)
        except (t.LegGone, t.EngineUnavailable) as error:
            del self.voice.recordings[recording]
            await tapes.finish(call.tenant, recording, f"not_started: {type(error).__name__}")

    async def _drop(self, call: Call, cause: str) -> None:
        voice = self.voice
        for assignment in list(call.agent_legs):
            await self._telephony.hang_up(voice.legs.drop_agent(call, assignment))
        voice.legs.drop(call.contact)
        voice.dialogues.leg_ended(call.leg)
        await self._telephony.hang_up(call.leg)
        if call.visit:
            await self._telephony.unbridge(names.bridge(call.visit))
