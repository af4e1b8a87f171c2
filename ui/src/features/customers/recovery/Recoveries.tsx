import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Modal, Popconfirm, Radio, Segmented, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { api, pathId } from "../../../api/client";
import type { Page } from "../../../api/types";
import { useMay } from "../../../app/session";
import { Failure } from "../../../components/Failure";
import { instant } from "../../../components/format";
import { useNames } from "../../../components/useNames";
import { useTell } from "../../../components/useTell";
import { maybe, useWords, type WordKey } from "../../../i18n";
import { whyWords } from "../record/line/told";
import { Spark } from "../record/line/Spark";
import "../record/record.css";
import type { Reason, Recovery } from "../record/shapes";

interface Row {
  customer: { id: string; name: string };
  level: number;
  trend: string;
  fell: number;
  ended_at: number;
  contact: string;
  contact_at: number | null;
  line: string;
  why: (Reason & { situation: string })[];
  spark: [number, number][];
  recovery: Recovery;
}

const states = ["due", "taken", "done"] as const;
const results = ["delighted", "satisfied", "unhappy", "not_reached"] as const;

/** Customers whose experience line falls: who is to be won back, by whom, and how it ended. */
export function Recoveries() {
  const { t } = useWords();
  const tell = useTell();
  const may = useMay();
  const client = useQueryClient();
  const line = useNames("lines");
  const [state, setState] = useState<(typeof states)[number]>("due");
  const [finishing, setFinishing] = useState<Row | null>(null);
  const list = useInfiniteQuery({
    queryKey: ["recoveries", state],
    queryFn: ({ pageParam, signal }) => api.get<Page<Row>>("/recoveries", { state, limit: 50, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    refetchInterval: 15_000,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const act = async (ask: () => Promise<unknown>, done: WordKey): Promise<boolean> => {
    try {
      await ask();
      tell.done(t(done));
      return true;
    } catch (error) {
      tell.failed(error);
      return false;
    } finally {
      await client.invalidateQueries({ queryKey: ["recoveries"] });
    }
  };
  const path = (row: Row) => `/customers/${pathId(row.customer.id)}/recovery`;
  const take = (row: Row, over: boolean) => act(() => api.post(path(row), { over }), "recovery.tookOver");
  const acts = (row: Row) => {
    if (!may("customers.edit")) return null;
    if (row.recovery.state === "taken" && row.recovery.mine) {
      return (
        <span className="record-row">
          <Button size="small" type="primary" onClick={() => setFinishing(row)} data-testid="recovery-finish">
            {t("recovery.finish")}
          </Button>
          <Button size="small" type="text" onClick={() => void act(() => api.delete(path(row)), "common.saved")}>
            {t("recovery.giveBack")}
          </Button>
        </span>
      );
    }
    if (row.recovery.state === "taken") {
      return (
        <Popconfirm title={t("recovery.takeOverAsk", { name: row.recovery.by || t("common.somebody") })} onConfirm={() => void take(row, true)}>
          <Button size="small" type="text">
            {t("recovery.takeOver")}
          </Button>
        </Popconfirm>
      );
    }
    return (
      <Button size="small" onClick={() => void take(row, false)} data-testid="recovery-take">
        {t("recovery.take")}
      </Button>
    );
  };
  const columns: TableColumnsType<Row> = [
    {
      title: t("recovery.customer"),
      width: 170,
      ellipsis: true,
      render: (_, row) => <Link to={`/customers/${pathId(row.customer.id)}`}>{row.customer.name || t("record.unnamed")}</Link>,
    },
    { width: 108, render: (_, row) => <Spark levels={row.spark.map(([, level]) => level)} falling={row.trend === "falling"} /> },
    { title: t("recovery.level"), width: 64, align: "right", render: (_, row) => row.level.toFixed(1) },
    { title: t("recovery.fell"), width: 76, align: "right", render: (_, row) => (row.fell >= 0.05 ? row.fell.toFixed(1) : "") },
    { title: t("recovery.why"), ellipsis: true, render: (_, row) => <span title={whyWords(row.why)}>{whyWords(row.why)}</span> },
    {
      title: t("recovery.last"),
      width: 116,
      render: (_, row) => (row.contact_at === null ? "" : <Link to={`/contacts/${pathId(row.contact)}`}>{instant(row.contact_at)}</Link>),
    },
    { title: t("recovery.line"), width: 110, ellipsis: true, render: (_, row) => line(row.line) },
    { title: t("recovery.who"), width: 220, ellipsis: true, render: (_, row) => <Who it={row.recovery} /> },
    { width: 150, render: (_, row) => acts(row) },
  ];
  return (
    <div className="page" data-testid="recoveries">
      <div className="page-head">
        <h1>{t("recovery.title")}</h1>
        <Segmented value={state} onChange={setState} options={states.map((value) => ({ value, label: t(`recovery.${value}`) }))} />
      </div>
      <p className="quiet">{t("recovery.note")}</p>
      {list.error && !list.data ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : (
        <Table<Row>
          rowKey={(row) => row.customer.id}
          size="small"
          columns={columns}
          dataSource={rows}
          loading={{ spinning: list.isPending, delay: 300 }}
          pagination={false}
          scroll={{ x: 1080 }}
          locale={{
            emptyText: list.isPending ? (
              " "
            ) : (
              <div className="empty">
                {t(state === "done" ? "recovery.emptyDone" : "recovery.empty")}
                {state === "due" && <p className="quiet">{t("recovery.emptyHint")}</p>}
              </div>
            ),
          }}
        />
      )}
      {list.hasNextPage && (
        <div className="record-foot">
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("common.more")}
          </Button>
        </div>
      )}
      {finishing && (
        <Finish
          row={finishing}
          close={() => setFinishing(null)}
          done={(body) => act(() => api.post(`${path(finishing)}/done`, body), "recovery.finished")}
        />
      )}
    </div>
  );
}

function Who({ it }: { it: Recovery }) {
  const { t } = useWords();
  const name = it.by || t("common.somebody");
  if (it.state === "open") return <strong>{t("recovery.open")}</strong>;
  if (it.state === "taken") {
    const at = instant(it.taken_at ?? 0);
    return <>{it.mine ? t("recovery.mine", { at }) : t("recovery.takenBy", { name, at })}</>;
  }
  const words = t("recovery.doneBy", { name, at: instant(it.done_at ?? 0), result: maybe(`recovery.res_${it.result}`, it.result) });
  return <span title={words}>{words}</span>;
}

function Finish({ row, close, done }: { row: Row; close: () => void; done: (body: { result: string; note: string }) => Promise<boolean> }) {
  const { t } = useWords();
  const [result, setResult] = useState<string>("satisfied");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    if (await done({ result, note })) close();
    else setBusy(false);
  };
  return (
    <Modal
      open
      title={t("recovery.finishTitle", { name: row.customer.name || t("record.unnamed") })}
      onCancel={close}
      onOk={() => void save()}
      okText={t("recovery.finish")}
      cancelText={t("common.cancel")}
      okButtonProps={{ loading: busy, "data-testid": "recovery-save" }}
      width={460}
    >
      <div className="record-form">
        <div role="group" aria-label={t("recovery.result")}>
          <Radio.Group value={result} onChange={(event) => setResult(String(event.target.value))}>
            {results.map((value) => (
              <Radio key={value} value={value}>
                {t(`recovery.res_${value}`)}
              </Radio>
            ))}
          </Radio.Group>
        </div>
        <Input.TextArea
          value={note}
          onChange={(event) => setNote(event.target.value)}
          maxLength={1000}
          autoSize={{ minRows: 3, maxRows: 8 }}
          placeholder={t("recovery.resultNote")}
          aria-label={t("recovery.resultNote")}
          data-testid="recovery-note"
        />
      </div>
    </Modal>
  );
}
