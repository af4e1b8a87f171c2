import { useQuery } from "@tanstack/react-query";
import { Button, Segmented, Skeleton } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { api } from "../../../../api/client";
import { useMay } from "../../../../app/session";
import { Failure } from "../../../../components/Failure";
import { useWords } from "../../../../i18n";
import { serverClock } from "../../../../live/clock";
import type { Line } from "../shapes";
import type { Act } from "../useRecord";
import { AddMoment } from "./AddMoment";
import { Chart } from "./Chart";
import { day_s } from "./geometry";
import { phaseWords, situationWords, whyWords } from "./told";

const zooms = { quarter: 91 * day_s, year: 365 * day_s, wholeLine: 0 } as const;

/** How this customer felt at every step: the line, in words beside it, and a way to write a moment down. */
export function LineBox({ path, act }: { path: string; act: Act }) {
  const { t } = useWords();
  const may = useMay();
  const [zoom, setZoom] = useState<keyof typeof zooms>("year");
  const [adding, setAdding] = useState(false);
  const { data, error, refetch } = useQuery({ queryKey: ["customer-line", path], queryFn: () => api.get<Line>(`${path}/experience`) });
  const now = serverClock.now();
  return (
    <section className="record-line" aria-label={t("record.line")} data-testid="experience" data-trend={data?.trend}>
      <header>
        <h2 title={t("record.lineNote")}>{t("record.line")}</h2>
        {data && data.trend && <Standing line={data} />}
        <span className="record-line-acts">
          {data && data.points.length > 0 && (
            <Segmented
              size="small"
              value={zoom}
              onChange={setZoom}
              options={(Object.keys(zooms) as (keyof typeof zooms)[]).map((value) => ({ value, label: t(`record.${value}`) }))}
            />
          )}
          {may("customers.edit") && data?.recovery?.state === "open" && (
            <Button size="small" type="primary" onClick={() => void act(() => api.post(`${path}/recovery`, { over: false }), "recovery.tookOver")} data-testid="take-recovery">
              {t("record.takeRecovery")}
            </Button>
          )}
          {may("customers.edit") && (
            <Button size="small" onClick={() => setAdding(true)} data-testid="add-moment">
              {t("record.addMoment")}
            </Button>
          )}
        </span>
      </header>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton active paragraph={{ rows: 4 }} />}
      {data && data.points.length === 0 && (
        <p className="record-none">
          {t("record.lineEmpty")} <span className="faint">{t("record.lineEmptyHint")}</span>
        </p>
      )}
      {data && data.points.length > 0 && (
        <>
          <Chart line={data} since={zooms[zoom] ? now - zooms[zoom] : 0} now={now}
            remove={may("customers.edit") ? (moment) => void act(() => api.delete(`${path}/experience/${moment}`), "record.removed") : undefined}
          />
          <ul className="record-means" aria-label={t("record.means")}>
            {data.situations.map((it) => (
              <li key={it.situation} className={it.mean < 3 ? "low" : ""} title={phaseWords(it.phase)}>
                {situationWords(it.situation)} <strong>{it.mean.toFixed(1)}</strong> <span className="faint">×{it.count}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {adding && <AddMoment path={path} act={act} close={() => setAdding(false)} />}
    </section>
  );
}

function Standing({ line }: { line: Line }) {
  const { t } = useWords();
  const arrow = { falling: "▼", rising: "▲", steady: "–", "": "" }[line.trend];
  return (
    <p className="record-standing">
      <strong className={line.trend === "falling" ? "over" : ""} data-testid="trend">
        {arrow} {line.trend && t(`record.${line.trend}`)}
      </strong>{" "}
      {t("record.level")} <strong>{line.level.toFixed(1)}</strong>
      {line.impression !== null && (
        <>
          {" "}
          · {t("record.impression")} <strong>{line.impression.toFixed(1)}</strong>
        </>
      )}
      {line.why.length > 0 && <span className="quiet"> · {whyWords(line.why.slice(0, 3))}</span>}
      {line.recovery?.state === "taken" && (
        <Link to="/recoveries"> · {line.recovery.mine ? t("record.takenByMe") : t("record.takenBy", { name: line.recovery.by || t("common.somebody") })}</Link>
      )}
    </p>
  );
}
