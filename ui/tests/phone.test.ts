import { describe, expect, test } from "vitest";
import { customerCall, noCall, type CustomerCall, type CustomerCallEvent, type Told } from "../src/features/customer-call/machine";
import { answersNow, phone, phoneOff, rings, type PhoneEvent, type PhoneState } from "../src/phone/machine";

const after = (...events: PhoneEvent[]): PhoneState => events.reduce(phone, phoneOff);

const ready: PhoneEvent[] = [{ t: "started" }, { t: "microphone_granted" }, { t: "registered" }];
const ring = (assignment: string, auto = false): PhoneEvent => ({ t: "rings", id: "c1", assignment, number: "1", auto });

describe("registration", () => {
  test("the microphone comes first", () => {
    expect(after({ t: "started" }).stage).toBe("asking");
    expect(after({ t: "started" }, { t: "microphone_granted" }).stage).toBe("connecting");
    expect(after(...ready).stage).toBe("registered");
  });

  test("a refused microphone blocks, and mending it clears the obstacle", () => {
    const blocked = after({ t: "started" }, { t: "blocked", by: "microphone_refused" });
    expect(blocked).toMatchObject({ stage: "blocked", obstacle: "microphone_refused" });
    expect(phone(phone(blocked, { t: "connecting" }), { t: "registered" })).toMatchObject({ stage: "registered", obstacle: "" });
  });

  test("trying again after a loss is still shown as a loss", () => {
    const lost = after(...ready, { t: "connection_lost" });
    expect(lost.stage).toBe("lost");
    expect(phone(lost, { t: "connecting" }).stage).toBe("lost");
  });

  test("another tab's phone is not lost when this one has no connection", () => {
    expect(after({ t: "started" }, { t: "blocked", by: "elsewhere" }, { t: "connection_lost" }).stage).toBe("blocked");
  });
});

describe("calls", () => {
  test("an offer rings until it is answered", () => {
    const ringing = after(...ready, ring("v1/1"));
    expect(answersNow(ringing)).toBe(false);
    expect(rings(ringing, "v1/1")).toBe(true);
    expect(rings(ringing, "v2/1")).toBe(false);
    expect(answersNow(phone(ringing, { t: "answer_pressed", assignment: "v1/1" }))).toBe(true);
  });

  test("pressed before the ring arrives, answer waits for it", () => {
    const waiting = after(...ready, { t: "answer_pressed", assignment: "v1/1" });
    expect(answersNow(waiting)).toBe(false);
    expect(answersNow(phone(waiting, ring("v1/1")))).toBe(true);
  });

  test("an answer meant for one offer never takes another", () => {
    const waiting = after(...ready, { t: "answer_pressed", assignment: "v1/1" });
    expect(answersNow(phone(waiting, ring("v2/1")))).toBe(false);
    const ringing = after(...ready, ring("v2/1"));
    expect(phone(ringing, { t: "answer_pressed", assignment: "v1/1" })).toBe(ringing);
  });

  test("the agent's own outside call is answered without asking", () => {
    expect(answersNow(after(...ready, ring("v1/1", true)))).toBe(true);
  });

  test("one call at a time", () => {
    const ringing = after(...ready, ring("v1/1"));
    expect(phone(ringing, { t: "rings", id: "c2", assignment: "v2/1", number: "2", auto: false })).toBe(ringing);
  });

  test("signalling may be lost while the call goes on", () => {
    const talking = after(...ready, ring("v1/1"), { t: "call_up", id: "c1" }, { t: "connection_lost" });
    expect(talking.stage).toBe("lost");
    expect(talking.call?.state).toBe("up");
  });

  test("what belongs to an earlier call is passed over", () => {
    const talking = after(...ready, ring("v1/1"), { t: "call_up", id: "c1" });
    expect(phone(talking, { t: "call_over", id: "c0", broke: "" })).toBe(talking);
  });

  test("a call that is over leaves nothing behind but why it broke", () => {
    const over = after(...ready, ring("v1/1"), { t: "answer_pressed", assignment: "v1/1" }, { t: "call_over", id: "c1", broke: "media" });
    expect(over).toMatchObject({ call: null, wanted: "", broke: "media", stage: "registered" });
  });

  test("mute is of this call only", () => {
    const muted = after(...ready, ring("v1/1"), { t: "call_up", id: "c1" }, { t: "muted", on: true });
    expect(muted.call?.muted).toBe(true);
    expect(after(...ready, { t: "muted", on: true }).call).toBeNull();
  });
});

describe("a customer's call", () => {
  const call = (...events: CustomerCallEvent[]) => events.reduce(customerCall, noCall);

  test("asked, calling, up, ended with its length", () => {
    expect(call({ t: "pressed" }).stage).toBe("asking");
    expect(call({ t: "pressed" }, { t: "dialling" }).stage).toBe("calling");
    const up = call({ t: "pressed" }, { t: "dialling" }, { t: "up", at: 100 });
    expect(up.stage).toBe("up");
    expect(customerCall(up, { t: "over", at: 160, failure: "" })).toMatchObject({ stage: "ended", seconds: 60 });
  });

  test("a call that never got through says why", () => {
    expect(call({ t: "pressed" }, { t: "dialling" }, { t: "over", at: 1, failure: "web_call.too_many" })).toMatchObject({
      stage: "failed",
      failure: "web_call.too_many",
    });
  });

  test("the customer's own hang-up while it rings is no failure", () => {
    expect(call({ t: "pressed" }, { t: "dialling" }, { t: "over", at: 1, failure: "" }).stage).toBe("ended");
  });

  const up = call({ t: "pressed" }, { t: "dialling" }, { t: "up", at: 100 });
  const told = (...all: Told[]) => all.reduce((state, each) => customerCall(state, { t: "told", told: each }), up);
  const waiting = (place: number | null, since = 90): Told => ({ stage: "waiting", since, place, wait_s: null });
  const place = (state: CustomerCall) => (state.told?.stage === "waiting" ? state.told.place : undefined);

  test("a place never rises, and stays while nobody tells it", () => {
    expect(place(told(waiting(3), waiting(5)))).toBe(3);
    expect(place(told(waiting(3), waiting(2), waiting(null)))).toBe(2);
    expect(place(told(waiting(null), waiting(4)))).toBe(4);
    expect(place(told(waiting(2), waiting(7, 95)))).toBe(7); // another queue
  });

  test("time in the queue is no conversation", () => {
    expect(customerCall(told(waiting(3)), { t: "over", at: 200, failure: "", cause: "customer" })).toMatchObject({
      stage: "ended",
      seconds: 0,
      cause: "customer",
    });
    expect(customerCall(told({ stage: "talking", since: 150 }), { t: "over", at: 200, failure: "" }).seconds).toBe(50);
  });

  test("the centre's word of the end counts, before the line closes and after", () => {
    const end: Told = { stage: "ended", cause: "agent", talked_s: 42 };
    const over: CustomerCallEvent = { t: "over", at: 200, failure: "" };
    expect(customerCall(told(end), over)).toMatchObject({ stage: "ended", cause: "agent", seconds: 42 });
    expect(customerCall(customerCall(up, over), { t: "told", told: end })).toMatchObject({ cause: "agent", seconds: 42 });
  });

  test("what the centre tells of a call that was given up changes nothing", () => {
    expect(customerCall(noCall, { t: "told", told: waiting(1) })).toBe(noCall);
  });

  test("the end that follows a refused microphone does not hide it", () => {
    expect(call({ t: "pressed" }, { t: "blocked", by: "microphone_refused" }, { t: "over", at: 1, failure: "x" }).stage).toBe("blocked");
  });
});
