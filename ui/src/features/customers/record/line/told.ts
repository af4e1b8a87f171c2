/** Points and reasons of an experience line in words. */

import { duration, instant } from "../../../../components/format";
import { listed, maybe, t } from "../../../../i18n";
import type { Point, Reason } from "../shapes";

const lasting = new Set(["abandoned", "waited", "held"]);

export function situationWords(situation: string): string {
  return maybe(`record.s_${situation}`, situation);
}

export function phaseWords(phase: string): string {
  return maybe(`record.ph_${phase}`, phase);
}

export function scoreWords(score: number | null): string {
  if (score === null) return t("record.scoreUnknown");
  const whole = Math.min(5, Math.max(1, Math.round(score)));
  return `${score.toFixed(1)} ${maybe(`record.score_${whole}`, "")}`;
}

export function reasonWords(reason: Reason): string {
  const amount = reason.amount === null ? "" : lasting.has(reason.code) ? duration(reason.amount) : String(reason.amount);
  return maybe(`record.r_${reason.code}`, reason.code, { amount });
}

export function reasonsWords(reasons: Reason[]): string {
  return listed(reasons.map(reasonWords));
}

/** What pulled a line down. */
export function whyWords(why: readonly (Reason & { situation: string })[]): string {
  const words = why.map((it) => (it.code === "stated" ? t("record.whyStated", { situation: situationWords(it.situation) }) : reasonWords(it)));
  return listed([...new Set(words)]);
}

export function originWords(origin: string): string {
  return maybe(`record.or_${origin}`, origin);
}

export function pointWords(point: Point): string {
  return t("record.pointWords", {
    at: instant(point.at),
    phase: phaseWords(point.phase),
    situation: situationWords(point.situation),
    score: scoreWords(point.score),
    how: point.stated ? originWords(point.origin) : reasonsWords(point.reasons),
  });
}
