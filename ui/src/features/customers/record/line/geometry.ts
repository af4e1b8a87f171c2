/** Where the points of an experience line stand in a picture. Pure. */

import type { Line, Point } from "../shapes";

export const day_s = 86_400;

export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Placed {
  point: Point;
  /** Among all points. */
  place: number;
  x: number;
  /** Of its own score; of one whose score is not known, of the line. */
  y: number;
  /** Of the line after it. */
  level: number;
}

/** Score 1 to 5, the best above. */
export function height(score: number, frame: Frame): number {
  return frame.top + ((5 - score) / 4) * (frame.height - frame.top - frame.bottom);
}

/** Those since an instant, by time; points that would lie on each other stand side by side, in order. */
export function placed(points: Point[], since: number, now: number, frame: Frame, apart = 9): Placed[] {
  const shown = points.map((point, place) => ({ point, place })).filter(({ point }) => point.at >= since);
  const first = shown[0]?.point.at ?? now;
  const from = since > 0 ? since : first;
  const span = Math.max(now - from, day_s);
  const wide = frame.width - frame.left - frame.right;
  const gap = Math.min(apart, wide / Math.max(1, shown.length - 1));
  const xs: number[] = [];
  let least = frame.left;
  for (const { point } of shown) {
    const x = Math.max(least, frame.left + ((point.at - from) / span) * wide);
    xs.push(x);
    least = x + gap;
  }
  let most = frame.width - frame.right;
  const found: Placed[] = [];
  for (const [n, x] of [...xs.entries()].reverse()) {
    const it = shown[n];
    if (!it) continue;
    const level = height(it.point.level, frame);
    const y = it.point.score === null ? level : height(it.point.score, frame);
    found.unshift({ ...it, x: Math.min(x, most), y, level });
    most = Math.min(x, most) - gap;
  }
  return found;
}

/** The line through its levels; of a falling one the falling end apart. */
export function paths(places: Placed[], line: Line): { whole: string; falling: string } {
  const path = (those: Placed[]) => those.map((it, n) => `${n ? "L" : "M"}${it.x.toFixed(1)} ${it.level.toFixed(1)}`).join(" ");
  const since = line.since;
  return {
    whole: path(places),
    falling: line.trend === "falling" && since !== null ? path(places.filter((it) => it.place >= since - 1)) : "",
  };
}

/** Which one is nearest to a place. */
export function nearest(places: Placed[], x: number): number | null {
  let best: number | null = null;
  let least = Infinity;
  places.forEach((it, n) => {
    const far = Math.abs(it.x - x);
    if (far < least) [best, least] = [n, far];
  });
  return best;
}

/** Where days or months are written below: a handful of round dates. */
export function ticks(from: number, to: number, most = 7): Date[] {
  const months = Math.max(1, Math.ceil((to - from) / (30.4 * day_s) / most));
  const date = new Date(from * 1000);
  const found: Date[] = [];
  if (to - from < 45 * day_s) {
    const step = Math.max(1, Math.ceil((to - from) / day_s / most));
    const at = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1);
    for (; at.getTime() / 1000 < to; at.setDate(at.getDate() + step)) found.push(new Date(at));
    return found;
  }
  const at = new Date(date.getFullYear(), date.getMonth() + 1, 1);
  for (; at.getTime() / 1000 < to; at.setMonth(at.getMonth() + months)) found.push(new Date(at));
  return found;
}
