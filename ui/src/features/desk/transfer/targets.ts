/** What the search of the transfer panel offers, in which order, and what of it may be chosen. */

import { queryOptions } from "@tanstack/react-query";
import { api } from "../../../api/client";
import type { Assignment, Target, TargetAgent, TargetQueue, Targets } from "../../../api/types";

export type Option = { key: string; usable: boolean } & (
  | { kind: "queue"; queue: TargetQueue }
  | { kind: "agent"; agent: TargetAgent }
  | { kind: "number"; number: string }
);

const live_ms = 2000;

/** Asked again while it is shown: who is free changes by the second. */
export const targetsQuery = (text: string) =>
  queryOptions({
    queryKey: ["desk", "targets", text],
    queryFn: ({ signal }) => api.get<Targets>("/desk/targets", { q: text }, signal),
    refetchInterval: live_ms,
    gcTime: 10_000,
  });

/** A number as it can be dialled, or "" when that is no number. */
export function dialable(text: string): string {
  const bare = text.replace(/[\s()-]/g, "");
  return /^\+?\d{3,20}$/.test(bare) ? bare : "";
}

/** Queues, colleagues, then the number that was typed. Colleagues who can be rung come first. */
export function options({ queues, agents, outside }: Targets, text: string): Option[] {
  const number = dialable(text);
  const rung = (agent: TargetAgent) => agent.state === "free" || agent.state === "away";
  return [
    ...queues.map((queue): Option => ({ kind: "queue", key: `queue ${queue.id}`, usable: queue.open, queue })),
    ...[...agents.filter(rung), ...agents.filter((agent) => !rung(agent))].map(
      (agent): Option => ({ kind: "agent", key: `agent ${agent.id}`, usable: rung(agent), agent }),
    ),
    ...(number ? [{ kind: "number", key: "number", usable: outside, number } as Option] : []),
  ];
}

/** Rows keep their places while states change under them, so that nothing moves under a finger. */
export function settled(order: readonly string[], now: Option[]): Option[] {
  const place = new Map(order.map((key, index) => [key, index]));
  const kinds = ["queue", "agent", "number"];
  return [...now].sort(
    (a, b) =>
      kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (place.get(a.key) ?? Infinity) - (place.get(b.key) ?? Infinity) || 0,
  );
}

/** The one that the person chose; else, once something was typed, the first that may be chosen. */
export function chosen(all: Option[], key: string, text: string): Option | null {
  const own = all.find((each) => each.key === key);
  if (own) return own.usable ? own : null;
  return text.trim() ? (all.find((each) => each.usable) ?? null) : null;
}

/** Up or down to the next that may be chosen, around the ends. */
export function step(all: Option[], from: string, by: 1 | -1): string {
  const usable = all.filter((each) => each.usable);
  const at = usable.findIndex((each) => each.key === from);
  const next = at < 0 ? (by > 0 ? 0 : usable.length - 1) : (at + by + usable.length) % usable.length;
  return usable[next]?.key ?? "";
}

/** A colleague who does not take it needs a queue behind them: the call's own, else the first open one of theirs. */
export function targetOf(option: Option, assignment: Assignment, queues: TargetQueue[]): Target {
  switch (option.kind) {
    case "queue":
      return { queue: option.queue.id };
    case "number":
      return { number: option.number };
    case "agent": {
      if (assignment.queue) return { agent: option.agent.id };
      const open = queues.filter((queue) => queue.open);
      const behind = open.find((queue) => option.agent.queue_names.includes(queue.name)) ?? open[0];
      return behind ? { agent: option.agent.id, via_queue: behind.id } : { agent: option.agent.id };
    }
  }
}
