/** A rule as the page edits it, and as the server reads it. */

export type Json = Record<string, unknown>;

export interface Group {
  id: number;
  how: "all" | "any";
  not: boolean;
  parts: Part[];
}

export interface Condition {
  id: number;
  not: boolean;
  /** As the server reads it: `of` and what stands beside it. */
  said: Json & { of: Subject };
}

export type Part = Group | Condition;

export const subjects = [
  "tag",
  "contacts",
  "last_contact",
  "consent",
  "field",
  "kind",
  "language",
  "identity",
  "address",
  "since",
  "born",
  "created",
  "changed",
  "attribute",
] as const;
export type Subject = (typeof subjects)[number];

/** What a condition says when its subject is chosen. */
export const first: Record<Subject, Json> = {
  tag: { tag: "" },
  contacts: { days: 30, what: "contacts", least: 2 },
  last_contact: { within_days: 30 },
  consent: { purpose: "marketing", given: true },
  field: { field: "" },
  kind: { is: ["person"] },
  language: { is: ["zh"] },
  identity: { kind: "phone", level: "claimed" },
  address: { has: "" },
  since: {},
  born: {},
  created: { within_days: 30 },
  changed: { within_days: 30 },
  attribute: { name: "" },
};

let last = 0;
const next = () => ++last;

export const isGroup = (part: Part): part is Group => "parts" in part;

export function condition(of: Subject, not = false): Condition {
  return { id: next(), not, said: { of, ...first[of] } };
}

export function group(how: Group["how"], parts: Part[], not = false): Group {
  return { id: next(), how, not, parts };
}

export const empty = (): Group => group("all", [condition("tag")]);

/** What the server kept, to be edited: its outermost part is a group. */
export function read(raw: Json): Group {
  const part = readPart(raw, false);
  return isGroup(part) && !part.not ? part : group("all", [part]);
}

function readPart(raw: Json, not: boolean): Part {
  if ("not" in raw) return readPart(raw.not as Json, !not);
  if ("of" in raw) return { id: next(), not, said: raw as Condition["said"] };
  const how = "any" in raw ? "any" : "all";
  return group(how, (raw[how] as Json[]).map((each) => readPart(each, false)), not);
}

/** As the server reads it. Empty values are left out: they say nothing. */
export function written(part: Part): Json {
  const inner: Json = isGroup(part) ? { [part.how]: part.parts.map(written) } : filled(part.said);
  return part.not ? { not: inner } : inner;
}

function filled(said: Json): Json {
  return Object.fromEntries(
    Object.entries(said).filter(([, value]) => value !== "" && value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
}

/** Where each part stands in what the server was sent: its problems come under that path. */
export function paths(part: Part, path = "rule", found = new Map<number, string>()): Map<number, string> {
  const own = part.not ? `${path}.not` : path;
  found.set(part.id, own);
  if (isGroup(part)) part.parts.forEach((each, place) => paths(each, `${own}.${part.how}.${place}`, found));
  return found;
}

/** The problem of a part itself, not of those within it: the words of the first. */
export function problemOf(part: Part, path: string, problems: Record<string, string>): string {
  const inner = `${path}.${isGroup(part) ? part.how : ""}`;
  const mine = Object.entries(problems).find(([at]) => {
    if (isGroup(part)) return at === path || at === inner;
    return at === path || at.startsWith(`${path}.`);
  });
  return mine?.[1] ?? "";
}

/** A tree with one part put in another's place; `null` takes it away. */
export function changed(tree: Group, id: number, to: Part | null): Group {
  const parts = tree.parts.flatMap((part) => {
    if (part.id === id) return to ? [to] : [];
    return [isGroup(part) ? changed(part, id, to) : part];
  });
  return { ...tree, parts };
}

export function depth(part: Part): number {
  return isGroup(part) ? 1 + Math.max(0, ...part.parts.map(depth)) : 0;
}

/** The subjects of a rule, each once: what its list says of it. */
export function subjectsOf(raw: Json): Subject[] {
  const found = new Set<Subject>();
  const walk = (part: Part) => {
    if (isGroup(part)) part.parts.forEach(walk);
    else found.add(part.said.of);
  };
  walk(read(raw));
  return [...found];
}
