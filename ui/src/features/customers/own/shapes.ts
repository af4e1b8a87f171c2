/** What a tenant has of its own for its customers. Pure. */

import type { WordKey } from "../../../i18n";

export interface Words {
  zh?: string;
  en?: string;
}

export const types = ["text", "number", "date", "choice", "yes_no", "money"] as const;

export interface OwnField {
  id: string;
  version: number;
  names: Words;
  type: (typeof types)[number];
  choices: string[];
  searchable: boolean;
  retired: boolean;
  position: number;
}

export interface OwnType {
  id: string;
  version: number;
  names: Words;
  back: Words;
  target: "customer" | "thing";
  transitive: boolean;
  retired: boolean;
}

export interface Use {
  /** Null: there are too many to be counted. */
  many: number | null;
  choices: Record<string, number>;
  used_by: { kind: "segment" | "tag"; id: string; names?: Words; tag?: string }[];
}

export const codePattern = /^[a-z][a-z0-9_]{0,39}$/;

/** A code that says what it is of, which nobody has yet: of the English name, else `stem` with a number. */
export function codeOf(english: string, stem: string, taken: ReadonlySet<string>): string {
  const said = english
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 36);
  const base = said || stem;
  if (said && !taken.has(said)) return said;
  for (let n = said ? 2 : 1; ; n++) if (!taken.has(`${base}_${n}`)) return `${base}_${n}`;
}

/** Those in use as they are shown, then those that are retired. */
export function inOrder(items: readonly OwnField[]): OwnField[] {
  const sorted = [...items].sort((a, b) => a.position - b.position || a.id.localeCompare(b.id));
  return retiredLast(sorted);
}

export function retiredLast<T extends { retired: boolean }>(all: readonly T[]): T[] {
  return [...all.filter((each) => !each.retired), ...all.filter((each) => each.retired)];
}

/** `id` so many places further; past either end it stays there. */
export function moved(ids: readonly string[], id: string, by: number): string[] {
  const from = ids.indexOf(id);
  const to = Math.min(ids.length - 1, Math.max(0, from + by));
  if (from < 0 || from === to) return [...ids];
  const rest = ids.filter((each) => each !== id);
  return [...rest.slice(0, to), id, ...rest.slice(to)];
}

/** Lines as somebody typed them: without empty ones, each once. */
export function lines(typed: readonly string[] | undefined): string[] {
  return [...new Set((typed ?? []).map((line) => line.trim()).filter((line) => line !== ""))];
}

/** What a relation can begin as: a household, an employer, what they own. */
export const usualTypes: { words: WordKey; type: Omit<OwnType, "version" | "retired"> }[] = [
  {
    words: "own.usualHousehold",
    type: { id: "household", names: { zh: "家人", en: "Household" }, back: { zh: "家人", en: "Household" }, target: "customer", transitive: true },
  },
  {
    words: "own.usualEmployer",
    type: { id: "works_for", names: { zh: "任职于", en: "Works for" }, back: { zh: "员工", en: "Employs" }, target: "customer", transitive: false },
  },
  {
    words: "own.usualOwns",
    type: { id: "owns", names: { zh: "拥有产品", en: "Owns" }, back: {}, target: "thing", transitive: false },
  },
];
