import { describe, expect, test } from "vitest";
import { backoff } from "../src/live/backoff";
import { ServerClock } from "../src/live/clock";
import { hear, nothingHeard, parse, type Message } from "../src/live/reducer";

const snapshot: Message = {
  t: "snapshot",
  stream: "s1",
  seq: 10,
  now: 100,
  state: { queues: { q1: { waiting: 1 } }, agents: { a1: { state: "idle" } } },
};

describe("what a live stream tells", () => {
  test("a snapshot replaces everything", () => {
    const heard = hear(hear(nothingHeard, snapshot), { ...snapshot, stream: "s2", seq: 3, state: { queues: {} } });
    expect(heard).toEqual({ stream: "s2", seq: 3, collections: { queues: {} } });
  });

  test("changes add, replace and remove", () => {
    const heard = hear(hear(nothingHeard, snapshot), {
      t: "changes",
      seq: 11,
      now: 101,
      changes: [
        ["queues", "q1", { waiting: 2 }],
        ["agents", "a1", null],
        ["notices", "n1", { code: "engine.lost" }],
      ],
    });
    expect(heard.collections).toEqual({ queues: { q1: { waiting: 2 } }, agents: {}, notices: { n1: { code: "engine.lost" } } });
    expect(heard.seq).toBe(11);
  });

  test("untouched collections keep their identity, touched ones do not", () => {
    const before = hear(nothingHeard, snapshot);
    const after = hear(before, { t: "changes", seq: 11, now: 101, changes: [["queues", "q1", { waiting: 2 }]] });
    expect(after.collections.agents).toBe(before.collections.agents);
    expect(after.collections.queues).not.toBe(before.collections.queues);
    expect(before.collections.queues).toEqual({ q1: { waiting: 1 } });
  });

  test("what was sent again after a reconnect is passed over", () => {
    const heard = hear(nothingHeard, snapshot);
    expect(hear(heard, { t: "changes", seq: 10, now: 101, changes: [["queues", "q1", null]] })).toBe(heard);
  });

  test("changes before any snapshot belong to no state", () => {
    expect(hear(nothingHeard, { t: "changes", seq: 5, now: 1, changes: [["queues", "q1", {}]] })).toBe(nothingHeard);
  });

  test("pings and farewells change nothing", () => {
    const heard = hear(nothingHeard, snapshot);
    expect(hear(heard, { t: "ping", now: 105 })).toBe(heard);
    expect(hear(heard, { t: "bye", code: "session.ended" })).toBe(heard);
  });

  test("anything else is no message", () => {
    expect(() => parse('{"t":"what"}')).toThrow();
    expect(() => parse("not json")).toThrow();
  });
});

describe("the server's clock", () => {
  test("the message that travelled least decides", () => {
    let local = 1000;
    const clock = new ServerClock(() => local);
    expect(clock.now()).toBe(1000);
    clock.heard(1060 - 0.8);
    clock.heard(1060 - 0.05);
    clock.heard(1060 - 0.4);
    expect(clock.offset).toBeCloseTo(59.95);
    local = 1010;
    expect(clock.now()).toBeCloseTo(1069.95);
  });

  test("an old sample is forgotten, so that a corrected clock is followed", () => {
    const clock = new ServerClock(() => 0, 3);
    clock.heard(100);
    for (let i = 0; i < 3; i++) clock.heard(5);
    expect(clock.offset).toBe(5);
  });
});

describe("pauses between attempts", () => {
  test("the window doubles up to its limit, and never shrinks to nothing", () => {
    const most = [1, 2, 3, 4, 5, 6, 60].map((attempt) => backoff(attempt, 0.5, 8, () => 1));
    expect(most).toEqual([0.5, 1, 2, 4, 8, 8, 8]);
    expect(backoff(3, 0.5, 8, () => 0)).toBe(0.5);
  });
});
