/** Who is in the call with whom, and what may be done about it: read off the assignment, nothing is kept. */

import type { Assignment, Consult } from "../../../api/types";

/** Who is being asked and has not joined: one at most. */
export function asked({ consults }: Assignment): Consult | null {
  return consults.find((each) => each.state !== "joined") ?? null;
}

export function answered(consult: Consult | null): boolean {
  return consult?.state === "talking" || consult?.state === "held";
}

/** Both sides are on the line: mute and keys make sense. */
export function onLine({ state }: Assignment): boolean {
  return state === "active" || state === "held" || state === "joined";
}

export interface Can {
  /** Hand on unheard. */
  transfer: boolean;
  consult: boolean;
  swap: boolean;
  join: boolean;
  complete: boolean;
  /** Hold and resume; once somebody asked has answered, that is what swapping does. */
  hold: boolean;
}

export function can(assignment: Assignment): Can {
  const owns = onLine(assignment) && assignment.role === "owner";
  const side = asked(assignment);
  return {
    transfer: owns && assignment.consults.length === 0,
    consult: owns && side === null,
    swap: owns && answered(side),
    join: owns && answered(side),
    complete: owns && assignment.consults.length > 0,
    hold: owns && !answered(side),
  };
}

export type Leaving = "hang_up" | "end_consult" | "cancel_consult" | "leave_conference" | "leave_consult";

/** What the red button does: it never drops a customer whom somebody else could go on talking with. */
export function leaving(assignment: Assignment): Leaving {
  if (assignment.role === "consulted") return "leave_consult";
  const side = asked(assignment);
  if (side) return answered(side) ? "end_consult" : "cancel_consult";
  return assignment.consults.length > 0 ? "leave_conference" : "hang_up";
}

export type Situation = "alone" | "asking" | "consulting" | "with_customer" | "conference" | "aside";

/** From the agent's own view; `aside`: in a conference whose customer is on hold. */
export function situation(assignment: Assignment): Situation {
  const side = asked(assignment);
  if (assignment.role === "owner" && assignment.consults.length === 0) return "alone";
  if (side && !answered(side)) return "asking";
  if (assignment.talk === "all") return "conference";
  if (assignment.talk === "consult") return side || assignment.role === "consulted" ? "consulting" : "aside";
  return assignment.talk === "customer" || assignment.role === "consulted" ? "with_customer" : "aside";
}
