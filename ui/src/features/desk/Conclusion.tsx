import { Input } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { useRef, useSyncExternalStore } from "react";
import type { Assignment } from "../../api/types";
import { useWords } from "../../i18n";
import { draftOf, subscribeDrafts, write } from "./draft";
import { dispositionsOf, useDeskSetup, useVerbs } from "./hooks";
import { useDeskKey } from "./keys";

/** Disposition and note, from the first word of the call on; saved as one goes. */
export function Conclusion({ assignment }: { assignment: Assignment }) {
  const { t, named } = useWords();
  const { data: setup } = useDeskSetup();
  const draft = useSyncExternalStore(subscribeDrafts, () => draftOf(assignment.id));
  const { busy, run } = useVerbs(assignment);
  const note = useRef<TextAreaRef>(null);
  const choices = dispositionsOf(setup, assignment.queue);
  const chosen = draft.disposition || assignment.disposition;
  const choose = (id: string | undefined) => id && write(assignment.id, { disposition: id }, assignment.disposition);
  const wrappingUp = assignment.state === "wrap_up";

  useDeskKey("disposition", (digit) => choose(choices[digit - 1]?.id));
  useDeskKey("note", () => note.current?.focus());
  useDeskKey("finish", wrappingUp ? () => void run("finish") : null);

  return (
    <section className="conclusion">
      <div className="conclusion-choices" role="radiogroup" aria-label={t("desk.disposition")}>
        <h2>
          {t("desk.disposition")} {choices.length > 0 && <kbd>Alt 1–{Math.min(9, choices.length)}</kbd>}
        </h2>
        {choices.length === 0 && <span className="faint">{t("desk.noDispositions")}</span>}
        {choices.map((each, index) => (
          <button
            type="button"
            key={each.id}
            role="radio"
            aria-checked={chosen === each.id}
            className={chosen === each.id ? "on" : ""}
            onClick={() => choose(each.id)}
            data-testid={`disposition-${each.id}`}
          >
            {named(each.names)} {index < 9 && <kbd>{index + 1}</kbd>}
          </button>
        ))}
      </div>
      <div className="conclusion-note">
        <h2>
          {t("desk.note")} <kbd>Alt B</kbd> <Saved status={draft.status} />
        </h2>
        <Input.TextArea
          ref={note}
          value={draft.note}
          onChange={(event) => write(assignment.id, { note: event.target.value }, assignment.disposition)}
          placeholder={t("desk.notePlaceholder")}
          autoSize={{ minRows: 4, maxRows: 8 }}
          maxLength={4000}
          data-testid="note"
        />
        {wrappingUp && (
          <button
            type="button"
            className="finish"
            onClick={() => void run("finish")}
            disabled={busy !== ""}
            data-testid="finish"
          >
            {t("desk.finish")} <kbd>Ctrl Enter</kbd>
          </button>
        )}
      </div>
    </section>
  );
}

function Saved({ status }: { status: ReturnType<typeof draftOf>["status"] }) {
  const { t } = useWords();
  if (status === "clean") return null;
  const words = (
    { saved: "desk.savedNote", failed: "desk.noteFailed", dirty: "desk.saving", saving: "desk.saving" } as const
  )[status];
  return (
    <span className={status === "failed" ? "over" : "faint"} data-testid="draft-status" data-status={status}>
      {t(words)}
    </span>
  );
}
