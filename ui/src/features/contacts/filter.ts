/** The search as the address holds it, so that it can be sent to a colleague and survives going back. */

import type { Query } from "../../api/client";

export interface Filter {
  range: "" | "today" | "week" | "month" | "custom";
  from: number;
  to: number;
  queue: string;
  agent: string;
  number: string;
  outcome: string;
  q: string;
}

export const outcomes = [
  "answered",
  "abandoned",
  "self_service",
  "message",
  "callback",
  "left",
  "flow_out",
  "not_reached",
  "lost",
  "failed",
  "waiting",
  "open",
];

export function read(search: URLSearchParams): Filter {
  const text = (name: string) => search.get(name) ?? "";
  const range = text("range");
  return {
    range: ["today", "week", "month", "custom"].includes(range) ? (range as Filter["range"]) : "",
    from: Number(text("from")) || 0,
    to: Number(text("to")) || 0,
    queue: text("queue"),
    agent: text("agent"),
    number: text("number"),
    outcome: text("outcome"),
    q: text("q"),
  };
}

export function write(filter: Filter): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value) search.set(name, String(value));
  return search;
}

/** What the server is asked; `now` is local midnight's base for "today". */
export function asQuery(filter: Filter, now: Date): Query {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime() / 1000;
  const day = 86_400;
  const from = { "": 0, today: midnight, week: midnight - 6 * day, month: midnight - 29 * day, custom: filter.from }[filter.range];
  return {
    from: from || undefined,
    to: filter.range === "custom" && filter.to ? filter.to : undefined,
    queue: filter.queue,
    agent: filter.agent,
    number: filter.number.replace(/[\s-]/g, ""),
    outcome: filter.outcome,
    q: filter.q,
  };
}
