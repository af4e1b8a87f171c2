import type { AgentState } from "../api/types";
import { t, type WordKey } from "../i18n";
import "./state.css";

export const stateWords: Record<AgentState, WordKey> = {
  idle: "common.stateIdle",
  ringing: "common.stateRinging",
  talking: "common.stateTalking",
  held: "common.stateHeld",
  wrap_up: "common.stateWrapUp",
  not_ready: "common.stateNotReady",
  not_responding: "common.stateNotResponding",
  unreachable: "common.stateUnreachable",
  offline: "common.stateOffline",
};

/** A colour never stands alone: each state has its shape, and its word beside it. */
export function State({ state, word = true }: { state: AgentState; word?: boolean }) {
  const words = t(stateWords[state]);
  return (
    <span className={`state ${state}`} data-state={state} title={word ? undefined : words}>
      <StateShape state={state} />
      {word ? words : <span className="sr-only">{words}</span>}
    </span>
  );
}

export function StateShape({ state, size = 10 }: { state: AgentState; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 10 10" aria-hidden>
      {shapes[state]}
    </svg>
  );
}

const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.6, strokeLinecap: "round" } as const;

const shapes: Record<AgentState, React.ReactNode> = {
  idle: <circle cx="5" cy="5" r="4.4" fill="currentColor" />,
  ringing: (
    <>
      <circle cx="5" cy="5" r="4" {...line} />
      <circle cx="5" cy="5" r="1.8" fill="currentColor" />
    </>
  ),
  talking: <rect x="0.8" y="0.8" width="8.4" height="8.4" rx="1.6" fill="currentColor" />,
  held: (
    // Half of talking, half of waiting.
    <>
      <rect x="1" y="1" width="3" height="8" rx="0.8" fill="var(--talk)" />
      <rect x="6" y="1" width="3" height="8" rx="0.8" fill="currentColor" />
    </>
  ),
  wrap_up: <path d="M5 0.4 9.6 5 5 9.6 0.4 5Z" fill="currentColor" />,
  not_ready: <rect x="0.6" y="3.6" width="8.8" height="2.8" rx="1" fill="currentColor" />,
  not_responding: (
    <>
      <path d="M5 0.6 9.7 9.2H0.3Z" fill="currentColor" />
      <path d="M5 3.6v2.6M5 7.6v.2" stroke="var(--paper)" strokeWidth="1.2" strokeLinecap="round" />
    </>
  ),
  unreachable: <path d="M1.5 1.5 8.5 8.5M8.5 1.5 1.5 8.5" {...line} strokeWidth={2} />,
  offline: <circle cx="5" cy="5" r="3.8" {...line} />,
};
