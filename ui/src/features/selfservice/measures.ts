import { percent } from "../../components/format";
import type { WordKey } from "../../i18n";
import type { NodeFigures } from "./shapes";

export interface Measure {
  id: string;
  words: WordKey;
  note: WordKey;
  of: (it: NodeFigures) => number | null;
  shown: (value: number) => string;
  /** What much of it means. */
  much: "plain" | "good" | "bad";
  /** Of a share: its whole. Of a number the largest is the most. */
  most?: number;
}

const share = (value: number) => percent(value);
const seconds = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;

const arrivals: Measure = { id: "arrivals", words: "selfservice.m_arrivals", note: "selfservice.n_arrivals", of: (it) => it.arrival_rate, shown: share, much: "plain", most: 1 };

export const measures: Measure[] = [
  arrivals,
  { id: "success", words: "selfservice.m_success", note: "selfservice.n_success", of: (it) => it.success_rate, shown: share, much: "good", most: 1 },
  { id: "seconds", words: "selfservice.m_seconds", note: "selfservice.n_seconds", of: (it) => it.seconds_mean, shown: seconds, much: "plain" },
  { id: "loops", words: "selfservice.m_loops", note: "selfservice.n_loops", of: (it) => it.loop_rate, shown: share, much: "bad", most: 1 },
  { id: "person", words: "selfservice.m_person", note: "selfservice.n_person", of: (it) => it.person_rate, shown: share, much: "plain", most: 1 },
  { id: "lost", words: "selfservice.m_lost", note: "selfservice.n_lost", of: (it) => it.lost_rate, shown: share, much: "bad", most: 1 },
  { id: "failures", words: "selfservice.m_failures", note: "selfservice.n_failures", of: (it) => it.failure_rate, shown: share, much: "bad", most: 1 },
  { id: "satisfaction", words: "selfservice.m_satisfaction", note: "selfservice.n_satisfaction", of: (it) => it.satisfaction, shown: share, much: "good", most: 1 },
];

export const levels = 5;

/** 1 to `levels`, by fifths of the scale; 0 where there is nothing to say. */
export function levelOf(value: number | null, most: number): number {
  if (value === null || most <= 0) return 0;
  return Math.min(levels, Math.max(1, Math.ceil((value / most) * levels)));
}

/** The end of the scale: of shares the largest there is, rounded up to a fifth, so that small rates differ too. */
export function mostOf(measure: Measure, found: (number | null)[]): number {
  const largest = Math.max(0, ...found.map((it) => it ?? 0));
  if (measure.most === undefined) return largest || 1;
  if (measure.much === "good") return measure.most;
  return Math.min(measure.most, Math.max(0.05, Math.ceil(largest * 20) / 20));
}

/** Arrivals where there is none of that name. */
export function measureOf(id: string | null): Measure {
  return measures.find((it) => it.id === id) ?? arrivals;
}
