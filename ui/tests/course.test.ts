import { describe, expect, test } from "vitest";
import { course, freshStep } from "../src/features/manage/routing/course";

describe("what a visit needs while it waits", () => {
  test("without steps nothing changes", () => {
    expect(course({ english: 3 }, 10, "any", [])).toEqual([
      { at_s: 0, levels: { english: 3 }, sites: null, worth_s: 10, anyone: false },
    ]);
  });
  test("steps add up and only ever widen", () => {
    const stages = course({ english: 3, sales: 1 }, 0, "home", [
      { ...freshStep(30), lower: { english: 2 }, sites: ["chengdu"], priority_s: 20 },
      { ...freshStep(60), lower: { english: 4, sales: 0 }, anyone: true, priority_s: 5 },
      { ...freshStep(90), all_sites: true },
    ]);
    expect(stages.map((stage) => stage.levels)).toEqual([
      { english: 3, sales: 1 },
      { english: 2, sales: 1 },
      { english: 2, sales: 0 },
      { english: 2, sales: 0 },
    ]);
    expect(stages.map((stage) => stage.sites)).toEqual([[], ["chengdu"], ["chengdu"], null]);
    expect(stages.map((stage) => stage.worth_s)).toEqual([0, 20, 25, 25]);
    expect(stages.map((stage) => stage.anyone)).toEqual([false, false, true, true]);
  });
  test("a skill that only a rule brings is not needed at first", () => {
    expect(course({}, 0, "any", [{ ...freshStep(30), lower: { top: 0 } }])[1]?.levels).toEqual({ top: 0 });
  });
});
