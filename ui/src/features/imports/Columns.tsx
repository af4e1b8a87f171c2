import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useWords } from "../../i18n";
import { groups, key, many } from "./fields";
import type { OneImport } from "./shapes";

/** Which field each column is: guessed by its head, changed by the person, with examples beside it. */
export function Columns({ job, check }: { job: OneImport; check: (columns: string[], tag: string) => Promise<boolean> }) {
  const { t, language } = useWords();
  const file = job.file;
  const [columns, setColumns] = useState<string[]>(job.columns.length > 0 ? job.columns : (file?.guess ?? []));
  const [tag, setTag] = useState(job.tag);
  const [working, setWorking] = useState(false);
  if (!file) return null;
  const keyed = columns.some(key);
  const offered = groups(job, language);
  const options = (own: string) => [
    { value: "", label: t("imports.leave") },
    ...offered.map((group) => ({
      ...group,
      options: group.options.map((each) => ({ ...each, disabled: each.value !== own && !many(each.value) && columns.includes(each.value) })),
    })),
  ];
  const submit = async () => {
    setWorking(true);
    await check(columns, tag);
    setWorking(false);
  };
  return (
    <div className="imports-stage">
      <table className="imports-columns">
        <thead>
          <tr>
            <th>{t("imports.column")}</th>
            <th>{t("imports.example")}</th>
            <th>{t("imports.field")}</th>
          </tr>
        </thead>
        <tbody>
          {file.heads.map((head, i) => (
            <tr key={i} className={columns[i] ? "" : "imports-left"}>
              <th scope="row">{head || `${i + 1}`}</th>
              <td>
                <bdi>
                  {file.preview
                    .map((row) => row.cells[i] ?? "")
                    .filter((cell) => cell !== "")
                    .slice(0, 3)
                    .join(" · ")}
                </bdi>
              </td>
              <td>
                <Select
                  value={columns[i] ?? ""}
                  onChange={(field: string) => setColumns(columns.map((each, n) => (n === i ? field : each)))}
                  options={options(columns[i] ?? "")}
                  aria-label={head}
                  showSearch={{ optionFilterProp: "label" }}
                  style={{ width: 240 }}
                  data-testid={`column-${i}`}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <label className="imports-tag">
        {t("imports.tag")}
        <Input value={tag} onChange={(event) => setTag(event.target.value)} maxLength={60} placeholder={t("imports.tagHint")} />
      </label>
      {!keyed && (
        <p className="over" role="alert">
          {t("imports.noKey")}
        </p>
      )}
      <div className="imports-acts">
        <Button type="primary" disabled={!keyed} loading={working} onClick={() => void submit()} data-testid="import-check">
          {t("imports.check")}
        </Button>
      </div>
    </div>
  );
}
