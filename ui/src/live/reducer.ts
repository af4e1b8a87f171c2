/** What a live stream has told so far, as an immutable value: message in, new state out. */

export type Item = Record<string, unknown>;
export type Collections = Record<string, Record<string, Item>>;

export type Message =
  | { t: "snapshot"; stream: string; seq: number; now: number; state: Collections }
  | { t: "changes"; seq: number; now: number; changes: [string, string, Item | null][] }
  | { t: "ping"; now: number }
  | { t: "bye"; code: string };

export interface Heard {
  /** Names the stream that `seq` counts in; empty before the first snapshot. */
  stream: string;
  seq: number;
  collections: Collections;
}

export const nothingHeard: Heard = { stream: "", seq: 0, collections: {} };

/** Untouched collections keep their identity, so that their readers need not draw again. */
export function hear(heard: Heard, message: Message): Heard {
  switch (message.t) {
    case "snapshot":
      return { stream: message.stream, seq: message.seq, collections: message.state };
    case "changes":
      // Sent again after a reconnect: what we already have is passed over.
      if (heard.stream === "" || message.seq <= heard.seq) return heard;
      return { ...heard, seq: message.seq, collections: change(heard.collections, message.changes) };
    default:
      return heard;
  }
}

function change(before: Collections, changes: [string, string, Item | null][]): Collections {
  if (changes.length === 0) return before;
  const after = { ...before };
  const copied = new Set<string>();
  for (const [collection, id, item] of changes) {
    if (!copied.has(collection)) {
      after[collection] = { ...after[collection] };
      copied.add(collection);
    }
    const items = after[collection] as Record<string, Item>;
    if (item === null) {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- our own fresh copy, keyed by id
      delete items[id];
    } else items[id] = item;
  }
  return after;
}

const shapes = new Set(["snapshot", "changes", "ping", "bye"]);

/** Throws on anything that is no message of the protocol. */
export function parse(text: string): Message {
  const message = JSON.parse(text) as Message;
  if (!shapes.has(message.t)) throw new Error(`unknown live message ${message.t}`);
  return message;
}
