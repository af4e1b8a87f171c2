import type { Assignment } from "../../../api/types";
import { useWords } from "../../../i18n";
import { isKnown } from "./notes";

/** Who handed the customer over, or asks about them, and what they said: read before the first word. */
export function Handed({ assignment }: { assignment: Assignment }) {
  const { t } = useWords();
  const { notes, transferred_from: from, owner_name: owner } = assignment;
  const consulted = assignment.role === "consulted";
  // One's own notes are for the others.
  if (!consulted && !from) return null;
  const code = (of: "demand" | "mood") => {
    const value = notes?.[of];
    return value ? (
      <span className={`mark ${of}`} data-testid={`handed-${of}`}>
        {isKnown(value) ? t(`transfer.${value}`) : value}
      </span>
    ) : null;
  };
  const nothing = !notes || (!notes.demand && !notes.mood && !notes.note);
  return (
    <div className="handed" data-testid="handed">
      <strong>{consulted ? t("transfer.asks", { name: owner || t("transfer.somebody") }) : t("transfer.from", { name: from })}</strong>
      {code("demand")}
      {code("mood")}
      {nothing && <span className="faint">{t("transfer.noNotes")}</span>}
      {notes?.note && <p data-testid="handed-note">{notes.note}</p>}
    </div>
  );
}
