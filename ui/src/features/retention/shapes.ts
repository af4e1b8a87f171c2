export interface Run {
  id: string;
  kind: string;
  days: number;
  before: number;
  started_at: number;
  ended_at: number | null;
  erased: number;
  held: number;
  trouble: string;
}

export interface KindKept {
  kind: string;
  setting: string;
  days: number;
  last: Run | null;
}

export interface Kept {
  kinds: KindKept[];
  next_at: number;
  last_at: number | null;
  running: boolean;
}

export interface Hold {
  id: string;
  kind: "customer" | "contact";
  target: string;
  reason: string;
  at: number;
}

/** Days that may be set, by setting: as the server has them. 0 is for good. */
export const bounds: Record<string, [number, number]> = {
  callers_days: [0, 36500],
  notes_days: [0, 36500],
  customers_days: [0, 36500],
  imports_days: [1, 90],
  webhook_messages_days: [1, 365],
  audit_days: [180, 36500],
  self_service_detail_days: [7, 365],
  self_service_days: [400, 36500],
};

/** Of a pasted link to a page, or the id itself. */
export function idOf(pasted: string): string {
  return decodeURIComponent(pasted.trim().replace(/[?#].*$/, "").replace(/\/+$/, "").split("/").at(-1) ?? "");
}
