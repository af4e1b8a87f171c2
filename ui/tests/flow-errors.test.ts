import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { told } from "../src/features/manage/flows/problem";
import { errorWords } from "../src/i18n/errors";

const source = new URL("../../src/qingting/", import.meta.url);
/** Entries of the audit are no problems. */
const acts = new Set(["flow.publish", "flow.withdraw", "flow.roll_back"]);
/** Codes that end with what they are about. */
const made: Record<string, string[]> = {
  "flow.unknown_{singular(use.kind)}": ["queue", "hours", "service", "recording", "skill"].map((it) => `flow.unknown_${it}`),
  "flow.no_way_{to}": ["callback", "message", "voicemail"].map((it) => `flow.no_way_${it}`),
};

function codes(): string[] {
  const found = new Set<string>();
  for (const name of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".py")) continue;
    for (const [, code = ""] of readFileSync(new URL(name, source), "utf8").matchAll(/"((?:flow|yaml)\.[a-z_]+(?:\{[^"]*\})?)"/g)) {
      found.add(code);
    }
  }
  return [...found].filter((code) => !acts.has(code));
}

test("whatever a check of a flow may say has words in both languages", () => {
  const all = codes();
  expect(all.length).toBeGreaterThan(50);
  const open = all.flatMap((code) => (code.includes("{") ? (made[code] ?? [code]) : [code]));
  expect(open.filter((code) => !(code in errorWords.zh) || !(code in errorWords.en))).toEqual([]);
});

test("Chinese words name what the server's own words name, and leave its rules beside them", () => {
  const at = { line: 3, column: 1 };
  const lost = { ...at, code: "flow.unknown_node", message: "'main' leads to 'slaes', which is not there" };
  const zh = errorWords.zh;
  expect(told(lost, zh[lost.code as "flow.unknown_node"], "zh")).toEqual({ words: "所指的节点不存在：main、slaes", detail: "" });
  expect(told(lost, "It leads nowhere.", "en")).toEqual({ words: lost.message, detail: "" });
  const late = { ...at, code: "flow.bad_value", message: "timeout_s is a number from 1 to 60" };
  expect(told(late, zh[late.code as "flow.bad_value"], "zh")).toEqual({ words: "这里的写法或取值不对。", detail: late.message });
  const other = { ...at, code: "later.code", message: "what came with a later version" };
  expect(told(other, other.message, "zh")).toEqual({ words: other.message, detail: "" });
});
