import { Input } from "antd";
import type { Notes } from "../../../api/types";
import { useWords } from "../../../i18n";
import { demands, moods } from "./notes";

export function NotesInput({ notes, change }: { notes: Notes; change: (part: Partial<Notes>) => void }) {
  const { t } = useWords();
  const chips = (name: "demand" | "mood", codes: typeof demands | typeof moods) => (
    <div className="chips" role="group" aria-label={t(`transfer.${name}`)}>
      <h3>{t(`transfer.${name}`)}</h3>
      {codes.map((code) => (
        <button
          type="button"
          key={code}
          aria-pressed={notes[name] === code}
          className={notes[name] === code ? "on" : ""}
          onClick={() => change({ [name]: notes[name] === code ? "" : code })}
          data-testid={`${name}-${code}`}
        >
          {t(`transfer.${code}`)}
        </button>
      ))}
    </div>
  );
  return (
    <div className="notes-input">
      {chips("demand", demands)}
      {chips("mood", moods)}
      <Input.TextArea
        value={notes.note}
        onChange={(event) => change({ note: event.target.value })}
        placeholder={t("transfer.notePlaceholder")}
        aria-label={t("transfer.note")}
        autoSize={{ minRows: 2, maxRows: 4 }}
        maxLength={1000}
        data-testid="transfer-note"
      />
    </div>
  );
}
