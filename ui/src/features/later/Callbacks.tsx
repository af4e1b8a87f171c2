import { Button, Popconfirm } from "antd";
import { api, pathId } from "../../api/client";
import { useMay } from "../../app/session";
import { instant } from "../../components/format";
import { useWords } from "../../i18n";
import { CustomerNumber, List, useList, type Column } from "./List";
import type { Callback } from "./shapes";

/** Who is next stands first. */
export function Callbacks() {
  const { t } = useWords();
  const may = useMay();
  const { list, act } = useList<Callback>("/callbacks");
  const columns: Column<Callback>[] = [
    { title: t("later.turn"), width: 190, render: (_, it) => <Turn it={it} /> },
    { title: t("later.who"), width: 140, render: (_, it) => <CustomerNumber number={it.number} /> },
    { title: t("later.queue"), width: 130, ellipsis: true, dataIndex: "queue_name" },
    { title: t("later.note"), render: (_, it) => <span className="later-text">{it.note}</span> },
    {
      title: t("later.first"),
      label: "later.first",
      width: 100,
      render: (_, it) => t(it.first === "agent" ? "later.firstAgent" : "later.firstCustomer"),
    },
    { title: t("later.since"), label: "later.since", width: 120, className: "figure", render: (_, it) => instant(it.first_arrival) },
    {
      title: t("later.attempts"),
      label: "later.attempts",
      width: 90,
      className: "figure",
      render: (_, it) => (
        <span title={t("later.until", { at: instant(it.expires) })}>
          {t("later.attempt", { made: it.made, attempts: it.attempts })}
        </span>
      ),
    },
    {
      width: 90,
      fixed: "right",
      render: (_, it) =>
        may("callbacks.act") && (
          <Popconfirm
            title={t("later.cancelAsk")}
            onConfirm={() => act(() => api.delete(`/callbacks/${pathId(it.id)}`), "later.cancelled")}
          >
            <Button size="small" type="text" disabled={it.state === "connecting"} data-testid="cancel-callback">
              {t("later.cancel")}
            </Button>
          </Popconfirm>
        ),
    },
  ];
  return (
    <section aria-label={t("later.callbacks")} data-testid="callbacks">
      <List list={list} columns={columns} none="later.noCallbacks" hint="later.noCallbacksHint" />
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
