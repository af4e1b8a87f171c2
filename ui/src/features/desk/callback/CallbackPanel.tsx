import { Input, Select } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState, type KeyboardEvent } from "react";
import { api, pathId } from "../../../api/client";
import type { Assignment } from "../../../api/types";
import { useWords } from "../../../i18n";
import { useNow } from "../../../live/hooks";
import { useDoing } from "../hooks";
import { targetsQuery } from "../transfer/targets";
import "./callback.css";
import { choices, fieldValue, instantOf, type Choice } from "./times";

const firstWords = { "": "callback.queueFirst", agent: "callback.agentFirst", customer: "callback.customerFirst" } as const;
const firstHints = {
  "": "callback.queueFirstHint",
  agent: "callback.agentFirstHint",
  customer: "callback.customerFirstHint",
} as const;

/** A promise to call: when, who is rung first, and what whoever calls should know. */
export function CallbackPanel(props: { assignment: Assignment; close: () => void }) {
  const { assignment, close } = props;
  const { t } = useWords();
  const now = useNow();
  const { busy, run } = useDoing<"schedule">();
  const { data: found } = useQuery(targetsQuery(""));
  const [when, setWhen] = useState<Choice>("turn");
  const [typed, setTyped] = useState("");
  const [first, setFirst] = useState<"" | "agent" | "customer">("");
  const [queue, setQueue] = useState(assignment.queue);
  const [note, setNote] = useState("");
  const at = instantOf(when, typed, now);
  const ready = at !== undefined && queue !== "";

  const schedule = async () => {
    if (!ready) return;
    const body = { at, first, queue, note: note.trim() };
    if (!(await run("schedule", () => api.post(`/desk/assignments/${pathId(assignment.id)}/callback`, body)))) return;
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void schedule();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const pick = (choice: Choice) => {
    setWhen(choice);
    if (choice === "own" && !typed) setTyped(fieldValue(now + 7200));
  };
  const queues = found?.queues ?? [];
  return (
    <section className="callback-panel side-panel" data-testid="callback-panel" onKeyDown={onKeyDown} aria-label={t("callback.title")}>
      <header>
        <h2>{t("callback.title")}</h2>
        <span className="faint">{t("callback.keysHere")}</span>
      </header>
      <div className="callback-when">
        <h3>{t("callback.when")}</h3>
        <div className="chips" role="radiogroup" aria-label={t("callback.when")}>
          {choices.map((choice) => (
            <button
              type="button"
              key={choice}
              role="radio"
              aria-checked={when === choice}
              className={when === choice ? "on" : ""}
              // Whoever opened this goes on with the keyboard.
              autoFocus={choice === "turn"}
              onClick={() => pick(choice)}
              data-testid={`callback-${choice}`}
            >
              {t(`callback.${choice}`)}
            </button>
          ))}
          {when === "own" && (
            <input
              type="datetime-local"
              className="callback-time"
              value={typed}
              min={fieldValue(now)}
              onChange={(event) => setTyped(event.target.value)}
              aria-invalid={at === undefined}
              data-testid="callback-time"
            />
          )}
          {when === "own" && typed && at === undefined && <span className="over">{t("callback.past")}</span>}
        </div>
      </div>
      <div>
        <h3>{t("callback.first")}</h3>
        <div className="chips" role="radiogroup" aria-label={t("callback.first")}>
          {(["", "agent", "customer"] as const).map((who) => (
            <button
              type="button"
              key={who}
              role="radio"
              aria-checked={first === who}
              className={first === who ? "on" : ""}
              onClick={() => setFirst(who)}
              data-testid={`callback-first-${who || "queue"}`}
            >
              {t(firstWords[who])}
            </button>
          ))}
          <span className="faint">{t(firstHints[first])}</span>
        </div>
      </div>
      <div>
        <h3>{t("callback.queue")}</h3>
        <Select
          value={queue || undefined}
          onChange={setQueue}
          showSearch={{ optionFilterProp: "label" }}
          options={
            queues.length > 0
              ? queues.map((each) => ({ value: each.id, label: each.name }))
              : queue
                ? [{ value: queue, label: assignment.queue_name }]
                : []
          }
          aria-label={t("callback.queue")}
          data-testid="callback-queue"
        />
      </div>
      <div className="callback-note">
        <h3>{t("callback.note")}</h3>
        <Input.TextArea
          value={note}
          onChange={(event) => setNote(event.target.value)}
          placeholder={t("callback.notePlaceholder")}
          autoSize={{ minRows: 2, maxRows: 4 }}
          maxLength={1000}
          data-testid="callback-note"
        />
      </div>
      <footer>
        <button type="button" className="control primary" disabled={!ready || busy !== ""} onClick={() => void schedule()} data-testid="callback-submit">
          {t("callback.submit")} <kbd>Ctrl Enter</kbd>
        </button>
        <button type="button" className="control" onClick={close}>
          {t("common.cancel")} <kbd>Esc</kbd>
        </button>
      </footer>
    </section>
  );
}
