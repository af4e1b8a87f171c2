/** Imports as the server tells of them. */

export type State = "receiving" | "looking" | "ready" | "checking" | "checked" | "running" | "done" | "failed" | "cancelled";

export interface Import {
  id: string;
  name: string;
  size: number;
  received: number;
  state: State;
  created_at: number;
  changed_at: number;
  columns: string[];
  tag: string;
  rows: number;
  done: number;
  bad: number;
  new: number;
  changed: number;
  same: number;
  /** Rows with a phone that somebody else has as well. After a check all of these tell what would be. */
  shared: number;
  faults: Record<string, number>;
  problem: string;
  problem_line: number;
  has_errors: boolean;
}

export interface Fault {
  line: number;
  column: string;
  code: string;
  value: string;
}

export interface OneImport extends Import {
  file: { kind: string; encoding: string; heads: string[]; preview: { line: number; cells: string[] }[]; guess: string[] } | null;
  rows_at_fault: Fault[];
  fields: string[];
  /** The tenant's own: custom fields and types of relations. */
  own_fields: { field: string; names: Record<string, string> }[];
}

export const busy = (state: State) => state === "looking" || state === "checking" || state === "running";

/** At which of the steps upload, columns, check, bring in. */
export function step(state: State): number {
  if (state === "receiving" || state === "looking") return 0;
  if (state === "ready") return 1;
  return state === "checking" || state === "checked" ? 2 : 3;
}
