import { useQuery } from "@tanstack/react-query";
import { Skeleton, Table, type TableColumnsType } from "antd";
import { Link } from "react-router";
import { api, pathId } from "../../api/client";
import { Failure } from "../../components/Failure";
import { percent } from "../../components/format";
import { useWords } from "../../i18n";
import { ByDay } from "./ByDay";
import { Gauge } from "./Gauge";
import { Numbers } from "./Numbers";
import { Range } from "./Range";
import { useRange } from "./range";
import "./selfservice.css";
import type { Overview } from "./shapes";

type Row = Overview["items"][number];

/** How much of what callers want they get without a person, flow by flow. */
export function SelfService() {
  const { t } = useWords();
  const range = useRange();
  const { data, error, refetch } = useQuery({
    queryKey: ["self-service", range.days],
    queryFn: ({ signal }) => api.get<Overview>("/self-service/flows", { days: range.days }, signal),
    placeholderData: (before) => before,
    refetchInterval: 60_000,
  });
  const columns: TableColumnsType<Row> = [
    {
      title: t("selfservice.flow"),
      ellipsis: true,
      render: (_, row) => (
        <Link to={`/self-service/${pathId(row.flow)}?days=${range.days}`} data-testid={`flow-${row.flow}`}>
          {row.name}
        </Link>
      ),
    },
    { title: t("selfservice.containment"), width: 150, render: (_, row) => <Gauge small value={row.containment} target={data?.target ?? 0.7} /> },
    { title: t("selfservice.contacts"), width: 108, align: "right", render: (_, row) => row.contacts },
    { title: t("selfservice.contained"), width: 108, align: "right", render: (_, row) => row.contained },
    { title: t("selfservice.handed"), width: 108, align: "right", render: (_, row) => row.handed },
    {
      title: t("selfservice.lost"),
      width: 108,
      align: "right",
      render: (_, row) => <span className={row.lost > row.contacts / 5 ? "over" : ""}>{row.lost}</span>,
    },
    { title: t("selfservice.queries"), width: 108, align: "right", render: (_, row) => row.queries },
    { title: t("selfservice.transactions"), width: 108, align: "right", render: (_, row) => row.transactions },
    { title: t("selfservice.m_satisfaction"), width: 108, align: "right", render: (_, row) => percent(row.satisfaction) },
  ];
  return (
    <div className="page" data-testid="self-service">
      <div className="page-head">
        <h1>{t("selfservice.title")}</h1>
        <Range days={range.days} choose={range.choose} />
      </div>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton active paragraph={{ rows: 8 }} />}
      {data && (
        <>
          <section className="panel ss-top">
            <div>
              <h2>{t("selfservice.containment")}</h2>
              <Gauge value={data.total.containment} target={data.target} />
              <p className="faint">{t("selfservice.containmentNote")}</p>
            </div>
            <Numbers it={data.total} currency={data.currency} />
            <ByDay days={data.days.map((it) => ({ ...it, at: it.day }))} target={data.target} currency={data.currency} />
          </section>
          {data.items.length === 0 ? (
            <div className="empty">
              <strong>{t("selfservice.empty")}</strong>
              <p className="quiet">{t("selfservice.emptyHint")}</p>
            </div>
          ) : (
            <Table<Row> size="small" rowKey="flow" columns={columns} dataSource={data.items} pagination={{ pageSize: 50, hideOnSinglePage: true }} />
          )}
          {!data.agent_contact_cost && <p className="faint">{t("selfservice.noCost")}</p>}
        </>
      )}
    </div>
  );
}
