/** A customer's call from the page, as states that the page shows. Pure. */

import type { Names } from "../../api/types";
import type { Obstacle } from "../../phone/machine";

/** What the centre tells of this call: docs/api.md. */
export type Told =
  | { stage: "calling" | "transferring" }
  | { stage: "menu"; step: Names | null; keys: MenuKey[] }
  | { stage: "waiting"; since: number; place: number | null; wait_s: number | null }
  | { stage: "ringing" | "talking" | "held"; since: number }
  | { stage: "ended"; cause: EndCause; talked_s: number | null };

export interface MenuKey {
  key: string;
  words: Names;
  /** The way to somebody. */
  person: boolean;
}

export type EndCause = "customer" | "agent" | "flow" | "trouble";

export interface CustomerCall {
  stage: "idle" | "asking" | "calling" | "up" | "ended" | "failed" | "blocked";
  obstacle: Obstacle | "";
  /** Code of what failed, for words; empty when the call ended as calls do. */
  failure: string;
  /** When the other side answered, by this device's clock in epoch seconds. */
  since: number;
  seconds: number;
  muted: boolean;
  /** The centre's last word, instants by this device's clock; null before the first. */
  told: Told | null;
  /** Who ended it, once it is over. */
  cause: EndCause | "";
  /** Signalling is interrupted; the sound goes on if it can. */
  shaky: boolean;
}

export type CustomerCallEvent =
  | { t: "pressed" }
  | { t: "blocked"; by: Obstacle }
  | { t: "dialling" }
  | { t: "up"; at: number }
  | { t: "told"; told: Told }
  | { t: "over"; at: number; failure: string; cause?: EndCause | "" }
  | { t: "muted"; on: boolean }
  | { t: "shaky"; on: boolean };

export const noCall: CustomerCall = {
  stage: "idle",
  obstacle: "",
  failure: "",
  since: 0,
  seconds: 0,
  muted: false,
  told: null,
  cause: "",
  shaky: false,
};

export function customerCall(state: CustomerCall, event: CustomerCallEvent): CustomerCall {
  switch (event.t) {
    case "pressed":
      return { ...noCall, stage: "asking" };
    case "blocked":
      return { ...noCall, stage: "blocked", obstacle: event.by };
    case "dialling":
      return { ...state, stage: "calling" };
    case "up":
      return state.stage === "calling" ? { ...state, stage: "up", since: event.at } : state;
    case "told":
      return heard(state, event.told);
    case "over":
      if (state.stage === "up") {
        const { told } = state;
        const said = told?.stage === "ended" ? told : null;
        return {
          ...noCall,
          stage: "ended",
          seconds: said ? (said.talked_s ?? 0) : talked(state, event.at),
          cause: said?.cause || event.cause || "",
          told,
        };
      }
      if (state.stage === "asking" || state.stage === "calling") {
        return { ...noCall, stage: event.failure ? "failed" : "ended", failure: event.failure };
      }
      return state;
    case "muted":
      return { ...state, muted: event.on };
    case "shaky":
      return state.stage === "up" || state.stage === "calling" ? { ...state, shaky: event.on } : state;
  }
}

function heard(state: CustomerCall, told: Told): CustomerCall {
  // The end may be told after the line has closed: then it still says who ended it, and how long it was.
  if (state.stage === "ended" && told.stage === "ended") {
    return { ...state, cause: told.cause, seconds: told.talked_s ?? 0 };
  }
  if (state.stage !== "up" && state.stage !== "calling") return state;
  const before = state.told;
  if (told.stage === "waiting" && before?.stage === "waiting" && before.since === told.since) {
    return { ...state, told: { ...told, place: least(before.place, told.place) } };
  }
  return { ...state, told };
}

/** A place never rises on the page, whatever comes between. */
function least(before: number | null, now: number | null): number | null {
  if (before === null || now === null) return now ?? before;
  return Math.min(before, now);
}

/** Seconds with somebody; without a word of the centre, since the answer. */
function talked(state: CustomerCall, at: number): number {
  const { told } = state;
  if (!told) return at - state.since;
  return told.stage === "talking" || told.stage === "held" ? at - told.since : 0;
}
