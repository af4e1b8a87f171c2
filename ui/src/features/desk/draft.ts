/** Disposition and note of an assignment: kept here while the person writes, saved a moment later.
 *
 * Outside React, so that going to another page and back, or the end of wrap-up, loses no word.
 */

import { api, ApiError, pathId } from "../../api/client";

export interface Draft {
  disposition: string;
  note: string;
  status: "clean" | "dirty" | "saving" | "saved" | "failed";
}

const pause_ms = 800;
const again_ms = 3000;
const keep = 20;

const empty: Draft = { disposition: "", note: "", status: "clean" };
const drafts = new Map<string, Draft>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const listeners = new Set<() => void>();

export function subscribeDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function draftOf(assignment: string): Draft {
  return drafts.get(assignment) ?? empty;
}

export function write(assignment: string, change: Partial<Pick<Draft, "disposition" | "note">>, known: string): void {
  const before = drafts.get(assignment) ?? { ...empty, disposition: known };
  put(assignment, { ...before, ...change, status: "dirty" });
  later(assignment, change.disposition === undefined ? pause_ms : 0);
}

/** Saves what is not yet saved; rejects when the server refuses it. */
export async function flushDraft(assignment: string): Promise<void> {
  clearTimeout(timers.get(assignment));
  const draft = drafts.get(assignment);
  if (!draft || draft.status === "clean" || draft.status === "saved") return;
  put(assignment, { ...draft, status: "saving" });
  try {
    await api.put(`/desk/assignments/${pathId(assignment)}/disposition`, {
      disposition: draft.disposition,
      note: draft.note,
    });
  } catch (error) {
    put(assignment, { ...draftOf(assignment), status: "failed" });
    if (error instanceof ApiError && error.retryable) later(assignment, again_ms);
    throw error;
  }
  const now = draftOf(assignment);
  // Written on meanwhile: that is saved by its own timer.
  if (now.disposition === draft.disposition && now.note === draft.note) put(assignment, { ...now, status: "saved" });
}

function later(assignment: string, ms: number): void {
  clearTimeout(timers.get(assignment));
  timers.set(
    assignment,
    setTimeout(() => {
      flushDraft(assignment).catch((error: unknown) => {
        // The status beside the note says so; a refusal that no retry mends is worth the console.
        console.warn("note not saved", error instanceof ApiError ? error.code : error);
      });
    }, ms),
  );
}

function put(assignment: string, draft: Draft): void {
  drafts.delete(assignment);
  drafts.set(assignment, draft);
  for (const old of [...drafts.keys()].slice(0, Math.max(0, drafts.size - keep))) drafts.delete(old);
  for (const listener of listeners) listener();
}
