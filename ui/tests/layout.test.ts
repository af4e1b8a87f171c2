import { expect, test } from "vitest";
import { keyOf, layout } from "../src/features/selfservice/layout";
import { levelOf } from "../src/features/selfservice/measures";

const edges = (text: string) => text.split(" ").map((it) => ({ source: it[0] ?? "", target: it[1] ?? "" }));

test("what follows stands below, ways back are known, and no two boxes meet", () => {
  const found = layout("a", ["a", "b", "c", "d", "e", "f"], edges("ab ac bd cd de db ee ea"));
  const layer = (id: string) => found.places.get(id)?.layer ?? -1;
  expect([layer("a"), layer("b"), layer("c"), layer("d"), layer("e")]).toEqual([0, 1, 1, 2, 3]);
  expect(layer("f")).toBe(0); // nothing leads there
  expect([...found.back].sort()).toEqual(["d b", "e a", "e e"]);
  const spots = [...found.places.values()].map((it) => `${it.x} ${it.y}`);
  expect(new Set(spots).size).toBe(6);
});

test("two hundred nodes at random: every way that is not back leads down", () => {
  const ids = Array.from({ length: 200 }, (_, n) => `n${n}`);
  let seed = 7;
  const next = () => (seed = (seed * 1103515245 + 12345) % 2147483648);
  const ways = Array.from({ length: 600 }, () => ({ source: ids[next() % 200] ?? "", target: ids[next() % 200] ?? "" }));
  const found = layout("n0", ids, ways);
  expect(found.places.size).toBe(200);
  for (const way of ways) {
    const [from, to] = [found.places.get(way.source), found.places.get(way.target)];
    expect(found.back.has(keyOf(way)) || (to?.layer ?? 0) > (from?.layer ?? 0)).toBe(true);
  }
});

test("levels are fifths of the scale; nothing to say is none", () => {
  expect([null, 0, 0.2, 0.21, 1, 3].map((it) => levelOf(it, 1))).toEqual([0, 1, 1, 2, 5, 5]);
});
