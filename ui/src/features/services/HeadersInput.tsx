import { Button, Input } from "antd";
import { useRef } from "react";
import { useWords } from "../../i18n";
import { looksSecret, rowsOf, type Headers, type Row } from "./headers";
import "./services.css";

const most = 10;

/** What goes with every request, in rows of a name and a value. */
export function HeadersInput({ value, onChange, disabled }: { value?: Headers; onChange?: (value: Row[]) => void; disabled?: boolean }) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const rows = rowsOf(value);
  const set = (at: number, row: Row) => onChange?.(rows.map((each, n) => (n === at ? row : each)));
  const focus = (at: number) =>
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(at < 0 ? "[data-add]" : `[data-row="${at}"] input`)?.focus());
  return (
    <div className="service-headers" ref={box}>
      {rows.map(([name, content], at) => (
        <div key={at} data-row={at} data-testid="header-row">
          <Input
            value={name}
            disabled={disabled}
            maxLength={60}
            spellCheck={false}
            placeholder={t("services.headerName")}
            aria-label={t("services.headerName")}
            onChange={(event) => set(at, [event.target.value, content])}
          />
          <Input
            value={content}
            disabled={disabled}
            maxLength={500}
            spellCheck={false}
            autoComplete="off"
            placeholder={t("services.headerValue")}
            aria-label={t("services.headerValue")}
            onChange={(event) => set(at, [name, event.target.value])}
          />
          {!disabled && (
            <Button
              type="text"
              aria-label={t("services.headerRemove", { name: name || at + 1 })}
              onClick={() => {
                onChange?.(rows.filter((_, n) => n !== at));
                focus(Math.min(at, rows.length - 2));
              }}
            >
              ✕
            </Button>
          )}
          {looksSecret(name) && <p className="over">{t("services.headerSecret")}</p>}
        </div>
      ))}
      {!disabled && rows.length < most && (
        <Button
          size="small"
          data-add
          data-testid="add-header"
          onClick={() => {
            onChange?.([...rows, ["", ""]]);
            focus(rows.length);
          }}
        >
          {t("services.headerAdd")}
        </Button>
      )}
    </div>
  );
}
