/** What is outside its target: the only loud thing on the floor. Pure. */

import type { FloorQueue } from "../../api/types";

/** 0: on target; else how many alarms. */
export function alarms(queue: FloorQueue, now: number): number {
  if (queue.closed) return queue.waiting > 0 ? 1 : 0;
  return (
    Number(queue.warning !== "") + Number(belowTarget(queue)) + Number(waitsTooLong(queue, now)) + Number(nobodyFree(queue))
  );
}

export function belowTarget(queue: FloorQueue): boolean {
  return queue.service_level !== null && queue.service_level < queue.service_level_target;
}

export function waitsTooLong(queue: FloorQueue, now: number): boolean {
  return queue.longest_since !== null && now - queue.longest_since > queue.service_level_s;
}

export function nobodyFree(queue: FloorQueue): boolean {
  return queue.waiting > 0 && queue.agents.idle === 0;
}

/** Share of the calls that counted which were answered; null before the first. */
export function answerRate(queue: FloorQueue): number | null {
  const counted = queue.answered + queue.abandoned;
  return counted > 0 ? queue.answered / counted : null;
}
