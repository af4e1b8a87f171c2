import { describe, expect, test } from "vitest";
import type { AgentState, FloorAgent, FloorQueue } from "../src/api/types";
import { asQuery, read, write } from "../src/features/contacts/filter";
import { comboOf, keyLabel } from "../src/features/desk/keys";
import { anyAgent, choose, inOrder } from "../src/features/floor/agents";
import { alarms, answerRate } from "../src/features/floor/judge";
import { bodyOf } from "../src/features/manage/body";
import { understood, written } from "../src/features/manage/weekly";

const queue: FloorQueue = {
  id: "q", name: "q", line: "", waiting: 0, longest_since: null, offered: 10, answered: 9, answered_in_target: 9, abandoned: 1,
  short_abandoned: 0, flow_out: 0, escalated: 0, service_level: 0.9, service_level_s: 20, service_level_target: 0.8,
  agents: { idle: 1, ringing: 0, talking: 0, wrap_up: 0, not_ready: 0 }, closed: false, out_of_hours: false, across: 0, warning: "", missing: [],
};

describe("what is loud on the floor", () => {
  test("a queue on target is quiet", () => expect(alarms(queue, 1000)).toBe(0));
  test("who waits beyond the target is loud, to the second", () => {
    expect(alarms({ ...queue, waiting: 1, longest_since: 980 }, 1000)).toBe(0);
    expect(alarms({ ...queue, waiting: 1, longest_since: 979 }, 1000)).toBe(1);
  });
  test("a level below target, waiting with nobody free, nobody at all", () => {
    expect(alarms({ ...queue, service_level: 0.79 }, 0)).toBe(1);
    expect(alarms({ ...queue, service_level: null }, 0)).toBe(0);
    expect(alarms({ ...queue, waiting: 2, agents: { ...queue.agents, idle: 0 } }, 0)).toBe(1);
    expect(alarms({ ...queue, warning: "no_agents" }, 0)).toBe(1);
  });
  test("a closed queue is loud only while somebody waits in it", () => {
    expect(alarms({ ...queue, closed: true, service_level: 0.1 }, 0)).toBe(0);
    expect(alarms({ ...queue, closed: true, waiting: 1 }, 0)).toBe(1);
  });
  test("the answer rate of nothing is unknown", () => {
    expect(answerRate(queue)).toBe(0.9);
    expect(answerRate({ ...queue, answered: 0, abandoned: 0 })).toBeNull();
  });
});

describe("agents of the floor", () => {
  const agent = (id: string, name: string, state: AgentState, since: number, queues = ["q1"]): FloorAgent => ({
    id, number: id, name, site: "s1", state, reason: "", since, pending: null, queue: "", contact: "", from_site: "", queues, answered_today: 0,
  });
  const all = [agent("3", "王伟", "talking", 30), agent("1", "李娜", "idle", 50), agent("2", "Anna", "not_responding", 10, ["q2"])];
  const collator = new Intl.Collator("zh");

  test("counts are over all filters but the state's own", () => {
    const { shown, counts } = choose(all, { ...anyAgent, queue: "q1", state: "idle" });
    expect(shown.map((each) => each.id)).toEqual(["1"]);
    expect([...counts]).toEqual([
      ["talking", 1],
      ["idle", 1],
    ]);
  });
  test("found by name or number, whatever the case", () => {
    expect(choose(all, { ...anyAgent, text: "anna" }).shown).toHaveLength(1);
    expect(choose(all, { ...anyAgent, text: "3" }).shown.map((each) => each.id)).toEqual(["3"]);
  });
  test("by state, what needs an eye comes first; by time, the longest", () => {
    expect(inOrder(all, "state", false, collator).map((each) => each.id)).toEqual(["2", "3", "1"]);
    expect(inOrder(all, "since", false, collator).map((each) => each.id)).toEqual(["2", "3", "1"]);
    expect(inOrder(all, "number", true, collator).map((each) => each.id)).toEqual(["3", "2", "1"]);
  });
});

describe("hours as people type them", () => {
  test("what is written can be understood again", () => {
    const spans: [string, string][] = [["09:00", "12:00"], ["13:00", "18:00"]];
    expect(understood(written(spans))).toEqual(spans);
  });
  test("full-width signs, a missing zero, commas", () => {
    expect(understood("9：00－12：00，13:00~18:00")).toEqual([["09:00", "12:00"], ["13:00", "18:00"]]);
    expect(understood(" ")).toEqual([]);
    expect(understood("00:00-24:00")).toEqual([["00:00", "24:00"]]);
  });
  test("what cannot be is not guessed", () => {
    for (const text of ["9-18", "18:00-09:00", "25:00-26:00", "09:00", "24:30-24:40"]) expect(understood(text)).toBeNull();
  });
});

describe("keys", () => {
  const key = (init: object) => ({ key: "", code: "", altKey: false, ctrlKey: false, metaKey: false, ...init });
  test("letters go by their place, so that input methods and layouts do not matter", () => {
    expect(comboOf(key({ key: "®", code: "KeyR", altKey: true }))).toBe("Alt+KeyR");
    expect(comboOf(key({ key: "F2", code: "F2" }))).toBe("F2");
    expect(comboOf(key({ key: "Enter", code: "Enter", metaKey: true }))).toBe("Ctrl+Enter");
  });
  test("AltGr is typing, not a shortcut", () => {
    expect(comboOf(key({ key: "@", code: "KeyQ", altKey: true, ctrlKey: true }))).toBe("@");
  });
  test("shown as printed on the keyboard", () => expect(keyLabel("Alt+KeyR")).toBe("Alt R"));
});

describe("what is sent when something is saved", () => {
  test("read-only fields stay home, an empty secret keeps the old one", () => {
    const before = { id: "t1", version: 3, name: "t", host: "a", has_secret: true };
    expect(bodyOf(before, { name: "t", host: "b", secret: "" })).toEqual({ name: "t", host: "b" });
  });
  test("a map that lost an entry loses it", () => {
    expect(bodyOf({ name: "q", requires: { a: 1, b: 2 } }, { requires: { a: 1 } })).toEqual({ name: "q", requires: { a: 1 } });
  });
});

describe("a search in the address", () => {
  test("is the same after a round trip", () => {
    const filter = { ...read(new URLSearchParams()), range: "week" as const, number: "138", outcome: "abandoned" };
    expect(read(write(filter))).toEqual(filter);
  });
  test("an invented range is none", () => expect(read(new URLSearchParams("range=forever")).range).toBe(""));
  test("days begin at local midnight", () => {
    const now = new Date(2026, 9, 8, 15, 30);
    const filter = { ...read(new URLSearchParams()), range: "today" as const };
    expect(asQuery(filter, now).from).toBe(new Date(2026, 9, 8).getTime() / 1000);
  });
});
