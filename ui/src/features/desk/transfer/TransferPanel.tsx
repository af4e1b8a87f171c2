import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Input } from "antd";
import { useEffect, useId, useMemo, useState, type KeyboardEvent } from "react";
import type { Assignment, Notes } from "../../../api/types";
import { useWords } from "../../../i18n";
import { useCompany } from "./actions";
import { can } from "./company";
import { noNotes } from "./notes";
import { NotesInput } from "./NotesInput";
import { chosen, options, settled, step, targetOf, targetsQuery, type Option } from "./targets";
import { nameOf, TargetList } from "./TargetList";
import "./transfer.css";

const pause_ms = 150;

/** Whom to ask, or to hand the customer to: searched, chosen and done without leaving the keyboard. */
export function TransferPanel({ assignment, close }: { assignment: Assignment; close: () => void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const { busy, hand } = useCompany(assignment);
  const [text, setText] = useState("");
  const asked = useLater(text, pause_ms);
  const { data, error, refetch, isPlaceholderData } = useQuery({ ...targetsQuery(asked), placeholderData: (before) => before });
  const [key, setKey] = useState("");
  const [notes, setNotes] = useState<Notes>(noNotes);
  const list = useId();
  const all = useOrdered(useMemo(() => (data ? options(data, asked) : null), [data, asked]), asked, !isPlaceholderData);
  const fresh = text === asked && !isPlaceholderData;
  const option = fresh ? chosen(all ?? [], key, asked) : null;
  const may = can(assignment);

  const go = async (how: "consult" | "transfer") => {
    if (busy || !may[how]) return;
    // Enter may come before the answer to what was typed: then that answer is waited for.
    const found = fresh && data ? data : await client.query(targetsQuery(text)).catch(() => null);
    if (!found) return void refetch();
    const to = fresh ? option : chosen(options(found, text), key, text);
    if (to && (await hand(how, targetOf(to, assignment, found.queues), nameOf(to), notes))) close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const writing = event.target instanceof HTMLTextAreaElement;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void go("transfer");
    else if (event.key === "Enter" && event.target instanceof HTMLInputElement) void go("consult");
    else if (!writing && (event.key === "ArrowDown" || event.key === "ArrowUp"))
      setKey(step(all ?? [], option?.key ?? "", event.key === "ArrowDown" ? 1 : -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section className="transfer-panel side-panel" data-testid="transfer-panel" onKeyDown={onKeyDown} aria-label={t("transfer.transfer")}>
      <header>
        <h2>{t("transfer.transfer")}</h2>
        <span className="faint">{t("transfer.keysHere")}</span>
      </header>
      <div className="transfer-where">
        <Input
          autoFocus
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setKey("");
          }}
          placeholder={t("transfer.search")}
          maxLength={64}
          allowClear
          role="combobox"
          aria-expanded
          aria-controls={list}
          aria-activedescendant={option ? `${list} ${option.key}` : undefined}
          aria-label={t("transfer.search")}
          data-testid="transfer-search"
        />
        <TargetList id={list} all={all} text={asked} chosen={option?.key ?? ""} choose={setKey} error={error} retry={() => void refetch()} />
      </div>
      <div className="transfer-how">
        <NotesInput notes={notes} change={(part) => setNotes({ ...notes, ...part })} />
        <p className={option ? "" : "faint"} data-testid="transfer-to">
          {option ? <strong>→ {nameOf(option)}</strong> : t("transfer.choose")}
        </p>
        <footer>
          <button
            type="button"
            className="control primary"
            disabled={!option || !may.consult || busy !== ""}
            title={t("transfer.consultHint")}
            onClick={() => void go("consult")}
            data-testid="consult"
          >
            {t("transfer.consult")} <kbd>Enter</kbd>
          </button>
          <button
            type="button"
            className="control"
            disabled={!option || !may.transfer || busy !== ""}
            title={t("transfer.nowHint")}
            onClick={() => void go("transfer")}
            data-testid="transfer-now"
          >
            {t("transfer.now")} <kbd>Ctrl Enter</kbd>
          </button>
        </footer>
      </div>
    </section>
  );
}

/** The order in which rows first came for a search stays, while what they say changes. */
function useOrdered(all: Option[] | null, text: string, fresh: boolean): Option[] | null {
  const [kept, setKept] = useState<{ text: string; order: string[] } | null>(null);
  if (all && fresh && kept?.text !== text) setKept({ text, order: all.map((each) => each.key) });
  return useMemo(() => all && settled(kept?.text === text ? kept.order : [], all), [all, kept, text]);
}

function useLater<T>(value: T, ms: number): T {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return later;
}
