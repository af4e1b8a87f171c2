/** Where a queue leads contacts that it cannot serve, in words. */

import { useNames } from "../../../components/useNames";
import { useWords } from "../../../i18n";

export const whens = ["closed", "out_of_hours", "no_agents", "size", "longest_wait", "estimated_wait", "waited"] as const;
export const tos = ["queue", "site", "callback", "voicemail", "message"] as const;

export interface Overflow {
  when: (typeof whens)[number];
  /** Visits, or seconds; 0 where nothing is measured. */
  limit: number;
  to: (typeof tos)[number];
  target: string;
}

/** The least and most that a limit may be; null where nothing is measured. */
export function bounds(when: Overflow["when"]): { most: number; unit: "s" | "" } | null {
  if (when === "size") return { most: 100_000, unit: "" };
  return when === "closed" || when === "out_of_hours" || when === "no_agents" ? null : { most: 86_400, unit: "s" };
}

export const leadsOn = (to: Overflow["to"]) => to === "queue" || to === "site";

/** What it becomes when one part changes: no limit, and no target, of what it no longer is. */
export function changed(rule: Overflow, part: Partial<Overflow>): Overflow {
  const next = { ...rule, ...part };
  if (part.when && bounds(part.when)?.unit !== bounds(rule.when)?.unit) next.limit = usual(part.when);
  if (part.to && part.to !== rule.to) next.target = "";
  return next;
}

const usual = (when: Overflow["when"]) => (bounds(when) === null ? 0 : when === "size" ? 20 : 300);

export const freshRule = (): Overflow => ({ when: "no_agents", limit: 0, to: "queue", target: "" });

export function moved<T>(list: T[], at: number, by: 1 | -1): T[] {
  const next = [...list];
  const [item] = next.splice(at, 1);
  if (item !== undefined) next.splice(at + by, 0, item);
  return next;
}

export function useOverflowWords(): (rule: Overflow) => string {
  const { t } = useWords();
  const queue = useNames("queues");
  return (rule) => {
    const limit = bounds(rule.when)?.unit === "s" ? t("routing.seconds", { n: rule.limit }) : rule.limit || "";
    const target = leadsOn(rule.to) ? queue(rule.target) : t(`routing.to_${rule.to}`);
    return `${t(`routing.o_${rule.when}`)} ${limit} → ${target}`.replace("  ", " ");
  };
}
