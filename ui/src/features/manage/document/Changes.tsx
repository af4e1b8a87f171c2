import { Table, type TableColumnsType } from "antd";
import { listed, useWords, type WordKey } from "../../../i18n";
import { kinds } from "../kinds";
import type { Brought, Change, Thing } from "./document";

const shown_most = 40;

/** What a document changes, or has changed; below it what it leaves alone. */
export function Changes({ brought }: { brought: Brought }) {
  const { t } = useWords();
  const columns: TableColumnsType<Change> = [
    { title: t("document.kind"), width: 120, render: (_, it) => t(`manage.${it.kind}` as WordKey) },
    { title: t("document.thing"), width: 220, render: (_, it) => <Named it={it} /> },
    { title: t("document.how"), width: 100, render: (_, it) => t(`document.${it.how}`) },
    { title: t("document.fields"), render: (_, it) => <Fields it={it} /> },
  ];
  return (
    <>
      <p className="quiet">{t("document.same", { count: brought.same })}</p>
      {brought.without_secret.length > 0 && (
        <section className="routing-warnings" role="status" data-testid="document-secrets">
          <strong>{t("document.secrets")}</strong>
          <Things things={brought.without_secret} />
        </section>
      )}
      {brought.changes.length > 0 && (
        <Table<Change>
          rowKey={(it) => `${it.kind}/${it.id}`}
          size="small"
          columns={columns}
          dataSource={brought.changes}
          pagination={{ pageSize: 100, hideOnSinglePage: true, showSizeChanger: false }}
          scroll={{ x: 760 }}
          data-testid="document-changes"
        />
      )}
      {brought.left.length > 0 && (
        <details className="document-left" data-testid="document-left">
          <summary>{t("document.left", { count: brought.left.length })}</summary>
          <p className="quiet">{t("document.leftHint")}</p>
          <Things things={brought.left} />
        </details>
      )}
    </>
  );
}

function Named({ it }: { it: Thing }) {
  return (
    <>
      {it.name} {it.name !== it.id && <span className="faint">{it.id}</span>}
    </>
  );
}

function Things({ things }: { things: Thing[] }) {
  const { t } = useWords();
  return (
    <ul>
      {things.slice(0, shown_most).map((it) => (
        <li key={`${it.kind}/${it.id}`}>
          <span className="quiet">{t(`manage.${it.kind}` as WordKey)}</span> <Named it={it} />
        </li>
      ))}
      {things.length > shown_most && <li className="quiet">{t("document.more", { count: things.length - shown_most })}</li>}
    </ul>
  );
}

function Fields({ it }: { it: Change }) {
  const { t } = useWords();
  return (
    <>
      {Object.entries(it.fields).map(([name, change]) => (
        <div key={name} className="document-field">
          <span className="quiet">{fieldWords(it.kind, name, t)}</span>{" "}
          {Array.isArray(change) ? <FromTo from={short(change[0])} to={short(change[1])} /> : t("document.textChanged")}
        </div>
      ))}
    </>
  );
}

function FromTo({ from, to }: { from: string; to: string }) {
  return (
    <>
      <del>{from}</del> → <ins>{to}</ins>
    </>
  );
}

function fieldWords(kind: string, name: string, t: ReturnType<typeof useWords>["t"]): string {
  if (name === "name") return t("common.name");
  const field = kinds[kind]?.fields.find((each) => each.name === name || (Array.isArray(each.name) && each.name[0] === name));
  return field && typeof field.name === "string" ? t(field.words) : name;
}

/** As people write it where it is simple: names in a row, names with numbers. */
function plain(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return "–";
  if (entries.some(([, each]) => typeof each === "object")) return JSON.stringify(value);
  return listed(Array.isArray(value) ? value.map(String) : entries.map(([name, each]) => `${name} ${each}`));
}

function short(value: unknown): string {
  if (value === undefined || value === null || value === "") return "–";
  const text = plain(value);
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
