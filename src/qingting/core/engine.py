"""The decision core: a deterministic state machine without input or output.

    events = engine.decide(command, now)    # judges, changes nothing; may raise Refused
    for event in events: engine.apply(event)    # changes, judges nothing
    engine.next_deadline()    # when it wants a Tick

Time comes in as an argument and never goes back: a clock that was set back counts as the last instant known.
The same commands at the same instants give the same events, in every process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from ..errors import Refused
from . import commands as c
from . import reading, snapshot
from .apply import APPLY
from .capacity import routability
from .commands import Command
from .decisions import (
    agents,
    assignments,
    breaks,
    callbacks,
    configuration,
    consults,
    contacts,
    deadlines,
    entering,
    messages,
    parties,
    transfers,
)
from .estimating import Estimate
from .events import Event
from .model import Agent, Assignment, BreakLimit, State
from .values import Skills

DECIDE: dict[type, Callable[[State, Any, float], list[Event]]] = {
    c.PutSite: configuration.put_site,
    c.PutSkill: configuration.put_skill,
    c.PutReason: configuration.put_reason,
    c.PutDay: configuration.put_day,
    c.PutQueue: configuration.put_queue,
    c.PutPolicy: configuration.put_policy,
    c.SetHours: configuration.set_hours,
    c.RemoveQueue: configuration.remove_queue,
    c.PutRule: configuration.put_rule,
    c.RemoveRule: configuration.remove_rule,
    c.PutAgent: configuration.put_agent,
    c.PutProfile: configuration.put_profile,
    c.RemoveAgent: configuration.remove_agent,
    c.SetPresence: agents.set_presence,
    c.SetReachable: agents.set_reachable,
    c.PutBreakLimit: breaks.put_limit,
    c.ReserveBreak: breaks.reserve,
    c.CancelBreak: breaks.cancel,
    c.ContactArrives: contacts.contact_arrives,
    c.DialogueMoves: contacts.dialogue_moves,
    c.SetLanguage: contacts.set_language,
    c.SetAttributes: entering.set_attributes,
    c.EnterQueue: contacts.enter_queue,
    c.LeaveQueue: contacts.leave_queue,
    c.ContactEnds: contacts.contact_ends,
    c.AgentDials: agents.agent_dials,
    c.Accept: assignments.accept,
    c.Decline: assignments.decline,
    c.Connected: assignments.connected,
    c.ConnectFails: assignments.connect_fails,
    c.Hold: assignments.hold,
    c.Resume: assignments.resume,
    c.AgentLeaves: assignments.agent_leaves,
    c.SetDisposition: assignments.set_disposition,
    c.FinishWrapUp: assignments.finish_wrap_up,
    c.ExtendWrapUp: assignments.extend_wrap_up,
    c.PauseRecording: assignments.pause_recording,
    c.ResumeRecording: assignments.resume_recording,
    c.RequestCallback: callbacks.request,
    c.CancelCallback: callbacks.cancel,
    c.CustomerAnswers: callbacks.customer_answers,
    c.TakeMessage: messages.take,
    c.ClaimMessage: messages.claim,
    c.ReleaseMessage: messages.release,
    c.CloseMessage: messages.close,
    c.Transfer: transfers.transfer,
    c.TransferOutside: transfers.transfer_outside,
    c.CompleteTransfer: transfers.complete_transfer,
    c.Consult: consults.consult,
    c.Swap: consults.swap,
    c.Join: consults.join,
    c.EndConsult: consults.end,
    c.ConsultOutside: parties.consult_outside,
    c.PartyAnswers: parties.party_answers,
    c.PartyEnds: parties.party_ends,
    c.Tick: deadlines.tick,
}


class Engine:
    def __init__(self, state: State | None = None) -> None:
        self.state = State() if state is None else state
        """For reading only: it changes by `apply` and `fold`."""

    def decide(self, command: Command, now: float) -> list[Event]:
        """What follows from a command; `[]` when it changes nothing.

        Raises `Refused` with a stable code: `<thing>.unknown`, `<thing>.exists`, `<thing>.wrong_state`,
        `queue.closed`, `queue.in_use`, `agent.busy` …; the state is then as it was, as it is in any case.
        A `Tick` handles the earliest deadline that is due; ask `next_deadline()` again after it.
        """
        state = self.state
        try:
            judge = DECIDE[type(command)]
        except KeyError:
            raise Refused("command.unknown", f"no such command: {type(command).__name__}") from None
        return judge(state, command, now if now > state.at else state.at)

    def apply(self, event: Event) -> None:
        APPLY[type(event)](self.state, event)
        self.state.at = event.at

    def fold(self, events: Sequence[Event]) -> None:
        state, apply = self.state, APPLY
        for event in events:
            apply[type(event)](state, event)
        if events:
            state.at = event.at

    def next_deadline(self) -> float | None:
        state = self.state
        due = state.day_ends if state.counts_by_day else inf
        of_assignments, of_waiting, others = state.heaps
        if of_assignments and of_assignments[0][0] < due:
            due = of_assignments[0][0]
        if of_waiting and of_waiting[0][0] < due:
            due = of_waiting[0][0]
        if others and others[0][0] < due:
            due = others[0][0]
        return due if due < inf else None

    def dump(self) -> tuple[Any, ...]:
        """Flat tuples of plain values: everything that `load` needs."""
        return snapshot.dump(self.state)

    @classmethod
    def load(cls, data: Any) -> Engine:
        """From what `dump` gave, tuples or lists. Raises `ValueError` on another version's snapshot."""
        return cls(snapshot.restore(data))

    # reading

    def place(self, visit: str) -> int | None:
        """1 is next, within its queue and medium; None for a visit that does not wait."""
        return reading.place(self.state, visit)

    def estimate(self, visit: str) -> Estimate | None:
        """How long this visit will still wait, in the middle and nine times in ten; None when nobody can tell."""
        return reading.estimate(self.state, visit)

    def waiting(self, queue: str) -> list[str]:
        """Visits that wait in this queue, in order."""
        return reading.waiting(self.state, queue)

    def waiting_count(self, queue: str) -> int:
        return self.state.queues[queue].waiting

    def routability(self, agent: str) -> str:
        """One of routable, draining, busy, not_responding, unreachable, not_ready, offline."""
        return routability(self.state.agents[agent])

    def agent_state(self, agent: str) -> str:
        """One of `reading.AGENT_STATES`, as a floor shows it."""
        return reading.agent_state(self.state, self.state.agents[agent])

    def on_break(self, limit: BreakLimit) -> list[str]:
        """Agents who are away under a limit now, or will be when they are done."""
        return breaks.on_break(self.state, limit)

    def open_assignments(self, agent: str) -> list[Assignment]:
        """In order of their offers."""
        return [self.state.assignments[id] for id in self.state.agents[agent].assignments]

    def agent_of(self, assignment: str) -> Agent:
        return self.state.agents[self.state.assignments[assignment].agent]

    def staffing(self) -> dict[str, dict[str, int]]:
        """By queue, how many of its agents are in which of `reading.AGENT_STATES`."""
        return reading.staffing(self.state)

    def free(self, queue: str, medium: str = "voice") -> int:
        """Agents of the queue who would take something now."""
        return reading.free(self.state, queue, medium)

    def step(self, visit: str) -> int | None:
        """How many steps of its queue's relaxation a waiting visit has gone; None for one that does not wait."""
        return reading.step(self.state, visit)

    def impossible(self) -> list[reading.Impossible]:
        """What is configured though no agent could ever serve it."""
        return reading.impossible(self.state)

    def servable(self, queue: str, skills: Skills) -> bool:
        """Whether any agent of the queue can ever meet these beside its own requirement."""
        return reading.servable(self.state, queue, skills)

    def unserved(self, queue: str) -> list[tuple[str, ...]]:
        """Skills that visits of this queue wait for and that no member of it has, however long they wait."""
        return reading.unserved(self.state, queue)
