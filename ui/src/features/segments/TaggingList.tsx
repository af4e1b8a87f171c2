import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm, Switch, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, pathId } from "../../api/client";
import { Failure } from "../../components/Failure";
import { instant } from "../../components/format";
import { useTell } from "../../components/useTell";
import { listed, useWords } from "../../i18n";
import { codeWords } from "../../i18n/explain";
import { useNow } from "../../live/hooks";
import { Computation } from "./Computation";
import { subjectsOf } from "./rule";
import { sent, type Tagging, type Taggings } from "./shapes";

const look_ms = 3000;

/** Tags that come and go by themselves: by rules of one's own, and by computations that come with the product. */
export function TaggingList() {
  const { t } = useWords();
  const tell = useTell();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const [open, setOpen] = useState<Tagging | null>(null);
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ["taggings"],
    queryFn: () => api.get<Taggings>("/customer-taggings"),
    refetchInterval: look_ms,
  });
  const act = async (what: () => Promise<unknown>) => {
    try {
      await what();
      await client.invalidateQueries({ queryKey: ["taggings"] });
    } catch (failure) {
      tell.failed(failure);
    }
  };
  const turn = (it: Tagging, enabled: boolean) => {
    if (it.id === "") setOpen({ ...it, enabled: true, tag: t(`segments.c_${it.kind}` as "segments.c_complained") });
    else void act(() => api.put(`/customer-taggings/${pathId(it.id)}`, { ...sent(it), enabled }));
  };
  const runNow = async () => {
    setAsked(true);
    await act(() => api.post("/customer-taggings/run"));
    setAsked(false);
  };
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  const rules = data?.items.filter((it) => it.kind === "rule") ?? [];
  const computed = data?.items.filter((it) => it.kind !== "rule") ?? [];
  const shared: TableColumnsType<Tagging> = [
    { title: t("segments.layer"), width: 110, render: (_, it) => t(`segments.layer_${it.layer}`) },
    { title: t("segments.tagged"), width: 200, align: "right", render: (_, it) => <Result it={it} /> },
    {
      title: t("segments.enabled"),
      width: 80,
      render: (_, it) => (
        <Switch size="small" checked={it.enabled} onChange={(enabled) => turn(it, enabled)} aria-label={t("segments.enabled")} data-testid={`switch-${it.kind}`} />
      ),
    },
  ];
  const table = { rowKey: (it: Tagging) => it.id || it.kind, size: "small", pagination: false, loading: { spinning: isPending, delay: 300 } } as const;
  return (
    <>
      <div className="segments-head">
        {data && <Run run={data.run} />}
        <Button onClick={() => void runNow()} loading={asked} disabled={data?.run.running} data-testid="run-now">
          {t("segments.runNow")}
        </Button>
      </div>
      <section>
        <div className="segments-head">
          <h2>{t("segments.rules")}</h2>
          <Button type="primary" onClick={() => void navigate("/manage/segments/tags/new")} data-testid="new-rule">
            {t("segments.newRule")}
          </Button>
        </div>
        <Table<Tagging>
          {...table}
          dataSource={rules}
          locale={{ emptyText: isPending ? " " : <div className="empty">{t("segments.rulesEmpty")}</div> }}
          columns={[
            { title: t("segments.tag"), render: (_, it) => <Link to={`/manage/segments/tags/${pathId(it.id)}`}>{it.tag}</Link> },
            {
              title: t("segments.by"),
              ellipsis: true,
              render: (_, it) => <span className="quiet">{it.rule && listed(subjectsOf(it.rule).map((each) => t(`segments.of_${each}`)))}</span>,
            },
            ...shared,
            {
              width: 80,
              render: (_, it) => (
                <Popconfirm title={t("segments.removeRuleAsk", { name: it.tag })} onConfirm={() => void act(() => api.delete(`/customer-taggings/${pathId(it.id)}`))}>
                  <Button size="small" type="text" danger>
                    {t("segments.remove")}
                  </Button>
                </Popconfirm>
              ),
            },
          ]}
        />
      </section>
      <section>
        <h2>{t("segments.computed")}</h2>
        <Table<Tagging>
          {...table}
          dataSource={computed}
          columns={[
            {
              title: t("segments.computation"),
              render: (_, it) => (
                <>
                  <strong>{t(`segments.c_${it.kind}` as "segments.c_complained")}</strong>
                  {it.tag && it.tag !== t(`segments.c_${it.kind}` as "segments.c_complained") && <span className="quiet"> → {it.tag}</span>}
                  <div className="quiet">{t(`segments.why_${it.kind}` as "segments.why_complained")}</div>
                </>
              ),
            },
            ...shared,
            {
              width: 80,
              render: (_, it) => (
                <Button size="small" type="text" onClick={() => setOpen(it)} data-testid={`settings-${it.kind}`}>
                  {t("segments.settings")}
                </Button>
              ),
            },
          ]}
        />
      </section>
      {open && data && (
        <Computation
          it={open}
          bounds={data.bounds[open.kind] ?? {}}
          close={() => setOpen(null)}
          saved={() => void client.invalidateQueries({ queryKey: ["taggings"] })}
        />
      )}
    </>
  );
}

function Result({ it }: { it: Tagging }) {
  const { t } = useWords();
  if (it.problem) return <span className="over">{codeWords(it.problem, it.problem)}</span>;
  if (!it.enabled) return <span className="faint">{t("segments.off")}</span>;
  if (it.ran_at === null) return <span className="faint">{t("segments.notYet")}</span>;
  return (
    <span className="segments-count" data-testid="tagged" data-count={it.tagged}>
      {it.tagged.toLocaleString()}
      <span className="quiet">
        {it.added > 0 && ` +${it.added.toLocaleString()}`}
        {it.withdrawn > 0 && ` −${it.withdrawn.toLocaleString()}`}
      </span>
    </span>
  );
}

function Run({ run }: { run: Taggings["run"] }) {
  const { t } = useWords();
  const now = useNow();
  if (run.problem) return <p className="over">{codeWords(run.problem, run.problem)}</p>;
  if (run.running) return <p data-testid="run">{t("segments.running")}</p>;
  if (run.due_at !== null && run.due_at <= now) return <p data-testid="run">{t("segments.waitsForTurn")}</p>;
  if (run.ended_at === null) return <p className="quiet">{t("segments.neverRan")}</p>;
  return (
    <p className="quiet" data-testid="run">
      {t("segments.lastRun", { time: instant(run.ended_at), next: run.due_at === null ? "" : instant(run.due_at) })}
    </p>
  );
}
