import { describe, expect, test } from "vitest";
import { attributesOf, attributesText } from "../src/features/customers/record/attributes";
import { day_s, height, nearest, paths, placed, ticks, type Frame } from "../src/features/customers/record/line/geometry";
import type { Line, Point } from "../src/features/customers/record/shapes";

const frame: Frame = { width: 640, height: 200, left: 40, right: 20, top: 20, bottom: 60 };
const now = 1_800_000_000;
const point = (at: number, score: number | null, level: number): Point => ({
  at, id: String(at) + String(score), situation: "person", phase: "during", score, level, confidence: 0.5, stated: false, origin: "contact",
  reasons: [], contact: "", note: "", user_name: "",
});

describe("the picture of an experience line", () => {
  test("the best stands above, within the frame", () => {
    expect(height(5, frame)).toBe(20);
    expect(height(1, frame)).toBe(140);
  });
  test("time goes to the right; many at one instant stand side by side in order, none outside", () => {
    const points = Array.from({ length: 90 }, (_, n) => point(n < 45 ? now - 30 * day_s : now, 3, 3));
    const xs = placed(points, 0, now, frame).map((it) => it.x);
    expect(xs).toHaveLength(90);
    for (let n = 1; n < xs.length; n++) expect(xs[n]).toBeGreaterThan(xs[n - 1] ?? 0);
    expect(xs[0]).toBeGreaterThanOrEqual(40 - 1e-6);
    expect(xs.at(-1)).toBeLessThanOrEqual(620 + 1e-6);
  });
  test("what is older than the zoom is left out, and places stay those of all points", () => {
    const points = [point(now - 400 * day_s, 1, 2), point(now - day_s, null, 2)];
    const [only, ...more] = placed(points, now - 365 * day_s, now, frame);
    expect(more).toEqual([]);
    expect(only?.place).toBe(1);
    expect(only?.y).toBe(height(2, frame));
  });
  test("only what falls is drawn as falling", () => {
    const points = [point(now - 3, 4, 3.5), point(now - 2, 1, 2.5), point(now - 1, 1, 2)];
    const line: Line = {
      points, peak: 1, end: 2, since: 1, impression: 1, level: 2, trend: "falling", why: [], situations: [], recovery: null,
    };
    const places = placed(points, 0, now, frame);
    expect(paths(places, line).falling.split("L")).toHaveLength(3);
    expect(paths(places, { ...line, trend: "steady" }).falling).toBe("");
  });
  test("the nearest to a pointer", () => {
    const places = placed([point(now - 10 * day_s, 3, 3), point(now, 3, 3)], 0, now, frame);
    expect(nearest(places, 60)).toBe(0);
    expect(nearest(places, 600)).toBe(1);
    expect(nearest([], 600)).toBeNull();
  });
  test("a handful of dates below, whatever the span", () => {
    for (const days of [1, 20, 91, 365, 1100]) expect(ticks(now - days * day_s, now).length).toBeLessThanOrEqual(8);
  });
});

describe("attributes as people type them", () => {
  test("numbers are numbers, and what is written can be read again", () => {
    const all = { vip: "yes", years: 12, level: -1.5 };
    expect(attributesOf(attributesText(all))).toEqual(all);
    expect(attributesOf("vip：yes\n\n")).toEqual({ vip: "yes" });
  });
  test("what is none is not guessed", () => expect(attributesOf("Vip yes")).toBeNull());
});
