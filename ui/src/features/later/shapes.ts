import type { Recording } from "../../api/types";

export interface Callback {
  id: string;
  queue: string;
  queue_name: string;
  number: string;
  note: string;
  state: "scheduled" | "waiting" | "ringing" | "connecting";
  place: number | null;
  agent_name: string;
  first: "agent" | "customer";
  first_arrival: number;
  due: number | null;
  expires: number;
  made: number;
  attempts: number;
  language: string;
}

export interface Message {
  id: string;
  queue: string;
  queue_name: string;
  number: string;
  text: string;
  demand: string;
  taken: number;
  contact: string;
  /** Left in the customer's own words; `recording` is null when those are kept no longer. */
  spoken: boolean;
  recording: Recording | null;
  /** Who sees to it; null while nobody does. */
  claim: { name: string; mine: boolean; since: number; until: number } | null;
}

export interface BreakLimit {
  scope: "team" | "queue";
  id: string;
  name: string;
  reasons: string[];
  most: number;
  away: number;
  names: string[];
}

export interface Breaks {
  now: number;
  mine: { id: string; reason: string; start: number; end: number; begun: boolean }[];
  slots: { start: number; why: string }[];
}
