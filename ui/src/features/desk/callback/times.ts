/** When a customer may be called back: the usual choices as instants, and one's own as typed. */

export const choices = ["turn", "halfHour", "hour", "tomorrow", "own"] as const;
export type Choice = (typeof choices)[number];

/** Epoch seconds; null is in turn. `undefined`: no time has been typed, or it has passed. */
export function instantOf(choice: Choice, typed: string, now: number): number | null | undefined {
  switch (choice) {
    case "turn":
      return null;
    case "halfHour":
      return now + 1800;
    case "hour":
      return now + 3600;
    case "tomorrow": {
      const day = new Date(now * 1000);
      return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1, 9).getTime() / 1000;
    }
    case "own": {
      const at = Date.parse(typed) / 1000;
      return Number.isNaN(at) || at <= now ? undefined : at;
    }
  }
}

/** For a field of date and time, in this browser's zone: `2026-11-22T15:30`. */
export function fieldValue(at: number): string {
  const local = new Date(at * 1000);
  return new Date(local.getTime() - local.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
