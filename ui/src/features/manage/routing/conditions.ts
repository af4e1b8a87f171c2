/** Conditions of a rule: an attribute of the contact, compared with a value. */

import { maybe, useWords } from "../../../i18n";

export interface Condition {
  attribute: string;
  operator: "=" | "!=" | ">=" | "<=";
  value: string | number;
}

export const known = ["vip", "years", "calls_today", "calls_year", "answered_year", "language", "entry"] as const;
export const operators = { "=": "routing.is", "!=": "routing.isNot", ">=": "routing.least", "<=": "routing.most" } as const;

export function useAttribute(): (id: string) => string {
  useWords();
  return (id) => maybe(`routing.a_${id}`, id);
}

/** What looks like a number is one. */
export function understood(text: string): string | number {
  return /^-?\d{1,12}(\.\d{1,6})?$/.test(text.trim()) ? Number(text) : text;
}
