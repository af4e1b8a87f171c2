/** Hours of a week as people type them. Pure. */

export const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof days)[number];
export type Weekly = Partial<Record<Day, [string, string][]>>;

/** `[["09:00","12:00"],["13:00","18:00"]]` → `09:00-12:00 13:00-18:00`. */
export function written(spans: [string, string][] | undefined): string {
  return (spans ?? []).map(([from, to]) => `${from}-${to}`).join(" ");
}

/** Null when it cannot be read. Takes full-width signs, dots and a missing zero, as people type them. */
export function understood(text: string): [string, string][] | null {
  const plain = text
    .replace(/[：．.]/g, ":")
    .replace(/[－—–~～至到]/g, "-")
    .replace(/\s*-\s*/g, "-")
    .trim();
  if (plain === "") return [];
  const spans: [string, string][] = [];
  for (const part of plain.split(/[\s,，、;；]+/)) {
    const match = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(part);
    if (!match) return null;
    const [, h1 = "", m1 = "", h2 = "", m2 = ""] = match;
    const from = `${h1.padStart(2, "0")}:${m1}`;
    const to = `${h2.padStart(2, "0")}:${m2}`;
    if (!isClock(from) || !isClock(to) || from >= to) return null;
    spans.push([from, to]);
  }
  return spans;
}

function isClock(text: string): boolean {
  return /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text);
}
