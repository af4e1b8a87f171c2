import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm, Skeleton } from "antd";
import { api } from "../../api/client";
import { Failure } from "../../components/Failure";
import { instant } from "../../components/format";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import { Holds } from "./Holds";
import "./retention.css";
import { Runs } from "./Runs";
import type { Kept } from "./shapes";
import { Terms } from "./Terms";

/** What is kept how long, what is held back, and what went. */
export function Retention() {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: ["retention"],
    queryFn: () => api.get<Kept>("/retention"),
    refetchInterval: (query) => (query.state.data?.running ? 2000 : 15_000),
  });
  const run = async () => {
    try {
      client.setQueryData(["retention"], await api.post<Kept>("/retention/runs"));
      tell.done(t("retention.asked"));
    } catch (failure) {
      tell.failed(failure);
    }
  };
  return (
    <div className="page retention" data-testid="page-retention">
      <div className="page-head">
        <h1>{t("retention.title")}</h1>
        {data && <span className="quiet">{data.running ? t("retention.running") : t("retention.next", { time: instant(data.next_at) })}</span>}
        <Popconfirm title={t("retention.runAsk")} onConfirm={() => void run()}>
          <Button disabled={!data || data.running} data-testid="retention-run">
            {t("retention.runNow")}
          </Button>
        </Popconfirm>
      </div>
      <p className="quiet">{t("retention.note")}</p>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton active />}
      {data && <Terms kept={data} />}
      <Holds />
      <Runs last={data?.last_at ?? null} />
    </div>
  );
}
