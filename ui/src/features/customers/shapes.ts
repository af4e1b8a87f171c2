/** Customers as the server tells of them in lists. */

import type { Names } from "../../api/types";

export const layers = ["identity", "value", "business", "preference"] as const;
export type Layer = (typeof layers)[number];
export const media = ["voice", "sms", "mail", "chat", "social", "post", "any"] as const;

export interface Customer {
  id: string;
  version: number;
  kind: "person" | "organisation";
  name: string;
  language: string;
  since: string;
  note: string;
  external_id: string;
  changed_at: number;
  numbers: string[];
  identities: { kind: string; value: string; level: string }[];
  tags: { layer: Layer; tag: string }[];
  fields: Record<string, string | number | boolean>;
}

/** A field of the tenant's own. */
export interface Field {
  id: string;
  names: Partial<Names>;
  type: "text" | "number" | "date" | "choice" | "yes_no" | "money";
  choices: string[];
  searchable: boolean;
  retired: boolean;
}

export interface View {
  id: string;
  version: number;
  name: string;
  audience: "own" | "team" | "everyone";
  team: string;
  filter: Record<string, string | number | boolean>;
  columns: string[];
  sort: "changed" | "name";
  mine: boolean;
  default: boolean;
  gone: Partial<Record<"field" | "tag" | "segment", string>>;
}
