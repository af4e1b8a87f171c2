"""How much an agent carries, and whether more may come.

Each open assignment, wrap-up included, is one of its medium, and an agent has room for so many of each. Agents whose
media share them (`values.Sharing`) also carry so much load at most over all media, parked conversations not
counted; a medium that may interrupt another has room as well where parking conversations of that one makes it.
No offer takes an agent's load beyond the capacity; where that is lowered meanwhile, nothing comes until it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from .model import Agent, Assignment, State


class Carry:
    """What an agent carries, to think on with: `without` those that end in this decision, and with `talking`
    counted as a conversation that begins in it."""

    __slots__ = ("_begins", "_known", "_state", "_talking", "_without", "agent", "carried", "load")

    def __init__(
        self, state: State, agent: Agent, without: Sequence[Assignment] = (), talking: Assignment | None = None
    ) -> None:
        self.agent = agent
        self.load = dict(agent.load) if without else agent.load
        self.carried = agent.carried
        self._state, self._without, self._begins = state, without, talking
        self._talking: list[Assignment] = []
        self._known = False
        for a in without:
            self.load[a.medium] -= 1
            if a.state != "parked":
                self.carried -= weight(agent, a.medium)

    def talking(self) -> list[Assignment]:
        """Conversations that may be parked, in order of their offers."""
        if not self._known:
            self._known = True
            for a in map(self._state.assignments.__getitem__, self.agent.assignments):
                if a is self._begins or (a.state == "active" and not a.kept and a not in self._without):
                    self._talking.append(a)
        return self._talking

    def room(self, medium: str) -> Sequence[Assignment] | None:
        """What must be parked for one more; None when there is no room for it."""
        agent = self.agent
        if self.load.get(medium, 0) >= agent.most.get(medium, 0):
            return None
        sharing = agent.sharing
        if not sharing.most:
            return ()
        over = self.carried + agent.weight.get(medium, 1) - sharing.most
        if over <= 0:
            return ()
        if medium not in agent.over:
            return None
        parked: list[Assignment] = []
        for other in agent.over[medium]:
            for a in reversed(self.talking()):
                if a.medium == other:
                    parked.append(a)
                    over -= weight(agent, other)
                    if over <= 0:
                        return parked
        return None

    def take(self, medium: str, parked: Sequence[Assignment]) -> None:
        self.load = {**self.load, medium: self.load.get(medium, 0) + 1}
        self.carried += weight(self.agent, medium)
        for a in parked:
            self._talking.remove(a)
            self.carried -= weight(self.agent, a.medium)

    def fits(self, parked: Assignment) -> bool:
        """Whether a parked conversation may come back; to who carries nothing else it may, be it too heavy."""
        return not self.carried or self.carried + weight(self.agent, parked.medium) <= self.agent.sharing.most

    def bring_back(self, parked: Assignment) -> None:
        self.carried += weight(self.agent, parked.medium)
        talking = self.talking()
        talking.append(parked)
        talking.sort(key=lambda a: self.agent.assignments.index(a.id))


def weight(agent: Agent, medium: str) -> int:
    return agent.weight.get(medium, 1)


def may_interrupt(agent: Agent, other: str) -> list[str]:
    """Media that may interrupt this one."""
    return [by for by, over in agent.sharing.interrupts if over == other]


def on_duty(agent: Agent) -> tuple[str, ...]:
    """Media in which offers may come, were there room."""
    if agent.presence != "available" or agent.pending is not None or agent.set_aside:
        return ()
    return tuple(medium for medium in agent.most if medium in agent.reachable)


def routability(agent: Agent) -> str:
    """One of routable, draining, busy, not_responding, unreachable, not_ready, offline."""
    if agent.presence == "offline":
        return "offline"
    if agent.pending is not None:
        return "draining"
    if agent.presence == "not_ready":
        return "not_ready"
    if not any(most and medium in agent.reachable for medium, most in agent.most.items()):
        return "unreachable"
    if agent.set_aside:
        return "not_responding"
    return "routable" if agent.free else "busy"


# --- the indexes: who is free for what --------------------------------------------------------------------


def refresh(state: State, agent: Agent) -> None:
    """After presence, reachability or capacity changed."""
    _set_on(state, agent, on_duty(agent))


def withdraw(state: State, agent: Agent) -> None:
    """Out of the indexes altogether."""
    _set_on(state, agent, ())


def _set_on(state: State, agent: Agent, on: tuple[str, ...]) -> None:
    for medium in agent.on:
        if medium not in on:
            state.on[medium] ^= agent.bit
    for medium in on:
        if medium not in agent.on:
            state.on[medium] ^= agent.bit
    agent.on = on
    recount(state, agent)


def recount(state: State, agent: Agent) -> None:
    """After load, or what may be parked, changed."""
    free: list[str] = []
    parking: list[str] = []
    load, most = agent.load, agent.sharing.most
    for medium in agent.on:
        if load.get(medium, 0) >= agent.most[medium]:
            continue
        if not most or agent.carried + weight(agent, medium) <= most:
            free.append(medium)
        elif medium in agent.over and Carry(state, agent).room(medium):
            free.append(medium)
            parking.append(medium)
    if len(free) == len(agent.free) and not parking and not agent.parking and tuple(free) == agent.free:
        return
    for medium in agent.free:
        if medium not in free:
            _leave(state, agent, medium)
    for medium in free:
        if medium not in agent.free:
            _enter(state, agent, medium)
    agent.free = tuple(free)
    if parking or agent.parking:
        for medium in agent.parking:
            state.parking[medium] ^= agent.bit
        for medium in parking:
            state.parking[medium] ^= agent.bit
        agent.parking = tuple(parking)


def _enter(state: State, agent: Agent, medium: str) -> None:
    state.idle[medium].add(agent)
    for strategy in agent.counted:
        state.orders[medium][strategy].add(agent)


def _leave(state: State, agent: Agent, medium: str) -> None:
    state.idle[medium].remove(agent)
    for strategy in agent.counted:
        state.orders[medium][strategy].remove(agent)


def take(state: State, agent: Agent, medium: str) -> None:
    load = agent.load[medium] = agent.load.get(medium, 0) + 1
    if agent.sharing.most:
        agent.carried += weight(agent, medium)
        recount(state, agent)
    elif medium in agent.free and load >= agent.most[medium]:
        _leave(state, agent, medium)
        agent.free = tuple([other for other in agent.free if other != medium])


def release(state: State, agent: Agent, medium: str) -> None:
    load = agent.load[medium] = agent.load[medium] - 1
    if agent.sharing.most:
        agent.carried -= weight(agent, medium)
        recount(state, agent)
    elif medium in agent.on and medium not in agent.free and load < agent.most[medium]:
        _enter(state, agent, medium)
        agent.free = tuple([other for other in agent.on if other == medium or other in agent.free])


def park(state: State, agent: Agent, medium: str) -> None:
    if agent.sharing.most:
        agent.carried -= weight(agent, medium)
        recount(state, agent)


def bring_back(state: State, agent: Agent, medium: str) -> None:
    if agent.sharing.most:
        agent.carried += weight(agent, medium)
        recount(state, agent)


def account(state: State, agent: Agent, at: float) -> None:
    """Time on duty until now was work, or it was not; called before either changes. Kept where it is asked for."""
    if not state.counts_by_day:
        return
    if agent.assignments:
        agent.worked_s += at - agent.marked
    elif agent.on:
        agent.idle_s += at - agent.marked
    agent.marked = at


def to_the_end(state: State, agent: Agent, at: float, accepted: int = 0) -> None:
    """To the end of the idle: they took or finished work just now."""
    for medium in agent.free:
        _leave(state, agent, medium)
    if state.counts_by_day:
        account(state, agent, at)
        on_duty_s = agent.worked_s + agent.idle_s
        agent.occupied = agent.worked_s / on_duty_s if on_duty_s else 0.0
        agent.today += accepted
    state.seq += 1
    agent.idle_since, agent.idle_seq = at, state.seq
    for medium in agent.free:
        _enter(state, agent, medium)
