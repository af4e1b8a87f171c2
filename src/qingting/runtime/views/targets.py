"""To whom an agent may hand a contact on: queues and colleagues, as they are at this moment."""

from __future__ import annotations

from typing import Any

from ...access import Identity
from ...contexts.configuration.api import View
from ...core.engine import Engine

MOST = 50
AWAY = ("not_ready", "not_responding", "unreachable")


def targets(engine: Engine, view: View, who: Identity, me: str, q: str) -> dict[str, Any]:
    """`q`: part of a name or number, any case; at most `MOST` of each, those who can take it now first."""
    words = q.strip().casefold()
    state = engine.state
    queues, agents = [], []
    for id, item in view.queues.items():
        queue = state.queues.get(id)
        if queue is not None and words in item.name.casefold():
            queues.append((item.name, queue))
    for id, mate in view.agents.items():
        agent = state.agents.get(id)
        if agent is None or id == me or (who.sites and agent.site not in who.sites):
            continue
        if words in mate.name.casefold() or words in mate.body.number.casefold():
            agents.append((STATES.index(_state(engine.routability(id))), mate.body.number, mate.name, agent))
    agents.sort(key=lambda it: it[:3])
    queues.sort(key=lambda it: it[0])
    del agents[MOST:], queues[MOST:]
    return {
        "queues": [
            {
                "id": queue.id,
                "name": name,
                "open": queue.open and not queue.closed,
                "free": engine.free(queue.id),
                "waiting": queue.waiting,
                "second_line": queue.second_line,
            }
            for name, queue in queues
        ],
        "agents": [
            {
                "id": agent.id,
                "number": number,
                "name": name,
                "state": STATES[state_],
                "queue_names": [view.queues[id].name for id in agent.queues if id in view.queues],
            }
            for state_, number, name, agent in agents
        ],
        "outside": bool(view.agents[me].body.dial_out and who.may("desk.dial_out")) if me in view.agents else False,
    }


STATES = ("free", "busy", "away", "offline")


def _state(routability: str) -> str:
    if routability == "routable":
        return "free"
    if routability in ("busy", "draining"):
        return "busy"
    return "away" if routability in AWAY else "offline"
