import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm, Table, type TableColumnsType } from "antd";
import { useState, type ReactNode } from "react";
import { api, pathId } from "../../api/client";
import { useMay } from "../../app/session";
import { Failure } from "../../components/Failure";
import { instant, phoneNumber } from "../../components/format";
import { useTell } from "../../components/useTell";
import { useWords, type WordKey } from "../../i18n";
import { Player } from "../contacts/Player";
import "../contacts/contacts.css";
import type { Callback, Message } from "./shapes";
import { Spoken } from "./Spoken";
import "./later.css";

const again_ms = 3000;

/** To whom we have still to come back: who is next stands first. */
export function LaterPage() {
  const { t } = useWords();
  return (
    <div className="page later" data-testid="later">
      <div className="page-head">
        <h1>{t("later.title")}</h1>
      </div>
      <Callbacks />
      <Messages />
    </div>
  );
}

function Callbacks() {
  const { t } = useWords();
  const may = useMay();
  const { list, act } = useList<Callback>("/callbacks");
  const columns: TableColumnsType<Callback> = [
    { title: t("later.turn"), width: 190, render: (_, it) => <Turn it={it} /> },
    { title: t("later.who"), width: 160, render: (_, it) => <Number number={it.number} /> },
    { title: t("later.queue"), width: 130, ellipsis: true, dataIndex: "queue_name" },
    { title: t("later.note"), ellipsis: true, dataIndex: "note" },
    {
      title: t("later.first"),
      width: 90,
      render: (_, it) => t(it.first === "agent" ? "later.firstAgent" : "later.firstCustomer"),
    },
    { title: t("later.since"), width: 140, render: (_, it) => instant(it.first_arrival) },
    {
      title: t("later.attempts"),
      width: 80,
      render: (_, it) => (
        <span title={t("later.until", { at: instant(it.expires) })}>
          {t("later.attempt", { made: it.made, attempts: it.attempts })}
        </span>
      ),
    },
    {
      width: 90,
      render: (_, it) =>
        may("callbacks.act") && (
          <Popconfirm
            title={t("later.cancelAsk")}
            onConfirm={() => act(() => api.delete(`/callbacks/${pathId(it.id)}`), "later.cancelled")}
          >
            <Button size="small" disabled={it.state === "connecting"} data-testid="cancel-callback">
              {t("later.cancel")}
            </Button>
          </Popconfirm>
        ),
    },
  ];
  return (
    <section aria-label={t("later.callbacks")} data-testid="callbacks">
      <h2>{t("later.callbacks")}</h2>
      <List list={list} columns={columns} none="later.noCallbacks" hint="later.noCallbacksHint" />
    </section>
  );
}

function Messages() {
  const { t } = useWords();
  const may = useMay();
  const { list, act } = useList<Message>("/messages");
  const [heard, setHeard] = useState("");
  const close = (it: Message, how: string) =>
    act(() => api.post(`/messages/${pathId(it.id)}/close`, { how }), "later.closed");
  const columns: TableColumnsType<Message> = [
    { title: t("later.taken"), width: 140, render: (_, it) => instant(it.taken) },
    { title: t("later.who"), width: 160, render: (_, it) => <Number number={it.number} /> },
    { title: t("later.queue"), width: 130, ellipsis: true, dataIndex: "queue_name" },
    {
      title: t("later.text"),
      render: (_, it) =>
        it.spoken ? (
          <Spoken it={it} open={heard === it.id} toggle={() => setHeard(heard === it.id ? "" : it.id)} />
        ) : (
          <span className="later-text">{it.text || it.demand}</span>
        ),
    },
    {
      width: 290,
      render: (_, it) =>
        may("callbacks.act") && (
          <span className="later-acts">
            <Button
              size="small"
              type="primary"
              disabled={!it.number}
              onClick={() => act(() => api.post(`/messages/${pathId(it.id)}/callback`, {}), "later.calledBack")}
              data-testid="message-callback"
            >
              {t("later.callBack")}
            </Button>
            <Button size="small" onClick={() => close(it, "answered")} data-testid="message-answered">
              {t("later.answered")}
            </Button>
            <Button size="small" onClick={() => close(it, "spam")}>
              {t("later.spam")}
            </Button>
          </span>
        ),
    },
  ];
  return (
    <section aria-label={t("later.messages")} data-testid="messages">
      <h2>{t("later.messages")}</h2>
      <List
        list={list}
        columns={columns}
        none="later.noMessages"
        hint="later.noMessagesHint"
        expanded={heard}
        below={(it) => it.recording && <Player recording={it.recording} />}
      />
    </section>
  );
}

function Turn({ it }: { it: Callback }) {
  const { t } = useWords();
  switch (it.state) {
    case "scheduled":
      return <span className="quiet">{it.due ? t("later.scheduled", { at: instant(it.due) }) : "–"}</span>;
    case "waiting":
      return <strong>{it.place === 1 ? t("later.waitingNext") : t("later.waiting", { place: it.place })}</strong>;
    default:
      return <strong>{t(it.state === "ringing" ? "later.ringing" : "later.connecting", { agent: it.agent_name })}</strong>;
  }
}

function Number({ number }: { number: string }) {
  const { t } = useWords();
  return number ? <span className="clock">{phoneNumber(number)}</span> : <span className="faint">{t("later.noNumber")}</span>;
}

function useList<T>(path: string) {
  const tell = useTell();
  const { t } = useWords();
  const client = useQueryClient();
  const list = useQuery({
    queryKey: ["later", path],
    queryFn: ({ signal }) => api.get<{ items: T[] }>(path, {}, signal),
    refetchInterval: again_ms,
  });
  const act = async (ask: () => Promise<unknown>, done: WordKey) => {
    try {
      await ask();
      tell.done(t(done));
    } catch (error) {
      tell.failed(error);
    } finally {
      await client.invalidateQueries({ queryKey: ["later"] });
    }
  };
  return { list, act };
}

interface Listed<T> {
  list: ReturnType<typeof useList<T>>["list"];
  columns: TableColumnsType<T>;
  none: WordKey;
  hint: WordKey;
  /** Whose row is open, and what stands below it then. */
  expanded?: string;
  below?: (it: T) => ReactNode;
}

function List<T extends { id: string }>({ list, columns, none, hint, expanded = "", below }: Listed<T>) {
  const { t } = useWords();
  if (list.error && !list.data) return <Failure error={list.error} retry={() => void list.refetch()} />;
  return (
    <Table<T>
      rowKey="id"
      size="small"
      columns={columns}
      dataSource={list.data?.items ?? []}
      loading={{ spinning: list.isPending, delay: 300 }}
      pagination={false}
      expandable={below && { expandedRowKeys: [expanded], expandedRowRender: below, showExpandColumn: false }}
      scroll={{ x: "max-content" }}
      locale={{
        emptyText: list.isPending ? (
          " "
        ) : (
          <div className="empty">
            <strong>{t(none)}</strong>
            <p className="quiet">{t(hint)}</p>
          </div>
        ),
      }}
    />
  );
}
