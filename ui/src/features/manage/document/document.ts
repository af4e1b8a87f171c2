/** A tenant's whole configuration as one file: what the server says of one. */

import { api, ApiError } from "../../../api/client";

export interface Thing {
  kind: string;
  id: string;
  name: string;
}

export interface Change extends Thing {
  how: "new" | "changed" | "published";
  /** By field old and new value; of a flow's text that it changed. */
  fields: Record<string, [unknown, unknown] | string>;
}

export interface Brought {
  changes: Change[];
  /** So many things are so already. */
  same: number;
  left: Thing[];
  without_secret: Thing[];
}

export interface Problem {
  line: number;
  column: number;
  code: string;
  message: string;
  /** What stands on that line. */
  text: string;
}

/** `problems`: it cannot be brought in. */
export type Answer = { brought: Brought; problems: null } | { brought: null; problems: Problem[]; count: number };

export const documentPath = "/configuration/document";

/** More is never read: the server takes two MiB at most. */
const most_bytes = 4 * 1024 * 1024;
const shown_characters = 160;

export async function read(file: File): Promise<string> {
  if (file.size > most_bytes) throw new ApiError(413, "request.too_large", `${file.name}: ${file.size} bytes`);
  return file.text();
}

/** With `only_look` nothing changes. Throws what is neither an answer nor a document's own problems. */
export async function bring(text: string, only_look: boolean): Promise<Answer> {
  try {
    return { brought: await api.post<Brought>(documentPath, { text, only_look }), problems: null };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "configuration.problems") throw error;
    const lines = text.split("\n");
    const problems = (error.detail.problems as Omit<Problem, "text">[]).map((each) => ({
      ...each,
      text: (lines[each.line - 1] ?? "").trimEnd().slice(0, shown_characters),
    }));
    return { brought: null, problems, count: Number(error.detail.count) };
  }
}
