import { describe, expect, test } from "vitest";
import { duration, instant, percent, phoneNumber } from "../src/components/format";

describe("durations", () => {
  test.each([
    [0, "0:00"],
    [9.99, "0:09"],
    [65, "1:05"],
    [3599, "59:59"],
    [3600, "1:00:00"],
    [36_065, "10:01:05"],
    [-3, "0:00"],
  ])("%s s is %s", (seconds, words) => expect(duration(seconds)).toBe(words));
});

describe("shares", () => {
  test("no decimals live; nothing counted is a dash, not zero", () => {
    expect(percent(0.804)).toBe("80%");
    expect(percent(0)).toBe("0%");
    expect(percent(null)).toBe("–");
  });
});

describe("numbers as people read them aloud", () => {
  test.each([
    ["+8613812345678", "138 1234 5678"],
    ["138****5678", "138 **** 5678"],
    ["+861088886666", "010 8888 6666"],
    ["+8655512345678", "0555 1234 5678"],
    ["+442079460000", "+442079460000"],
    ["10086", "10086"],
    ["web-6b020f0d", ""],
    ["", ""],
  ])("%s → %s", (number, words) => expect(phoneNumber(number)).toBe(words));
});

describe("instants", () => {
  const at = new Date(2026, 9, 1, 8, 5).getTime() / 1000;
  test("today by the clock, else with the day, else with the year", () => {
    expect(instant(at, at + 60)).toBe("08:05");
    expect(instant(at, at + 86_400)).toBe("10-01 08:05");
    expect(instant(at, at + 400 * 86_400)).toBe("2026-10-01 08:05");
  });
});
