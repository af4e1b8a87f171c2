import { expect, test } from "vitest";
import { bodyOf } from "../src/features/manage/body";
import { looksSecret, wrong } from "../src/features/services/headers";

test("rows become what is sent, without those that are empty", () => {
  const body = bodyOf({ headers: { "X-Old": "1" } }, { headers: [["X-Tenant ", " 7 "], ["", ""]] });
  expect(body.headers).toEqual({ "X-Tenant": "7" });
  expect(bodyOf({ headers: { "X-Old": "1" } }, {}).headers).toEqual({ "X-Old": "1" });
});

test("a name twice, or half a row, is told before it is sent", () => {
  expect(wrong({ "X-A": "1" })).toBeNull();
  expect(wrong([["X-A", "1"], ["x-a", "2"]])).toBe("twice");
  expect(wrong([["", "2"]])).toBe("name");
  expect(wrong([["X-A", " "]])).toBe("value");
  expect(wrong([["", ""]])).toBeNull();
});

test("what looks like a secret is told to be put elsewhere", () => {
  expect(["Authorization", "X-Api-Key", "Cookie", "x-access-token"].every(looksSecret)).toBe(true);
  expect(["X-Tenant", "Accept", "X-Keyboard"].some(looksSecret)).toBe(false);
});
