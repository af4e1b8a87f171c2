"""Between the engine and the core: what the engine tells becomes commands, what was decided becomes verbs.

Effects of one contact run one after the other; different contacts never wait for each other. A verb that
meets a leg already gone is normal: its `LegEnded` has told the core, or will.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog

from ...core import commands as c
from ...core import events as e
from ...core.model import Contact
from ...journal.port import Entry
from ...telephony import port as t
from .. import names
from ..live import Live
from ..reactions import Effect, RingAgent, Seat, react
from . import attempts
from .arriving import Arrivals
from .legs import Call, Legs
from .needs import Directory, Phones, Tapes, Waiting
from .perform import Performer
from .reconcile import reconcile
from .seating import FOLDED, contact_of, seating_of

log = structlog.get_logger(__name__)

RING_CAUSES = {"rejected": "agent", "busy": "busy", "unreachable": "unreachable", "no_answer": "no_answer"}
TALKS = ("connecting", "active", "held", "joined")


class Voice:
    def __init__(
        self,
        telephony: t.Telephony,
        lives: Mapping[str, Live],
        directory: Directory,
        phones: Phones,
        dialogues: Waiting,
        tapes: Tapes,
    ) -> None:
        self.telephony = telephony
        self.lives = lives
        self.directory = directory
        self.phones = phones
        self.dialogues = dialogues
        self.tapes = tapes
        self.legs = Legs()
        self.up = False
        self.on_engine: Callable[[bool], None] = lambda up: None
        """Told when the engine came (reconciled) or went."""
        self.recordings: dict[str, str] = {}
        """recording -> tenant, while it runs or its end has not been told."""
        self.arrivals = Arrivals(telephony, lives, directory, dialogues)
        self._perform = Performer(self)
        self._work: dict[str, deque[Coroutine[Any, Any, None]]] = {}
        """By contact, the effects that its task has still to begin."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._attended: list[Callable[[], None]] = []
        """How to hear no more of each tenant."""
        self._held_back: list[t.TelephonyEvent] | None = None
        """Events that came while reconciling: looked at afterwards, in order."""

    async def start(self) -> None:
        for tenant, live in self.lives.items():
            self.attend(tenant, live)
        await self.telephony.start(self.hear)

    def attend(self, tenant: str, live: Live) -> None:
        self._attended.append(live.subscribe(lambda entry: self.on_entry(tenant, entry)))

    async def stop(self) -> None:
        """Leave: calls go on in the engine."""
        for leave in self._attended:
            leave()
        await self.telephony.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- what the engine tells ---------------------------------------------------------------------------

    def hear(self, event: t.TelephonyEvent) -> None:
        if isinstance(event, t.EngineUp):
            self._held_back = []
            self.spawn(self._engine_up(event))
        elif isinstance(event, t.EngineDown):
            self.up = False
            log.error("voice.engine_down", why=event.why)
            self.on_engine(False)
        elif self._held_back is not None:
            self._held_back.append(event)
        else:
            self._hear(event)

    def _hear(self, event: t.TelephonyEvent) -> None:
        match event:
            case t.LegArrived():
                self.spawn(self.arrivals.arrived(event))
            case t.LegAnswered(leg=leg):
                self._answered(leg)
            case t.LegEnded():
                self._ended(event)
            case t.KeyPressed(leg=leg, key=key):
                self.dialogues.key(leg, key)
            case t.PlaybackEnded(playback=playback, leg=leg, complete=complete):
                self.dialogues.playback_ended(playback, leg, complete)
            case t.EndpointChanged(endpoint=endpoint, online=online):
                self.phones.changed(endpoint, online)
                if (owner := self.phones.agent_of(endpoint)) is not None:
                    self.say_reachable(*owner)
            case t.SiteChanged(trunk=trunk, reachable=reachable):
                self.site_changed(trunk, reachable)
            case t.SourcesRefused(why=why, times=times):
                self.arrivals.count_refused(why, times)
            case t.RecordingEnded():
                self.spawn(self._recorded(event))
            case _:
                pass

    async def _engine_up(self, event: t.EngineUp) -> None:
        try:
            await reconcile(self, event)
        finally:
            self.up = True
            held, self._held_back = self._held_back or [], None
            for later in held:
                self._hear(later)
            self.on_engine(True)

    def _answered(self, leg: str) -> None:
        found = self.legs.find(leg)
        if found is None:
            self.dialogues.leg_answered(leg)
            return
        call, whose = found
        if not whose:
            if call.direction == "out":
                self._reached(call, leg)
        elif not names.is_assignment(whose):
            self.post(call, c.PartyAnswers(whose), f"leg:{leg}")
        elif whose == call.seating.owner:
            # Of a call that the agent makes, or of a customer who was called first: the agent is there now.
            go_on = self._perform.join if call.customer_up else self._perform.ring_outside
            self._enqueue(call.contact, go_on(call, whose))
        else:
            self.post(call, c.Accept(whose), f"leg:{leg}")

    def _reached(self, call: Call, leg: str) -> None:
        """The customer whom we call has answered."""
        call.customer_up = True
        if attempts.callback(self.lives[call.tenant].engine.state, call) is None:
            self._enqueue(call.contact, self._perform.join(call, call.seating.owner))
        else:
            self.post(call, c.CustomerAnswers(call.contact), f"leg:{leg}")
            self._enqueue(call.contact, self._perform.reached(call))

    def _ended(self, event: t.LegEnded) -> None:
        self.dialogues.leg_ended(event.leg, event.cause)
        cause = f"leg:{event.leg}:{event.detail}"[:80]
        found = self.legs.find(event.leg)
        if found is None:
            self.arrivals.gone(event.leg, cause)
            return
        call, whose = found
        if not whose:
            outcome = "customer" if call.direction == "in" or call.customer_up else event.cause
            self.post(call, c.ContactEnds(call.contact, outcome), cause)
            return
        self.legs.drop_other(call, whose)
        if event.cause == "cancelled":
            return
        if not names.is_assignment(whose):
            self.post(call, c.PartyEnds(whose, event.cause), cause)
            return
        known = self.lives[call.tenant].engine.state.assignments.get(whose)
        if known is None:
            return
        if known.state == "offered":
            self.post(call, c.Decline(whose, RING_CAUSES.get(event.cause, "failed")), cause)
        elif known.state == "connecting" and (known.consult or call.direction == "in"):
            self.post(call, c.ConnectFails(whose, "agent_left"), cause)
        elif known.state in TALKS:
            self.post(call, c.AgentLeaves(whose, "hangup" if event.cause == "hangup" else "lost"), cause)

    async def _recorded(self, event: t.RecordingEnded) -> None:
        if (tenant := self.recordings.pop(event.recording, None)) is not None:
            await self.tapes.finish(tenant, event.recording, event.error)
        else:
            await self.dialogues.recorded(event.recording, event.error, event.silent)

    def site_changed(self, trunk: str, reachable: bool) -> None:
        """The engine of another site came or went: what rings there is taken back, and goes to others."""
        owners = self.phones.site_changed(trunk, reachable)
        if owners:
            log.warning("voice.site_changed", trunk=trunk, reachable=reachable, agents=len(owners))
        for owner in owners:
            self.say_reachable(*owner)

    def say_reachable(self, tenant: str, agent: str) -> None:
        if (live := self.lives.get(tenant)) is not None:
            live.post(c.SetReachable(agent, "voice", self.phones.reachable(tenant, agent)), cause="phone")

    def post(self, call: Call, command: c.Command, cause: str) -> None:
        self.lives[call.tenant].post(command, cause=cause)

    # --- what was decided --------------------------------------------------------------------------------

    def on_entry(self, tenant: str, entry: Entry) -> None:
        for event in entry.events:
            self._take_in(tenant, event)
        effects = [effect for event in entry.events for effect in react(event)]
        if entry.kind == "EnterQueue":
            effects.sort(key=_not_ringing)  # who is served at once: the phone first, then what they hear meanwhile
        seated = ""
        for effect in effects:
            if type(effect) is Seat:
                if effect.contact == seated:
                    continue  # the seating is as the whole entry has left it
                seated = effect.contact
            self._enqueue(effect.contact, self._perform(effect))

    def _take_in(self, tenant: str, event: e.Event) -> None:
        if isinstance(event, FOLDED):
            if (call := self.legs.calls.get(contact_of(event))) is not None:
                call.seating.fold(event)
        elif isinstance(event, e.ContactArrived):
            if event.medium == "voice":
                self.know(tenant, event)
        elif isinstance(event, e.LanguageSet) and (call := self.legs.calls.get(event.contact)) is not None:
            call.language = event.language

    def know(self, tenant: str, event: e.ContactArrived) -> Call:
        leg = event.leg or names.outside_leg(event.contact)
        call = Call(tenant, event.contact, event.direction, leg, event.language, event.line)
        call.customer_up = event.direction == "in"
        call.entry = event.entry
        call.party = event.party
        call.number = self.arrivals.number(event.leg)
        self.legs.add(call)
        return call

    def adopt(self, tenant: str, contact: Contact) -> Call:
        """A contact of the journal that this process has not met: it was open when the last one ended."""
        call = Call(tenant, contact.id, contact.direction, contact.leg, contact.language, contact.line)
        call.leg = contact.leg or names.outside_leg(contact.id)
        call.entry, call.party = contact.entry, contact.party
        call.seating = seating_of(self.lives[tenant].engine.state, contact)
        self.legs.add(call)
        return call

    def resume_dialogue(self, call: Call, flow: str, version: int, state: str) -> None:
        if not flow:
            self._enqueue(call.contact, self.begin_dialogue(call))
        else:
            again = self.dialogues.restore(call.contact, call.leg, call.tenant, flow, version, call.language, state)
            self._enqueue(call.contact, again)

    def recall_dialogue(self, call: Call, contact: Contact) -> None:
        """Keys work again for who waits."""
        if contact.flow:
            again = self.dialogues.recall(
                call.contact, call.leg, call.tenant, contact.flow, contact.version, call.language, contact.dialogue
            )
            self._enqueue(call.contact, again)

    def resume_outside(self, call: Call, assignment: str, agent_up: bool, ringing: bool) -> None:
        if call.customer_up:
            self._enqueue(call.contact, self._perform.join(call, assignment))
        elif agent_up and not ringing:
            self._enqueue(call.contact, self._perform.ring_outside(call, assignment))

    async def begin_dialogue(self, call: Call) -> None:
        flow, version = await self.directory.flow(call.tenant, call.entry)
        await self.dialogues.start(call.contact, call.leg, call.tenant, flow, version, call.language)

    async def number(self, call: Call) -> str:
        """Who the customer is, in E.164; empty when withheld or erased."""
        if call.number is None:
            call.number = await self.number_behind(call.tenant, call.party)
        return call.number

    async def number_behind(self, tenant: str, ref: str) -> str:
        """In E.164; empty when it is erased."""
        found = await self.lives[tenant].journal.personal(tenant, [ref])
        return str(found[ref].value.get("number", "")) if ref in found else ""

    def perform(self, effect: Effect) -> None:
        self._enqueue(effect.contact, self._perform(effect))

    def _enqueue(self, contact: str, work: Coroutine[Any, Any, None]) -> None:
        if (waiting := self._work.get(contact)) is not None:
            waiting.append(work)
        else:
            waiting = self._work[contact] = deque([work])
            self.spawn(self._do_all(contact, waiting))

    async def _do_all(self, contact: str, waiting: deque[Coroutine[Any, Any, None]]) -> None:
        try:
            while waiting:
                await self._do(contact, waiting.popleft())
        finally:
            del self._work[contact]
            for work in waiting:
                work.close()

    async def _do(self, contact: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except t.LegGone:
            log.debug("voice.leg_gone", contact=contact)
        except t.EngineUnavailable as error:
            log.warning("voice.engine_unavailable", contact=contact, why=str(error))
        except Exception:
            log.exception("voice.effect_failed", contact=contact)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._alone(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # of one that was cancelled before it began

    async def _alone(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            log.exception("voice.task_failed")

    def now(self) -> float:
        return time.time()


def _not_ringing(effect: Effect) -> bool:
    return type(effect) is not RingAgent
