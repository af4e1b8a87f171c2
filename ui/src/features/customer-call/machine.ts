/** A customer's call from the page, as states that the page shows. Pure. */

import type { Obstacle } from "../../phone/machine";

export interface CustomerCall {
  stage: "idle" | "asking" | "calling" | "up" | "ended" | "failed" | "blocked";
  obstacle: Obstacle | "";
  /** Code of what failed, for words; empty when the call ended as calls do. */
  failure: string;
  /** When the other side answered, by this device's clock in epoch seconds. */
  since: number;
  seconds: number;
  muted: boolean;
  /** Signalling is interrupted; the sound goes on if it can. */
  shaky: boolean;
}

export type CustomerCallEvent =
  | { t: "pressed" }
  | { t: "blocked"; by: Obstacle }
  | { t: "dialling" }
  | { t: "up"; at: number }
  | { t: "over"; at: number; failure: string }
  | { t: "muted"; on: boolean }
  | { t: "shaky"; on: boolean };

export const noCall: CustomerCall = {
  stage: "idle",
  obstacle: "",
  failure: "",
  since: 0,
  seconds: 0,
  muted: false,
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
    case "over":
      if (state.stage === "up") return { ...noCall, stage: "ended", seconds: event.at - state.since };
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
