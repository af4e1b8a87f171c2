/** What travels with a contact that is handed on, or asked about: codes, and a few words. */

import type { Notes } from "../../../api/types";

export const demands = ["complaint", "urgent", "callback_promised", "refund", "technical", "fragile", "language", "other"] as const;
export const moods = ["pleased", "calm", "worried", "upset", "angry"] as const;

export const noNotes: Notes = { demand: "", mood: "", note: "" };

/** Only what was said. */
export function said(notes: Notes): Partial<Notes> {
  const note = notes.note.trim();
  return {
    ...(notes.demand && { demand: notes.demand }),
    ...(notes.mood && { mood: notes.mood }),
    ...(note && { note }),
  };
}

export function isKnown(code: string): code is (typeof demands)[number] | (typeof moods)[number] {
  return [...demands, ...moods].some((each) => each === code);
}
