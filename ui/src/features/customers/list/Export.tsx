import { Alert, Button, Modal, Radio } from "antd";
import { useEffect, useRef, useState } from "react";
import { useMay } from "../../../app/session";
import { withQuery } from "../../../api/client";
import { receiveFile } from "../../../api/receive";
import { useWords } from "../../../i18n";
import { explain } from "../../../i18n/explain";
import { asQuery, type Filter } from "./filter";

/** Those who are shown by the filter, or those of `ids`, as a file; how far it is is seen, and it can be stopped. */
export function Export({ filter, ids, close }: { filter: Filter; ids: string[]; close: () => void }) {
  const { t, language } = useWords();
  const may = useMay();
  const [format, setFormat] = useState<"xlsx" | "csv">("xlsx");
  const [bytes, setBytes] = useState<number | null>(null);
  const [records, setRecords] = useState(0);
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState("");
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const take = async () => {
    stop.current = new AbortController();
    setBytes(0);
    setDone(false);
    setProblem("");
    const path = withQuery("/customer-export", { ...asQuery(filter), head: language, format });
    const chosen = ids.map((id) => `&id=${encodeURIComponent(id)}`).join("");
    const told = (bytes: number, of: number) => {
      setBytes(bytes);
      setRecords(of);
    };
    try {
      const day = new Date().toISOString().slice(0, 10);
      await receiveFile(`${path}${chosen}`, `${t("customers.title")}-${day}.${format}`, told, stop.current.signal);
      setDone(true);
    } catch (error) {
      if (!stop.current.signal.aborted) setProblem(explain(error));
    } finally {
      setBytes(null);
    }
  };
  const busy = bytes !== null;
  return (
    <Modal open onCancel={close} footer={null} title={t("customers.export")} mask={{ closable: !busy }}>
      <div className="customers-export" data-testid="export-dialog">
        <p>{ids.length > 0 ? t("customers.exportChosen", { count: ids.length }) : t("customers.exportFilter")}</p>
        {!may("numbers.view") && <Alert type="warning" showIcon title={t("customers.exportMasked")} />}
        <Radio.Group
          value={format}
          disabled={busy}
          onChange={(event) => setFormat(event.target.value as "xlsx" | "csv")}
          options={[
            { value: "xlsx", label: "Excel (xlsx)" },
            { value: "csv", label: "CSV" },
          ]}
        />
        <p className="quiet">{t("customers.exportHint")}</p>
        {busy && (
          <p role="status" data-testid="export-progress">
            {t("customers.exportProgress", { amount: (bytes / 1e6).toFixed(1), records: records.toLocaleString() })}
          </p>
        )}
        {done && (
          <p role="status" data-testid="export-done">
            {t("customers.exportDone", { records: records.toLocaleString() })}
          </p>
        )}
        {problem && (
          <p className="over" role="alert">
            {problem}
          </p>
        )}
        <div>
          <Button type="primary" loading={busy} onClick={() => void take()} data-testid="export-take">
            {t("customers.exportTake")}
          </Button>{" "}
          {busy && <Button onClick={() => stop.current.abort()}>{t("common.cancel")}</Button>}
        </div>
      </div>
    </Modal>
  );
}
