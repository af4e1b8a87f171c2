import { describe, expect, test } from "vitest";
import { customerCallWords } from "../src/features/customer-call/words";
import { errorWords } from "../src/i18n/errors";
import { staffWords } from "../src/i18n/staff";

const all: Record<string, { zh: Record<string, string>; en: Record<string, string> }> = { ...staffWords, call: customerCallWords };

describe("words in both languages", () => {
  test.each(Object.keys(all))("%s: the same keys, none empty, the same values to fill in", (name) => {
    const { zh, en } = all[name] ?? { zh: {}, en: {} };
    for (const [key, words] of Object.entries(zh)) {
      expect(words, key).not.toBe("");
      const other = en[key];
      expect(other, `${name}.${key} in English`).toBeTruthy();
      expect(slots(other ?? ""), key).toEqual(slots(words));
      if (key.endsWith("_other")) expect(en, key).toHaveProperty(key.replace(/_other$/, "_one"));
    }
    const singular = (key: string) => key.endsWith("_one") && `${key.slice(0, -4)}_other` in zh;
    expect(Object.keys(en).filter((key) => !(key in zh) && !singular(key))).toEqual([]);
  });

  test("errors", () => {
    expect(Object.keys(errorWords.en).sort()).toEqual(Object.keys(errorWords.zh).sort());
  });
});

function slots(words: string): string[] {
  return [...words.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? "").sort();
}
