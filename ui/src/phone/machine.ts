/** The phone as a state machine: what the desk may show and do at any moment. Pure; `phone.ts` feeds it. */

export type Obstacle =
  | "microphone_refused"
  | "microphone_missing"
  | "microphone_busy"
  /** Neither https nor localhost: the browser gives no microphone at all. */
  | "insecure"
  /** The browser cannot make calls: too old, or made without. */
  | "no_webrtc"
  /** Another tab of this browser holds the phone. */
  | "elsewhere"
  /** The server gives this person no phone. */
  | "no_phone";

export interface PhoneCall {
  /** SIP's id of the call, to pass over what belongs to an earlier one. */
  id: string;
  /** Ties the call to the desk's pop; empty when the server named none. */
  assignment: string;
  number: string;
  state: "ringing" | "answering" | "up";
  /** The agent's own outside call: answered without asking. */
  auto: boolean;
  muted: boolean;
}

export interface PhoneState {
  stage: "off" | "asking" | "connecting" | "registered" | "lost" | "blocked";
  obstacle: Obstacle | "";
  call: PhoneCall | null;
  /** Assignment whose answer was pressed before its ring arrived. */
  wanted: string;
  /** The browser plays nothing before the person has touched the page. */
  silent: boolean;
  /** Why the last call broke here: `media`, `microphone`; empty when it ended as calls do. */
  broke: string;
}

export type PhoneEvent =
  | { t: "started" }
  | { t: "stopped" }
  | { t: "microphone_granted" }
  | { t: "blocked"; by: Obstacle }
  | { t: "connecting" }
  | { t: "registered" }
  | { t: "connection_lost" }
  | { t: "rings"; id: string; assignment: string; number: string; auto: boolean }
  | { t: "answer_pressed"; assignment: string }
  | { t: "answer_sent"; id: string }
  | { t: "call_up"; id: string }
  | { t: "call_over"; id: string; broke: string }
  | { t: "muted"; on: boolean }
  | { t: "silent"; on: boolean };

export const phoneOff: PhoneState = { stage: "off", obstacle: "", call: null, wanted: "", silent: false, broke: "" };

export function phone(state: PhoneState, event: PhoneEvent): PhoneState {
  switch (event.t) {
    case "started":
      return { ...phoneOff, stage: "asking" };
    case "stopped":
      return phoneOff;
    case "microphone_granted":
      return { ...state, stage: "connecting", obstacle: "" };
    case "blocked":
      return { ...state, stage: "blocked", obstacle: event.by };
    case "connecting":
      return state.stage === "lost" ? state : { ...state, stage: "connecting", obstacle: "" };
    case "registered":
      return { ...state, stage: "registered", obstacle: "" };
    case "connection_lost":
      // Audio goes on without signalling: the call stays until someone says that it is over.
      return state.stage === "registered" || state.stage === "connecting" ? { ...state, stage: "lost" } : state;
    case "rings":
      // One call at a time: a second one is rejected as busy by the caller of this machine.
      if (state.call) return state;
      return {
        ...state,
        broke: "",
        call: {
          id: event.id,
          assignment: event.assignment,
          number: event.number,
          state: "ringing",
          auto: event.auto,
          muted: false,
        },
      };
    case "answer_pressed":
      // While another one rings it is not meant; while one is being said goodbye to, the next may be wanted already.
      return state.call?.state === "ringing" && !rings(state, event.assignment)
        ? state
        : { ...state, wanted: event.assignment };
    case "answer_sent":
      return inCall(state, event.id, { state: "answering" });
    case "call_up":
      return { ...inCall(state, event.id, { state: "up" }), wanted: "" };
    case "call_over":
      if (state.call?.id !== event.id) return state;
      return {
        ...state,
        call: null,
        silent: false,
        wanted: state.call.assignment === "" || state.wanted === state.call.assignment ? "" : state.wanted,
        broke: event.broke,
      };
    case "silent":
      return state.call && state.silent !== event.on ? { ...state, silent: event.on } : state;
    case "muted":
      return state.call ? inCall(state, state.call.id, { muted: event.on }) : state;
  }
}

/** A call that rings and should be answered now, without a further press. */
export function answersNow(state: PhoneState): boolean {
  const call = state.call;
  return call?.state === "ringing" && (call.auto || (state.wanted !== "" && rings(state, state.wanted)));
}

/** Whether the ringing call is this assignment's. A call that names none is the only one there can be. */
export function rings(state: PhoneState, assignment: string): boolean {
  const call = state.call;
  return call?.state === "ringing" && (call.assignment === "" || call.assignment === assignment);
}

function inCall(state: PhoneState, id: string, change: Partial<PhoneCall>): PhoneState {
  return state.call?.id === id ? { ...state, call: { ...state.call, ...change } } : state;
}
