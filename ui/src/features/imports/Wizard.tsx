import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Progress, Steps } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { api, pathId, takeFile } from "../../api/client";
import { Failure } from "../../components/Failure";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import { codeWords } from "../../i18n/explain";
import { Columns } from "./Columns";
import { Faults } from "./Faults";
import { Foreseen } from "./Foreseen";
import { busy, step, type OneImport } from "./shapes";

/** One import from upload to end: each state shows what can be done next, and one thing is loud. */
export function Wizard() {
  const { t } = useWords();
  const { id = "" } = useParams();
  const { data, error, refetch } = useQuery({
    queryKey: ["import", id],
    queryFn: () => api.get<OneImport>(`/customer-imports/${pathId(id)}`),
    refetchInterval: (query) => (query.state.data && busy(query.state.data.state) ? 700 : false),
  });
  return (
    <div className="page imports" data-testid="import" data-state={data?.state}>
      <div className="page-head">
        <h1>{data?.name ?? t("imports.title")}</h1>
        <Link to="..">{t("imports.back")}</Link>
      </div>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {data && (
        <>
          <Steps
            size="small"
            current={step(data.state) + (data.state === "done" ? 1 : 0)}
            status={data.state === "failed" ? "error" : undefined}
            items={[t("imports.stepUpload"), t("imports.stepColumns"), t("imports.stepCheck"), t("imports.stepRun")].map((title) => ({ title }))}
          />
          <Stage job={data} />
        </>
      )}
    </div>
  );
}

function Stage({ job }: { job: OneImport }) {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const [again, setAgain] = useState(false);
  const act = async (verb: string, body: unknown = {}) => {
    try {
      await api.post(`/customer-imports/${pathId(job.id)}/${verb}`, body);
      setAgain(false);
      await client.invalidateQueries({ queryKey: ["import", job.id] });
      return true;
    } catch (failure) {
      tell.failed(failure);
      return false;
    }
  };
  const take = async () => {
    try {
      await takeFile(`/customer-imports/${pathId(job.id)}/errors`, `errors-${job.name.replace(/\.\w+$/, "")}.csv`);
    } catch (failure) {
      tell.failed(failure);
    }
  };
  if (job.state === "receiving") return <p className="quiet">{t("imports.restart")}</p>;
  if (busy(job.state)) return <Busy job={job} cancel={() => void act("cancel")} />;
  if (job.state === "ready" || again) return <Columns job={job} check={(columns, tag) => act("check", { columns, tag })} />;
  const change = job.file && <Button onClick={() => setAgain(true)}>{t("imports.change")}</Button>;
  if (job.state === "failed") {
    return (
      <div className="imports-stage">
        <p className="over" role="alert" data-testid="import-problem">
          {job.problem_line > 0 && `${t("imports.atLine", { line: job.problem_line })} · `}
          {codeWords(job.problem, job.problem)}
        </p>
        {change}
      </div>
    );
  }
  const good = job.rows - job.bad;
  if (job.state === "checked") {
    return (
      <div className="imports-stage">
        <p className="imports-verdict">
          {job.bad === 0
            ? t("imports.checkedAll", { count: job.rows })
            : t("imports.checkedSome", { good: good.toLocaleString(), bad: job.bad.toLocaleString() })}
        </p>
        <Foreseen job={job} />
        <div className="imports-acts">
          <Button type="primary" disabled={good === 0} onClick={() => void act("run")} data-testid="import-run">
            {t("imports.run", { count: good })}
          </Button>
          {change}
        </div>
        <Faults job={job} />
      </div>
    );
  }
  return (
    <div className="imports-stage">
      <p className="imports-verdict">{t(job.state === "done" ? "imports.doneTitle" : "imports.cancelledTitle")}</p>
      <Figures job={job} />
      <div className="imports-acts">
        {job.has_errors && (
          <Button type="primary" onClick={() => void take()} data-testid="import-errors">
            {t("imports.errors", { count: job.bad })}
          </Button>
        )}
        <Button onClick={() => void act("run")}>{t(job.state === "done" ? "imports.runAgain" : "imports.goOn")}</Button>
        {change}
      </div>
      {job.bad > 0 && <Faults job={job} />}
    </div>
  );
}

function Busy({ job, cancel }: { job: OneImport; cancel: () => void }) {
  const { t } = useWords();
  const share = job.rows > 0 && job.state !== "looking" ? Math.floor((job.done / job.rows) * 100) : 0;
  return (
    <div className="imports-stage">
      <p className="imports-verdict" role="status">
        {t(`imports.s_${job.state}`)}
      </p>
      <Progress percent={share} status="active" />
      {job.rows > 0 && <p className="quiet" data-testid="import-progress">{t("imports.progress", { done: job.done.toLocaleString(), rows: job.rows.toLocaleString() })}</p>}
      {job.state === "running" && <Figures job={job} />}
      <Button onClick={cancel}>{t("imports.cancel")}</Button>
    </div>
  );
}

function Figures({ job }: { job: OneImport }) {
  const { t } = useWords();
  return (
    <dl className="imports-figures">
      {(["new", "changed", "same", "bad"] as const).map((name) => (
        <div key={name}>
          <dt>{t(`imports.${name}`)}</dt>
          <dd className={name === "bad" && job.bad > 0 ? "over" : ""} data-testid={`import-${name}`}>
            {job[name].toLocaleString()}
          </dd>
        </div>
      ))}
    </dl>
  );
}
