import { describe, expect, it } from "vitest";
import { codeOf, codePattern, inOrder, lines, moved, type OwnField } from "../src/features/customers/own/shapes";

const field = (id: string, position: number, retired = false): OwnField => ({ id, version: 1, names: {}, type: "text", choices: [], searchable: false, retired, position });

describe("a code", () => {
  it("is made of the English name, and is nobody else's", () => {
    expect(codeOf("Contract no.", "field", new Set())).toBe("contract_no");
    expect(codeOf("2nd plan", "field", new Set(["nd_plan"]))).toBe("nd_plan_2");
    expect(codeOf("套餐", "field", new Set(["field_1"]))).toBe("field_2");
    for (const name of ["", "A".repeat(60), "_x", "9", "é è"]) expect(codeOf(name, "field", new Set())).toMatch(codePattern);
  });
});

describe("the order", () => {
  it("has those that are retired at its end", () => {
    expect(inOrder([field("b", 1), field("gone", 0, true), field("a", 1)]).map((each) => each.id)).toEqual(["a", "b", "gone"]);
  });

  it("moves one, and never past its ends", () => {
    expect(moved(["a", "b", "c"], "c", -1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b", "c"], "a", -1)).toEqual(["a", "b", "c"]);
    expect(moved(["a", "b", "c"], "a", 9)).toEqual(["b", "c", "a"]);
    expect(moved(["a"], "x", 1)).toEqual(["a"]);
  });
});

it("takes each line once, empty ones not at all", () => {
  expect(lines([" A ", "", "B", "A"])).toEqual(["A", "B"]);
  expect(lines(undefined)).toEqual([]);
});
