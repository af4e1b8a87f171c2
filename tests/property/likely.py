"""What people at a centre would sensibly do next: groups of commands, chosen from by numbers."""

from __future__ import annotations

from collections.abc import Iterator

from qingting.core import commands as c
from qingting.core.engine import Engine
from qingting.core.model import Assignment, State

CONTACTS = [f"c{n}" for n in range(6)]


def likely(engine: Engine, fresh: int) -> list[list[c.Command]]:
    """Groups that are not empty; `fresh` makes new ids."""
    s = engine.state
    groups = [_arrivals(s, fresh), _people(s)]
    for state in ("offered", "connecting", "active", "held", "joined", "wrap_up"):
        those = [a for a in s.assignments.values() if a.state == state]
        groups.append([step for a in those for step in _steps(s, a, fresh)])
    groups.append(_parties(s))
    groups.append(_callbacks(s, fresh))
    return [group for group in groups if group]


def choose(engine: Engine, fresh: int, pick: int) -> c.Command:
    groups = likely(engine, fresh)
    group = groups[pick % len(groups)]
    return group[pick // len(groups) % len(group)]


def _arrivals(s: State, fresh: int) -> list[c.Command]:
    free = [contact for contact in CONTACTS if contact not in s.contacts][:1]
    new: list[c.Command] = [
        c.ContactArrives(contact, "j", medium) for contact in free for medium in ("voice", "chat")
    ]
    queues = [queue.id for queue in s.queues.values() if not queue.closed]
    for contact in s.contacts.values():
        if not contact.visit and not contact.ended and not contact.parties:
            new += [c.EnterQueue(contact.id, f"v{fresh}", queue) for queue in queues]
    return [*new, *new, *(c.ContactEnds(contact.id, "customer") for contact in s.contacts.values() if contact.visits)]


def _people(s: State) -> list[c.Command]:
    found: list[c.Command] = []
    for agent in s.agents.values():
        if agent.presence != "available" or agent.pending or agent.set_aside:
            found.append(c.SetPresence(agent.id, "available"))
        if "voice" not in agent.reachable:
            found.append(c.SetReachable(agent.id, "voice", True))
        found.append(c.SetReachable(agent.id, "chat", "chat" not in agent.reachable))
        found.append(c.SetPresence(agent.id, "not_ready", "break", "boss", True))
    return found


def _steps(s: State, a: Assignment, fresh: int) -> Iterator[c.Command]:
    if a.state == "offered":
        yield from [c.Accept(a.id)] * 3
        yield c.Decline(a.id)
    elif a.state == "connecting":
        yield from [c.Connected(a.id)] * 3
        yield c.ConnectFails(a.id, "bridge")
        yield c.AgentLeaves(a.id)
    elif a.state == "wrap_up":
        yield from [c.SetDisposition(a.id, "sold"), c.ExtendWrapUp(a.id)]
        yield from [c.FinishWrapUp(a.id)] * 2
    elif a.consult:
        yield c.AgentLeaves(a.id)
    elif s.contacts[a.contact].consults or s.contacts[a.contact].parties:
        yield from [c.Swap(a.id), c.Swap(a.id), c.Join(a.id), c.Join(a.id), c.CompleteTransfer(a.id)]
        yield from [c.Resume(a.id), c.AgentLeaves(a.id), c.Consult(a.id, f"v{fresh}", "vip")]
        yield c.ConsultOutside(a.id, f"p{fresh}", "number")
    else:
        yield c.Hold(a.id) if a.state == "active" else c.Resume(a.id)
        yield from [c.PauseRecording(a.id), c.ResumeRecording(a.id)]
        yield from [c.AgentLeaves(a.id), c.AgentLeaves(a.id, "lost")]
        visit, party = f"v{fresh}", f"p{fresh}"
        yield from [c.TransferOutside(a.id, party, "number"), c.ConsultOutside(a.id, party, "number")]
        for queue in s.queues:
            yield from [c.Transfer(a.id, visit, queue), c.Consult(a.id, visit, queue)]
        for agent in s.agents:
            if agent != a.agent:
                yield from [c.Transfer(a.id, visit, agent=agent), c.Consult(a.id, visit, agent=agent)]


def _callbacks(s: State, fresh: int) -> list[c.Command]:
    found: list[c.Command] = []
    for visit in s.visits.values():
        contact = s.contacts[visit.contact]
        if visit.state in ("waiting", "offered") and not visit.by and not contact.callback:
            first = "agent" if fresh % 2 else "customer"
            wish = c.RequestCallback(f"b{fresh}", "p", f"key{fresh % 7}", contact.id, first=first, retry_s=7.0)
            found.append(wish._replace(attempts=2, expires_s=60.0))
    for contact in s.contacts.values():
        if contact.callback and not contact.ended:
            found += [c.CustomerAnswers(contact.id), c.ContactEnds(contact.id, "no_answer")]
    found += [c.CancelCallback(id) for id in s.callbacks]
    queue = next(iter(s.queues), "")
    found += [
        c.TakeMessage(f"m{fresh}", queue, "p", "note", recording="r" * (fresh % 2)),
        *(c.CloseMessage(id, "a1", "done") for id in s.messages),
    ]
    for message in list(s.messages.values())[:1]:
        agent = next(iter(s.agents), "")
        found.append(
            c.ReleaseMessage(message.id, message.by) if message.by else c.ClaimMessage(message.id, "u", agent, 9.0)
        )
    return [*found, *(c.SetHours(queue.id, not queue.open) for queue in s.queues.values())]


def _parties(s: State) -> list[c.Command]:
    beside = [id for contact in s.contacts.values() for id in contact.consults + contact.parties]
    answers = [c.PartyAnswers(id) for id, party in s.parties.items() if party.state == "calling"]
    return [*answers, *answers, *(c.PartyEnds(id) for id in s.parties), *(c.EndConsult(id) for id in beside)]
