import { Table } from "antd";
import { useWords } from "../../i18n";
import { codeWords } from "../../i18n/explain";
import type { Fault, OneImport } from "./shapes";

/** What is wrong: by kind first, then the first places, as the file has them. */
export function Faults({ job }: { job: OneImport }) {
  const { t } = useWords();
  const kinds = Object.entries(job.faults).sort(([, a], [, b]) => b - a);
  if (kinds.length === 0) return null;
  return (
    <section className="imports-faults">
      <h2>{t("imports.faults")}</h2>
      <ul>
        {kinds.map(([code, count]) => (
          <li key={code}>
            <strong>{count.toLocaleString()}</strong> {codeWords(code, code)}
          </li>
        ))}
      </ul>
      <h2>{t("imports.firstFaults", { count: job.rows_at_fault.length })}</h2>
      <Table<Fault>
        rowKey={(fault) => `${fault.line}/${fault.column}/${fault.code}`}
        size="small"
        dataSource={job.rows_at_fault}
        pagination={false}
        scroll={{ y: 320 }}
        columns={[
          { title: t("imports.line"), dataIndex: "line", align: "right", width: 90 },
          { title: t("imports.column"), dataIndex: "column", width: 160, ellipsis: true },
          { title: t("imports.value"), width: 220, ellipsis: true, render: (_, fault) => <bdi>{fault.value}</bdi> },
          { title: t("imports.why"), render: (_, fault) => codeWords(fault.code, fault.code) },
        ]}
      />
    </section>
  );
}
