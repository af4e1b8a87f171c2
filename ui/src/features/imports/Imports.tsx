import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm, Progress, Table, Upload, type TableColumnsType } from "antd";
import { useState } from "react";
import { Link, Route, Routes, useNavigate } from "react-router";
import { api, pathId } from "../../api/client";
import { Failure } from "../../components/Failure";
import { instant } from "../../components/format";
import { allPages } from "../../components/useNames";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import { codeWords } from "../../i18n/explain";
import "./imports.css";
import { busy, type Import } from "./shapes";
import { upload } from "./upload";
import { Wizard } from "./Wizard";

export function Imports() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":id" element={<Wizard />} />
    </Routes>
  );
}

function List() {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ["imports"],
    queryFn: () => allPages<Import>("/customer-imports"),
    refetchInterval: (query) => (query.state.data?.some((each) => busy(each.state)) ? 1000 : false),
  });
  const remove = async (id: string) => {
    try {
      await api.delete(`/customer-imports/${pathId(id)}`);
      await client.invalidateQueries({ queryKey: ["imports"] });
    } catch (failure) {
      tell.failed(failure);
    }
  };
  const figure = (title: string, of: (row: Import) => number): TableColumnsType<Import>[number] => ({
    title,
    align: "right",
    width: 92,
    render: (_, row) => (row.state === "done" || row.state === "cancelled" || row.state === "running" ? of(row).toLocaleString() : ""),
  });
  return (
    <div className="page imports" data-testid="page-imports">
      <div className="page-head">
        <h1>{t("imports.title")}</h1>
      </div>
      <p className="quiet">{t("imports.note")}</p>
      <Drop />
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Table<Import>
          rowKey="id"
          size="small"
          dataSource={data ?? []}
          loading={{ spinning: isPending, delay: 300 }}
          pagination={false}
          locale={{ emptyText: isPending ? " " : <div className="empty">{t("imports.empty")}</div> }}
          columns={[
            { title: t("imports.file"), ellipsis: true, render: (_, row) => <Link to={row.id}>{row.name}</Link> },
            {
              title: t("imports.state"),
              width: 220,
              ellipsis: true,
              render: (_, row) => (
                <span className={row.state === "failed" ? "over" : ""} title={row.problem && codeWords(row.problem, row.problem)}>
                  {t(`imports.s_${row.state}`)}
                  {row.state === "running" && row.rows > 0 && ` ${Math.floor((row.done / row.rows) * 100)}%`}
                </span>
              ),
            },
            { title: t("imports.rows"), align: "right", width: 92, render: (_, row) => row.rows.toLocaleString() },
            figure(t("imports.new"), (row) => row.new),
            figure(t("imports.changed"), (row) => row.changed),
            figure(t("imports.bad"), (row) => row.bad),
            { title: t("imports.when"), width: 110, render: (_, row) => instant(row.created_at) },
            {
              width: 80,
              render: (_, row) =>
                !busy(row.state) && (
                  <Popconfirm title={t("imports.removeAsk")} onConfirm={() => void remove(row.id)}>
                    <Button size="small" type="text" danger>
                      {t("imports.remove")}
                    </Button>
                  </Popconfirm>
                ),
            },
          ]}
        />
      )}
    </div>
  );
}

function Drop() {
  const { t, language } = useWords();
  const tell = useTell();
  const navigate = useNavigate();
  const [share, setShare] = useState<number | null>(null);
  const take = async (file: File) => {
    setShare(0);
    try {
      const job = await upload(file, language, setShare);
      await navigate(job.id);
    } catch (failure) {
      tell.failed(failure);
    } finally {
      setShare(null);
    }
  };
  return (
    <Upload.Dragger
      className="imports-drop"
      accept=".csv,.txt,.tsv,.xlsx"
      showUploadList={false}
      disabled={share !== null}
      beforeUpload={(file) => {
        void take(file);
        return false;
      }}
    >
      {share === null ? (
        <>
          <strong>{t("imports.drop")}</strong>
          <p className="quiet">{t("imports.dropHint")}</p>
        </>
      ) : (
        <Progress percent={Math.floor(share * 100)} />
      )}
    </Upload.Dragger>
  );
}
