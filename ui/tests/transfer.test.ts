import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeAssignment } from "../dev/world";
import type { Assignment, Consult, Notice, TargetAgent, TargetQueue, Targets } from "../src/api/types";
import { fieldValue, instantOf } from "../src/features/desk/callback/times";
import { isPassed, noticeWords } from "../src/features/desk/notices";
import { asked, can, leaving, situation } from "../src/features/desk/transfer/company";
import { said } from "../src/features/desk/transfer/notes";
import { chosen, dialable, options, settled, step, targetOf } from "../src/features/desk/transfer/targets";
import { errorWords } from "../src/i18n/errors";

const consult = (state: Consult["state"], id = "k1"): Consult => ({ id, kind: "agent", name: "周洋", number: "10007", state, since: 1 });
const call = (change: Partial<Assignment>): Assignment => ({ ...makeAssignment("v1/1"), state: "active", talk: "customer", ...change });

describe("who is in the call, and what may be done", () => {
  const may = (change: Partial<Assignment>) =>
    Object.entries(can(call(change)))
      .filter(([, yes]) => yes)
      .map(([what]) => what)
      .join(" ");

  test.each<[string, Partial<Assignment>, string, string, string]>([
    ["with the customer", {}, "alone", "hang_up", "transfer consult hold"],
    ["on hold", { state: "held", talk: "none" }, "alone", "hang_up", "transfer consult hold"],
    ["a colleague rings", { state: "held", talk: "none", consults: [consult("ringing")] }, "asking", "cancel_consult", "complete hold"],
    ["a queue looks for one", { state: "held", talk: "none", consults: [consult("waiting")] }, "asking", "cancel_consult", "complete hold"],
    ["consulting", { state: "held", talk: "consult", consults: [consult("talking")] }, "consulting", "end_consult", "swap join complete"],
    ["swapped", { consults: [consult("held")] }, "with_customer", "end_consult", "swap join complete"],
    ["conference", { talk: "all", consults: [consult("joined")] }, "conference", "leave_conference", "consult complete hold"],
    ["customer put aside", { state: "held", talk: "consult", consults: [consult("joined")] }, "aside", "leave_conference", "consult complete hold"],
    [
      "a fourth is asked",
      { state: "held", talk: "consult", consults: [consult("joined"), consult("talking", "k2")] },
      "consulting",
      "end_consult",
      "swap join complete",
    ],
    ["consulted", { role: "consulted", talk: "consult" }, "consulting", "leave_consult", ""],
    ["consulted, waiting", { role: "consulted", state: "held", talk: "none" }, "with_customer", "leave_consult", ""],
    ["consulted, in conference", { role: "consulted", state: "joined", talk: "all" }, "conference", "leave_consult", ""],
    ["before the answer", { state: "connecting", talk: "none" }, "alone", "hang_up", ""],
  ])("%s", (_, change, where, way, allowed) => {
    expect(situation(call(change))).toBe(where);
    expect(leaving(call(change))).toBe(way);
    expect(may(change)).toBe(allowed);
  });

  test("the one being asked is the one who has not joined", () => {
    expect(asked(call({ consults: [consult("joined"), consult("ringing", "k2")] }))?.id).toBe("k2");
    expect(asked(call({ consults: [consult("joined")] }))).toBeNull();
  });
});

const queue = (id: string, change: Partial<TargetQueue> = {}): TargetQueue => ({
  ...{ id, name: id, open: true, free: 1, waiting: 0, second_line: false },
  ...change,
});
const agent = (id: string, state: TargetAgent["state"], queue_names: string[] = []): TargetAgent => ({
  ...{ id, number: id, name: id, state, queue_names },
});
const found: Targets = {
  queues: [queue("q1", { open: false }), queue("q2")],
  agents: [agent("a1", "busy"), agent("a2", "free", ["q2"]), agent("a3", "away"), agent("a4", "offline")],
  outside: true,
};

describe("whom to hand it to", () => {
  const keys = (text: string, targets = found) => options(targets, text).map((each) => (each.usable ? each.key : `-${each.key}`));

  test("who can be rung comes first, the number that was typed last", () => {
    expect(keys("")).toEqual(["-queue q1", "queue q2", "agent a2", "agent a3", "-agent a1", "-agent a4"]);
    expect(keys("138 1234-5678").at(-1)).toBe("number");
    expect(keys("13812345678", { ...found, outside: false }).at(-1)).toBe("-number");
  });

  test.each([
    ["138 1234 5678", "13812345678"],
    ["(0551) 6555-0000", "055165550000"],
    ["+44 20 7946 0000", "+442079460000"],
    ["10", ""],
    ["王敏", ""],
    ["1381234567890123456789", ""],
  ])("a number that can be dialled: %s", (text, number) => expect(dialable(text)).toBe(number));

  test("nothing is chosen until something is typed; a choice that became unusable is none", () => {
    const all = options(found, "");
    expect(chosen(all, "", "")).toBeNull();
    expect(chosen(all, "", "q")?.key).toBe("queue q2");
    expect(chosen(all, "agent a3", "q")?.key).toBe("agent a3");
    expect(chosen(all, "agent a1", "q")).toBeNull();
  });

  test("up and down pass over whom one cannot have, around the ends", () => {
    const all = options(found, "");
    expect(step(all, "", 1)).toBe("queue q2");
    expect(step(all, "", -1)).toBe("agent a3");
    expect(step(all, "queue q2", 1)).toBe("agent a2");
    expect(step(all, "agent a3", 1)).toBe("queue q2");
    expect(step([], "", 1)).toBe("");
  });

  test("rows stay where they are while states change; new ones come behind", () => {
    const order = options(found, "").map((each) => each.key);
    const later = { ...found, agents: [agent("a0", "free"), agent("a1", "free"), agent("a2", "busy"), agent("a3", "away")] };
    expect(settled(order, options(later, "")).map((each) => each.key)).toEqual([
      ...["queue q1", "queue q2", "agent a2", "agent a3", "agent a1", "agent a0"],
    ]);
  });

  test("a colleague has a queue behind them: the call's own, else one of theirs", () => {
    const [, to, a2, a3] = options(found, "");
    if (!to || !a2 || !a3) throw new Error("too few");
    expect(targetOf(to, call({}), found.queues)).toEqual({ queue: "q2" });
    expect(targetOf(a2, call({}), found.queues)).toEqual({ agent: "a2" });
    expect(targetOf(a2, call({ queue: "" }), found.queues)).toEqual({ agent: "a2", via_queue: "q2" });
    expect(targetOf(a3, call({ queue: "" }), found.queues)).toEqual({ agent: "a3", via_queue: "q2" });
    expect(targetOf(a3, call({ queue: "" }), [])).toEqual({ agent: "a3" });
  });

  test("only what was said travels", () => {
    expect(said({ demand: "", mood: "", note: "  " })).toEqual({});
    expect(said({ demand: "refund", mood: "upset", note: " 已核实 " })).toEqual({ demand: "refund", mood: "upset", note: "已核实" });
  });
});

describe("when to call back", () => {
  const now = new Date(2026, 10, 30, 22, 10).getTime() / 1000;
  test("the usual choices", () => {
    expect(instantOf("turn", "", now)).toBeNull();
    expect(instantOf("halfHour", "", now)).toBe(now + 1800);
    expect(instantOf("tomorrow", "", now)).toBe(new Date(2026, 11, 1, 9).getTime() / 1000);
  });
  test("a time of one's own, in one's own zone, and not in the past", () => {
    expect(instantOf("own", fieldValue(now + 3600), now)).toBe(now + 3600);
    expect(instantOf("own", fieldValue(now - 3600), now)).toBeUndefined();
    expect(instantOf("own", "", now)).toBeUndefined();
  });
});

describe("what the desk is told", () => {
  const notice = (code: string, detail: Record<string, unknown>, level: Notice["level"] = "warning"): Notice => ({
    ...{ id: "n", level, code, detail, at: 100 },
  });
  const t = (key: string, values?: object) => `${key} ${JSON.stringify(values ?? {})}`;
  const says = (code: string, detail: Record<string, unknown>) => noticeWords(notice(code, detail), t);

  test("why it ended, and with whom", () => {
    expect(says("consult.ended", { name: "周洋", why: "declined" })).toContain("consultDeclined");
    expect(says("consult.ended", { name: "周洋", why: "anything" })).toBe('transfer.consultEnded {"name":"周洋"}');
    expect(says("party.failed", { name: "+8613812345678", why: "busy" })).toBe('transfer.partyBusy {"name":"138 1234 5678"}');
    expect(says("transfer.returned", {})).toContain("transfer.somebody");
    expect(says("break.began", { until: 5 })).toContain("breakBeganUntil");
    expect(says("nobody.knows", {})).toBe("");
  });

  test("news in passing goes by itself, the rest stays", () => {
    expect(isPassed(notice("consult.requeued", {}, "info"), 131)).toBe(true);
    expect(isPassed(notice("consult.requeued", {}, "info"), 129)).toBe(false);
    expect(isPassed(notice("break.over", {}, "info"), 900)).toBe(false);
    expect(isPassed(notice("consult.ended", {}), 900)).toBe(false);
  });
});

test("every refusal that the guide lists has words", () => {
  const guide = readFileSync(new URL("../../docs/guides/lifecycle.md", import.meta.url), "utf8");
  const codes = [...(guide.split("## Refusals")[1] ?? "").matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map((match) => match[1] ?? "");
  expect(codes.length).toBeGreaterThan(30);
  expect(codes.filter((code) => !(code in errorWords.zh))).toEqual([]);
});
