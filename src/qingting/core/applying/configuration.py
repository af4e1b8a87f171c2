"""Sites, skills, queues, rules, agents: what they are, from now on."""

from __future__ import annotations

from .. import events as e
from ..index import agent_in, agent_out, begin_day, drop_queue, orders_in, queue_in, skill_in
from ..model import DAY, Agent, Queue, Rule, State
from ..priority import boost
from ..waiting import lift
from ..watching import watch_agent, watch_queue, watch_staff
from . import Apply
from .agents import set_aside


def site_put(s: State, x: e.SitePut) -> None:
    s.sites[x.site] = 0


def skill_put(s: State, x: e.SkillPut) -> None:
    skill_in(s, x.skill)


def reason_put(s: State, x: e.ReasonPut) -> None:
    s.reasons[x.reason] = x.retired


def day_put(s: State, x: e.DayPut) -> None:
    s.day_starts = x.starts_s
    if s.counts_by_day:
        s.day_ends = x.at + DAY - (x.at - x.starts_s) % DAY


def queue_put(s: State, x: e.QueuePut) -> None:
    queue = s.queues.get(x.queue)
    if queue is None:
        queue, strategy = Queue(*x[1:]), "longest_idle"
        queue_in(s, queue)
    else:
        strategy = queue.strategy
        queue.line, queue.requires, queue.ring_s, queue.wrap_up_s, queue.priority_s = x[2:7]
        queue.service_level_s, queue.service_level_target, queue.short_abandon_s, queue.closed = x[7:11]
        queue.relax, queue.strategy, queue.site_rule, queue.behind_s, queue.spare_decliners = x[11:16]
    queue.second_line = x.second_line
    lift(queue, boost(queue))
    for line in queue.lines.values():
        if line.steps != queue.relax:
            line.begin_again(queue.relax, x.at, s.relaxing)
    if queue.strategy != strategy:
        counted = s.counts_by_day
        orders_in(s)
        if s.counts_by_day and not counted:
            begin_day(s, x.at)


def policy_put(s: State, x: e.PolicyPut) -> None:
    queue = s.queues[x.queue]
    queue.policy = x.policy
    watch_queue(s, queue, x.at)


def hours_set(s: State, x: e.HoursSet) -> None:
    s.queues[x.queue].open = x.open


def queue_removed(s: State, x: e.QueueRemoved) -> None:
    s.limits.pop(("queue", x.queue), None)
    drop_queue(s, x.queue)


def rule_put(s: State, x: e.RulePut) -> None:
    s.rules[x.rule] = Rule(*x[1:])


def rule_removed(s: State, x: e.RuleRemoved) -> None:
    del s.rules[x.rule]


def agent_put(s: State, x: e.AgentPut) -> None:
    agent = s.agents.get(x.agent)
    before: tuple[str, ...] = ()
    if agent is None:
        agent = s.agents[x.agent] = Agent(*x[1:], since=x.at)
    else:
        before = agent.queues
        watch_agent(s, agent, x.at, here=False)
        agent_out(s, agent)
        agent.queues, agent.skills, agent.capacity, agent.site, agent.ranks, agent.sharing = x[2:]
    agent_in(s, agent)
    watch_agent(s, agent, x.at)
    for id in before:
        watch_staff(s, s.queues[id], x.at)


def profile_put(s: State, x: e.ProfilePut) -> None:
    agent = s.agents[x.agent]
    agent.team, agent.auto_answer = x.team, x.auto_answer


def agent_removed(s: State, x: e.AgentRemoved) -> None:
    agent = s.agents.pop(x.agent)
    for planned in [planned.id for planned in s.breaks.values() if planned.agent == agent.id]:
        del s.breaks[planned]
        s.alarms.cancel(f"break {planned}")
    set_aside(s, agent, "", 0.0)
    before = agent.queues
    watch_agent(s, agent, x.at, here=False)
    agent_out(s, agent)
    for id in before:
        watch_staff(s, s.queues[id], x.at)


APPLY: Apply = {
    e.SitePut: site_put,
    e.SkillPut: skill_put,
    e.ReasonPut: reason_put,
    e.DayPut: day_put,
    e.QueuePut: queue_put,
    e.PolicyPut: policy_put,
    e.HoursSet: hours_set,
    e.QueueRemoved: queue_removed,
    e.RulePut: rule_put,
    e.RuleRemoved: rule_removed,
    e.AgentPut: agent_put,
    e.ProfilePut: profile_put,
    e.AgentRemoved: agent_removed,
}
