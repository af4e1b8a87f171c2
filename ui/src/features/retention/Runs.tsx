import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Table } from "antd";
import { api } from "../../api/client";
import type { Page } from "../../api/types";
import { Failure } from "../../components/Failure";
import { fullInstant } from "../../components/format";
import { useWords } from "../../i18n";
import type { Run } from "./shapes";

/** What went and when: counts alone. `last`: when the last pass ended, by which this is looked up again. */
export function Runs({ last }: { last: number | null }) {
  const { t } = useWords();
  const { data, error, refetch, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["retention-runs", last],
    queryFn: ({ pageParam }) => api.get<Page<Run>>("/retention/runs", { limit: 20, cursor: pageParam }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
  const state = (run: Run) => {
    if (run.trouble) return <span className="over">{t("retention.failed", { why: run.trouble })}</span>;
    return run.ended_at === null ? t("retention.interrupted") : t("retention.done");
  };
  return (
    <section data-testid="runs">
      <h2>{t("retention.log")}</h2>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Table<Run>
          rowKey="id"
          size="small"
          dataSource={data?.pages.flatMap((page) => page.items) ?? []}
          loading={{ spinning: isPending, delay: 300 }}
          pagination={false}
          locale={{ emptyText: isPending ? " " : <div className="empty">{t("retention.noRuns")}</div> }}
          columns={[
            { title: t("retention.when"), width: 180, render: (_, run) => fullInstant(run.started_at) },
            { title: t("retention.kind"), render: (_, run) => t(`retention.k_${run.kind}` as "retention.k_contacts") },
            { title: t("retention.term"), align: "right", width: 110, render: (_, run) => `${run.days} ${t("retention.days")}` },
            { title: t("retention.before"), width: 180, render: (_, run) => fullInstant(run.before) },
            { title: t("retention.erased"), align: "right", width: 100, render: (_, run) => run.erased.toLocaleString() },
            { title: t("retention.heldBack"), align: "right", width: 100, render: (_, run) => run.held.toLocaleString() },
            { title: t("retention.state"), width: 220, render: (_, run) => state(run) },
          ]}
        />
      )}
      {hasNextPage && (
        <Button size="small" type="text" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("retention.more")}
        </Button>
      )}
    </section>
  );
}
