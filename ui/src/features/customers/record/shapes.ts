export type Level = "claimed" | "confirmed" | "proven";
export type Layer = "identity" | "value" | "business" | "preference";
export const layers: Layer[] = ["identity", "value", "business", "preference"];
export const media = ["any", "voice", "sms", "mail", "chat", "social", "post"] as const;
export const identityKinds = ["phone", "mail", "openid", "unionid", "cookie", "account", "member", "device"] as const;

export type Scalar = string | number | boolean | null;

export interface Identity {
  kind: string;
  value: string;
  level: Level;
  origin: string;
  at: number;
}

export interface Tag {
  layer: Layer;
  tag: string;
  origin: "hand" | "import" | "rule" | "computed";
  source: string;
  confidence: number;
  at: number;
}

export interface Consent {
  purpose: string;
  medium: string;
  given: boolean;
  at: number;
  how: string;
  user_id: string;
  contact: string;
}

export interface Note {
  id: string;
  at: number;
  text: string;
  pinned: boolean;
  user_name?: string;
}

export interface Relation {
  /** Empty: by others of a household alone. */
  id: string;
  type: string;
  words: { zh?: string; en?: string };
  other: { id: string; name: string } | null;
  thing: string;
  detail: string;
}

export interface Merge {
  id: string;
  source: string;
  target: string;
  at: number;
  why: string;
  user_name?: string;
}

export interface Customer {
  id: string;
  version: number;
  kind: "person" | "organisation";
  name: string;
  language: string;
  born: string;
  since: string;
  note: string;
  external_id: string;
  created_at: number;
  changed_at: number;
  attributes: Record<string, string | number>;
  fields: Record<string, Scalar>;
  vip: boolean;
  numbers: string[];
  identities: Identity[];
  tags: Tag[];
  addresses: { text: string; purpose: string; used_at: number }[];
  consents: Consent[];
  notes: Note[];
  relations: Relation[];
  records: { id: string; name: string; external_id: string; created_at: number }[];
  merges: Merge[];
  calls_today: number;
  calls_year: number;
  last_contact_at: number | null;
}

export interface CustomField {
  id: string;
  names: { zh?: string; en?: string };
  type: "text" | "number" | "date" | "choice" | "yes_no" | "money";
  choices: string[];
  retired: boolean;
  position: number;
}

export interface RelationType {
  id: string;
  names: { zh?: string; en?: string };
  target: "customer" | "thing";
  transitive: boolean;
  retired: boolean;
}

export interface Reason {
  code: string;
  amount: number | null;
}

export interface Point {
  at: number;
  id: string;
  situation: string;
  phase: "before" | "during" | "after";
  score: number | null;
  level: number;
  confidence: number;
  stated: boolean;
  origin: string;
  reasons: Reason[];
  contact: string;
  note: string;
  user_name: string;
}

export interface Recovery {
  state: "open" | "taken" | "done";
  by: string;
  mine: boolean;
  taken_at: number | null;
  done_at: number | null;
  result: string;
}

export type Trend = "falling" | "rising" | "steady" | "";

export interface Line {
  points: Point[];
  peak: number | null;
  end: number | null;
  since: number | null;
  impression: number | null;
  level: number;
  trend: Trend;
  why: (Reason & { situation: string })[];
  situations: { situation: string; phase: string; mean: number; count: number }[];
  recovery: Recovery | null;
}

export interface Moment {
  at: number;
  id: string;
  kind: "contact" | "request" | "note" | "consent" | "merged" | "experience";
  detail: Record<string, unknown>;
}

export const phases = { before: ["product", "publicity", "business"], during: ["self_service", "person", "complaint"], after: ["recovery", "data", "mystery"] } as const;
export const situations = [...phases.before, ...phases.during, ...phases.after];
