import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm, Table } from "antd";
import { useEffect, useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, pathId } from "../../api/client";
import type { Page } from "../../api/types";
import { Failure } from "../../components/Failure";
import { instant } from "../../components/format";
import { useTell } from "../../components/useTell";
import { listed, useWords } from "../../i18n";
import { Count } from "./Count";
import { subjectsOf } from "./rule";
import type { Counted, Segment } from "./shapes";

const again_ms = 30_000;

export function SegmentList() {
  const { t, named } = useWords();
  const tell = useTell();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ["segments"],
    queryFn: () => api.get<Page<Segment>>("/customer-segments"),
  });
  const counts = useCounts(data?.items);
  const remove = async (id: string) => {
    try {
      await api.delete(`/customer-segments/${pathId(id)}`);
      await client.invalidateQueries({ queryKey: ["segments"] });
    } catch (failure) {
      tell.failed(failure);
    }
  };
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <>
      <div className="segments-head">
        <p className="quiet">{t("segments.note")}</p>
        <Button type="primary" onClick={() => void navigate("/manage/segments/new")} data-testid="new-segment">
          {t("segments.new")}
        </Button>
      </div>
      <Table<Segment>
        rowKey="id"
        size="small"
        dataSource={data?.items ?? []}
        loading={{ spinning: isPending, delay: 300 }}
        pagination={false}
        locale={{ emptyText: isPending ? " " : <div className="empty">{t("segments.empty")}</div> }}
        columns={[
          {
            title: t("segments.name"),
            render: (_, it) => <Link to={`/manage/segments/${pathId(it.id)}`}>{named(it.names) || it.id}</Link>,
          },
          {
            title: t("segments.by"),
            ellipsis: true,
            render: (_, it) => <span className="quiet">{listed(subjectsOf(it.rule).map((each) => t(`segments.of_${each}`)))}</span>,
          },
          {
            title: t("segments.count"),
            align: "right",
            width: 190,
            render: (_, it) => (
              <Link to={`/customers?segment=${encodeURIComponent(it.id)}`} title={t("segments.members")}>
                <Count counted={counts[it.id] ?? kept(it)} testid="segment-count" />
              </Link>
            ),
          },
          { title: t("segments.changed"), width: 120, render: (_, it) => instant(it.changed_at) },
          {
            width: 80,
            render: (_, it) => (
              <Popconfirm title={t("segments.removeAsk", { name: named(it.names) || it.id })} onConfirm={() => void remove(it.id)}>
                <Button size="small" type="text" danger>
                  {t("segments.remove")}
                </Button>
              </Popconfirm>
            ),
          },
        ]}
      />
    </>
  );
}

function kept(it: Segment): Counted | null {
  return it.counted === null || it.counted_at === null ? null : { count: it.counted, how: "known", at: it.counted_at };
}

/** Counts of all, one after the other, again and again while the page is open. */
function useCounts(items: Segment[] | undefined): Record<string, Counted> {
  const [counts, setCounts] = useState<Record<string, Counted>>({});
  useEffect(() => {
    if (!items?.length) return;
    const stop = new AbortController();
    const round = async () => {
      for (const { id } of items) {
        try {
          const counted = await api.get<Counted>(`/customer-segments/${pathId(id)}/count`, {}, stop.signal);
          setCounts((all) => ({ ...all, [id]: counted }));
        } catch {
          if (stop.signal.aborted) return; // else what was counted last stays, with its age
        }
      }
    };
    void round();
    const timer = setInterval(() => document.hidden || void round(), again_ms);
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, [items]);
  return counts;
}
