import { useVirtualizer } from "@tanstack/react-virtual";
import { Skeleton } from "antd";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { listed, useWords } from "../../i18n";
import { useLanguageName } from "./names";
import type { Prompt } from "./shapes";

const row_px = 34;
const ahead = 20;

interface Props {
  prompts: Prompt[];
  open: (id: string) => void;
  more: (() => void) | null;
  pending: boolean;
}

/** Only what the window shows is in the page. ↑ ↓ go, Enter opens. */
export function PromptTable({ prompts, open, more, pending }: Props) {
  const { t, language } = useWords();
  const named = useLanguageName();
  const scroll = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  // eslint-disable-next-line react-hooks/incompatible-library -- the library's own state, read in this drawing only
  const rows = useVirtualizer({
    count: prompts.length + (more ? 1 : 0),
    getScrollElement: () => scroll.current,
    estimateSize: () => row_px,
    overscan: 10,
  });
  const seen = rows.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && seen >= prompts.length - ahead) more();
  }, [more, seen, prompts.length]);
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 15, PageUp: at - 15, Home: 0, End: prompts.length };
    const here = prompts[at];
    if (event.key in moves) {
      const next = Math.max(0, Math.min(prompts.length - 1, moves[event.key] ?? at));
      setAt(next);
      rows.scrollToIndex(next);
    } else if (event.key === "Enter" && here && event.target === event.currentTarget) open(here.id);
    else return;
    event.preventDefault();
  };
  const text = (prompt: Prompt) => prompt.texts[language] ?? Object.values(prompt.texts)[0] ?? "";
  return (
    <div className="prompt-table" role="grid" aria-rowcount={more ? -1 : prompts.length} aria-label={t("prompts.title")} data-testid="prompts">
      <div className="prompt-row prompt-headrow" role="row">
        {(["id", "text", "recorded", "flows"] as const).map((column) => (
          <div key={column} role="columnheader">
            {t(`prompts.${column}`)}
          </div>
        ))}
      </div>
      <div
        className="prompt-scroll"
        ref={scroll}
        role="rowgroup"
        tabIndex={0}
        onKeyDown={onKeyDown}
        aria-label={t("prompts.keysHint")}
        aria-activedescendant={prompts[at] ? `prompt-row-${prompts[at].id}` : undefined}
      >
        {pending && <Skeleton active paragraph={{ rows: 8 }} title={false} className="prompt-pending" />}
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map((item) => {
            const one = prompts[item.index];
            const place = { height: row_px, transform: `translateY(${item.start}px)` };
            if (!one) {
              return (
                <div key="more" className="prompt-row faint" style={place}>
                  <div>{t("common.loading")}</div>
                </div>
              );
            }
            const flows = listed(one.flows.map((flow) => flow.name));
            return (
              <div
                key={one.id}
                id={`prompt-row-${one.id}`}
                role="row"
                aria-rowindex={item.index + 1}
                className={`prompt-row${item.index === at ? " at" : ""}`}
                style={place}
                onClick={() => setAt(item.index)}
                onDoubleClick={() => open(one.id)}
              >
                <div role="gridcell" title={one.name ? `${one.name} ${one.id}` : one.id}>
                  <button type="button" tabIndex={-1} className="linkish plain" onClick={() => open(one.id)} data-testid={`prompt-${one.id}`}>
                    {one.name ? `${one.name} ` : ""}
                    <span className={one.name ? "faint" : ""}>{one.id}</span>
                  </button>
                </div>
                <div role="gridcell" title={text(one)}>
                  <bdi>{text(one)}</bdi>
                </div>
                <div role="gridcell">
                  {one.recordings.length > 0 ? (
                    listed(one.recordings.map((each) => named(each.language)))
                  ) : text(one) ? (
                    <span className="faint">{t("prompts.none")}</span>
                  ) : (
                    <span className="over">{t("prompts.nothingShort")}</span>
                  )}
                </div>
                <div role="gridcell" title={flows}>
                  {flows}
                </div>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
