/** Shapes of docs/api.md. Instants are epoch seconds, durations seconds. */

export type Names = { zh: string; en: string };

export interface User {
  id: string;
  name: string;
  display_name: string;
  mail: string;
  language: string;
  agent: string;
  roles: string[];
  permissions: string[];
  sites: string[];
  lines: string[];
  second_factor: boolean;
  must_change_password: boolean;
}

export interface Session {
  user: User;
  tenant: { id: string; name: string; timezone: string };
  csrf: string;
  now: number;
}

export interface Page<T> {
  items: T[];
  next: string | null;
  total: number | null;
}

export type Presence = "available" | "not_ready" | "offline";

export type Routability =
  | "routable"
  | "draining"
  | "not_responding"
  | "unreachable"
  | "not_ready"
  | "offline"
  | "busy";

export interface Me {
  agent: string;
  number: string;
  name: string;
  presence: Presence;
  reason: string;
  since: number;
  pending: { presence: Presence; reason: string } | null;
  routability: Routability;
  reachable: boolean;
  set_aside: string;
}

/** `joined`: consulted, and now in conference with the customer. */
export type AssignmentState = "offered" | "connecting" | "active" | "held" | "joined" | "wrap_up";

export interface PathStep {
  at: number;
  node: string;
  key: string;
  /** What the choice is called; without a language that its flow does not name. */
  words: Partial<Names>;
}

export interface Assignment {
  id: string;
  state: AssignmentState;
  since: number;
  until: number | null;
  contact: string;
  visit: string;
  queue: string;
  queue_name: string;
  line: string;
  direction: "in" | "out";
  language: string;
  caller: { number: string; withheld: boolean; erased: boolean; locality: Partial<Names> };
  customer: {
    id: string;
    name: string;
    kind: "person" | "organisation";
    note: string;
    language: string;
    vip: boolean;
    /** How sure it is that the number is theirs. */
    level: "claimed" | "confirmed" | "proven";
    tags: { layer: "identity" | "value" | "business" | "preference"; tag: string; origin: "hand" | "import" | "rule" | "computed"; confidence: number; at: number }[];
    notes: { at: number; text: string }[];
    consents: { purpose: string; medium: string; given: boolean }[];
    contacts: {
      id: string;
      at: number;
      medium: string;
      direction: string;
      outcome: string;
      queue_name?: string;
      agent_name?: string;
      disposition_name?: string;
    }[];
    /** Callbacks and messages that are not over. */
    open: number;
    /** Their experience line: its last levels, 1 to 5. */
    line?: { trend: "falling" | "rising" | "steady" | ""; levels: number[] } | null;
  } | null;
  calls_today: number;
  calls_year: number;
  last_contact_at: number | null;
  path: PathStep[];
  /** Their way through self-service, at a glance. */
  self_service?: Glance | null;
  waited_s: number;
  first_arrival: number;
  /** Why it may come before those who came earlier: seconds, and the rules that brought some of them. */
  worth?: { priority_s: number; rules: string[] } | null;
  recording: "on" | "paused" | "failed" | "none";
  disposition: string;
  end_cause: string;
  call_back: string | null;
  role: "owner" | "consulted";
  /** Whom the agent talks with now: nobody while they hear music. */
  talk: "customer" | "consult" | "all" | "none";
  /** Who else is in the contact, oneself left out. */
  consults: Consult[];
  /** For a consulted agent, who asks; else "". */
  owner_name: string;
  /** What was said when it was handed on, or asked about. */
  notes: (Notes & { by: string }) | null;
  transferred_from: string;
  extendable: boolean;
  /** It connects by itself. */
  auto: boolean;
  /** This contact is a callback. */
  callback?: { id: string; first: "agent" | "customer"; at: number | null; attempt: number; note: string } | null;
  /** A callback that this customer was promised; `at` is null when it is in turn, or under way. */
  promised?: { callback: string; at: number | null } | null;
}

export interface Goal {
  name: string;
  kind: "query" | "transaction";
}

export interface Glance {
  seconds: number;
  circles: number;
  goals: Goal[];
  /** What other systems were asked, and what came of it. */
  asked: { node: string; kind: string; about: string; outcome: string }[];
  answers: { name: string; value: string }[];
}

export interface Trajectory {
  seconds: number;
  before_person_s: number | null;
  circles: number;
  goals: Goal[];
  steps: {
    at: number;
    seconds: number;
    node: string;
    kind: string;
    about: string;
    via: string;
    words: Partial<Names>;
    says: Record<string, string>;
    outcome: string;
    secret: boolean;
    values: { name: string; value: string }[];
  }[];
}

export interface Consult {
  id: string;
  kind: "agent" | "queue" | "number";
  name: string;
  number: string;
  /** `waiting` in a queue; `ringing`; from `talking` on they have answered. */
  state: "waiting" | "ringing" | "connecting" | "talking" | "held" | "joined";
  since: number;
}

export interface Notes {
  demand: string;
  mood: string;
  note: string;
}

/** Exactly one of the three; `via_queue` is where the customer waits if that agent does not take it. */
export type Target = { queue: string } | { agent: string; via_queue?: string } | { number: string };

export interface TargetQueue {
  id: string;
  name: string;
  open: boolean;
  free: number;
  waiting: number;
  second_line: boolean;
}

export interface TargetAgent {
  id: string;
  number: string;
  name: string;
  state: "free" | "busy" | "away" | "offline";
  queue_names: string[];
}

/** Whom a contact may be handed to, or who may be asked, as it stands now. */
export interface Targets {
  queues: TargetQueue[];
  agents: TargetAgent[];
  /** Numbers outside may be called. */
  outside: boolean;
}

export interface Notice {
  id: string;
  level: "info" | "warning" | "error";
  code: string;
  detail: Record<string, unknown>;
  at: number;
}

export interface Labelled {
  id: string;
  names: Names;
  retired?: boolean;
}

export interface DeskSetup {
  agent: { id: string; number: string; name: string; dial_out?: boolean };
  reasons: Labelled[];
  dispositions: Labelled[];
  /** `dispositions` of a queue are ids; none means that all may be used. */
  queues: { id: string; name: string; dispositions: string[] }[];
}

export interface PhoneCredentials {
  endpoint: string;
  secret: string;
  realm: string;
  ws: string;
  /** Offered among the protocols of the socket, where no session lets it in. */
  token?: string;
  ice_servers: RTCIceServer[];
  expires_at: number;
}

export interface WebCall extends PhoneCredentials {
  token: string;
  target: string;
  /** Where the centre tells how this call stands. */
  live: string;
}

export interface ContactRow {
  id: string;
  at: number;
  medium: string;
  direction: "in" | "out";
  number: string;
  withheld: boolean;
  /** Nothing is known any more of who it was. */
  erased: boolean;
  locality: Partial<Names>;
  cause: string;
  ended_at: number | null;
  customer: { id: string; name: string } | null;
  entry: string;
  line: string;
  queue: string;
  queue_name: string;
  agent: string;
  agent_name: string;
  outcome: string;
  wait_s: number | null;
  talk_s: number | null;
  recording: "ready" | "pending" | "failed" | "none";
  disposition: string;
  disposition_names: Partial<Names>;
}

export interface Recording {
  id: string;
  /** Empty: a message, that nobody answered. */
  assignment: string;
  started: number;
  seconds: number;
  state: "ready" | "pending" | "failed";
  error: string;
  /** Instants; the end is null when it stayed paused to the end. */
  paused: [number, number | null][];
}

export interface Happening {
  at: number;
  kind: string;
  /** Empty where the event beside it says it. */
  words: Names;
  detail: Record<string, unknown>;
}

export interface ContactRecord extends ContactRow {
  language: string;
  site: string;
  site_name: string;
  visits: { id: string; queue: string; started_at: number; answered_at: number | null; ended_at: number | null }[];
  /** `site` is where the agent sits, as configured now. */
  assignments: {
    id: string;
    agent: string;
    agent_name: string;
    connected_at: number | null;
    site: string;
    site_name: string;
  }[];
  steps: { at: number; flow: string; node: string; via: string; words: Partial<Names> }[];
  self_service: Trajectory | null;
  timeline: Happening[];
  journey: ContactRow[];
  notes: { id: string; at: number; text: string; agent_name: string }[];
  recordings: Recording[];
}

export interface Waveform {
  seconds: number;
  channels: { customer: number[]; agent: number[] };
}

export type AgentState =
  | "idle"
  | "ringing"
  | "talking"
  | "held"
  | "wrap_up"
  | "not_ready"
  | "not_responding"
  | "unreachable"
  | "offline";

export interface FloorQueue {
  id: string;
  name: string;
  line: string;
  waiting: number;
  longest_since: number | null;
  offered: number;
  answered: number;
  answered_in_target: number;
  abandoned: number;
  short_abandoned: number;
  flow_out: number;
  escalated: number;
  service_level: number | null;
  service_level_s: number;
  service_level_target: number;
  agents: { idle: number; ringing: number; talking: number; wrap_up: number; not_ready: number };
  closed: boolean;
  out_of_hours: boolean;
  /** Contacts that are with an agent of another site than theirs. */
  across: number;
  warning: "" | "no_agents" | "nobody";
  /** Names of the skills that nobody has. */
  missing: string[];
}

export interface FloorAgent {
  id: string;
  number: string;
  name: string;
  site: string;
  state: AgentState;
  reason: string;
  since: number;
  pending: { presence: Presence; reason: string } | string | null;
  queue: string;
  contact: string;
  /** Of the contact, where it is not the agent's. */
  from_site: string;
  queues: string[];
  answered_today: number;
}

export interface FloorTotals {
  in_self_service: number;
  waiting: number;
  talking: number;
  agents_on: number;
  engine: "up" | "down";
  journal: "ok" | "failed";
  refused_today: Record<string, number>;
}
