import type { Names } from "../../api/types";
import type { Json } from "./rule";

export interface Segment {
  id: string;
  version: number;
  names: Partial<Names>;
  rule: Json;
  changed_at: number;
  counted: number | null;
  counted_at: number | null;
}

export interface Counted {
  count: number | null;
  how: "now" | "known" | "more_than";
  at: number;
}

export interface Member {
  id: string;
  name: string;
  numbers: string[];
  tags: { layer: string; tag: string }[];
}

export interface Looked extends Counted {
  items: Member[];
}

export const layers = ["identity", "value", "business", "preference"] as const;
export type Layer = (typeof layers)[number];

export interface Tagging {
  /** Empty for a computation that nobody has touched. */
  id: string;
  version: number;
  kind: string;
  layer: Layer;
  tag: string;
  enabled: boolean;
  rule: Json | null;
  settings: Record<string, number | string[]>;
  ran_at: number | null;
  tagged: number;
  added: number;
  withdrawn: number;
  problem: string;
}

export interface Taggings {
  items: Tagging[];
  run: { due_at: number | null; started_at: number | null; ended_at: number | null; running: boolean; problem: string };
  bounds: Record<string, Record<string, { least: number; most: number }>>;
}

/** What a save sends of one. */
export function sent({ kind, layer, tag, enabled, rule, settings, version }: Tagging) {
  const own = kind === "rule" ? { rule } : { settings };
  return { kind, layer, tag, enabled, ...own, ...(version > 0 ? { version } : {}) };
}
