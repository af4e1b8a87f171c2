/** Which agents are shown and in what order. Pure, and cheap enough for ten thousand, four times a second. */

import type { AgentState, FloorAgent } from "../../api/types";

export interface AgentFilter {
  text: string;
  queue: string;
  site: string;
  state: AgentState | "";
}

export const anyAgent: AgentFilter = { text: "", queue: "", site: "", state: "" };

export type AgentOrder = "number" | "name" | "state" | "since" | "answered";

/** What needs an eye first. */
export const stateOrder: AgentState[] = [
  "not_responding",
  "unreachable",
  "ringing",
  "talking",
  "held",
  "wrap_up",
  "not_ready",
  "idle",
  "offline",
];

/** `counts` is over all filters but the state's own, so that its chips can tell what a press would show. */
export function choose(agents: FloorAgent[], filter: AgentFilter): { shown: FloorAgent[]; counts: Map<AgentState, number> } {
  const counts = new Map<AgentState, number>();
  const text = filter.text.trim().toLowerCase();
  const shown = agents.filter((agent) => {
    if (filter.queue && !agent.queues.includes(filter.queue)) return false;
    if (filter.site && agent.site !== filter.site) return false;
    if (text && !agent.name.toLowerCase().includes(text) && !agent.number.includes(text)) return false;
    counts.set(agent.state, (counts.get(agent.state) ?? 0) + 1);
    return filter.state === "" || agent.state === filter.state;
  });
  return { shown, counts };
}

export function inOrder(agents: FloorAgent[], order: AgentOrder, descending: boolean, collator: Intl.Collator): FloorAgent[] {
  const byNumber = (a: FloorAgent, b: FloorAgent) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0);
  const compare: Record<AgentOrder, (a: FloorAgent, b: FloorAgent) => number> = {
    number: byNumber,
    name: (a, b) => collator.compare(a.name, b.name),
    state: (a, b) => stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state) || a.since - b.since,
    // The longest first, that is the smallest instant.
    since: (a, b) => a.since - b.since,
    answered: (a, b) => a.answered_today - b.answered_today,
  };
  const sign = descending ? -1 : 1;
  return [...agents].sort((a, b) => sign * compare[order](a, b) || byNumber(a, b));
}
