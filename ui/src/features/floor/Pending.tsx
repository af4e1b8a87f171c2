import type { FloorAgent, Presence } from "../../api/types";
import { useWords, type WordKey } from "../../i18n";

const words: Record<Presence, WordKey> = {
  available: "desk.available",
  not_ready: "desk.notReady",
  offline: "desk.offline",
};

/** What the agent becomes when the current contact is done. */
export function Pending({ pending }: { pending: FloorAgent["pending"] }) {
  const { t } = useWords();
  if (!pending) return null;
  const presence = typeof pending === "string" ? (pending as Presence) : pending.presence;
  return <span className="faint"> → {t(words[presence])}</span>;
}
