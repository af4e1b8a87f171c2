import { Switch } from "antd";
import { memo, useState } from "react";
import type { AgentState, FloorQueue } from "../../api/types";
import { Since } from "../../components/Clock";
import { percent } from "../../components/format";
import { State } from "../../components/State";
import { listed, useWords } from "../../i18n";
import { useCollection, useNow } from "../../live/hooks";
import { floorStream } from "../../live/stream";
import { alarms, answerRate, belowTarget, nobodyFree, waitsTooLong } from "./judge";

const columns: (keyof FloorQueue["agents"])[] = ["idle", "ringing", "talking", "wrap_up", "not_ready"];

export function QueuesPanel() {
  const { t, language } = useWords();
  const queues = useCollection<FloorQueue>(floorStream, "queues");
  const [worstFirst, setWorstFirst] = useState(() => localStorage.getItem("qingting.worst-first") === "1");
  const now = useNow();
  const loud = queues.filter((queue) => alarms(queue, now) > 0).length;
  const rows = [...queues].sort(
    (a, b) => (worstFirst ? alarms(b, now) - alarms(a, now) : 0) || a.name.localeCompare(b.name, language),
  );
  return (
    <section className="floor-queues" aria-label={t("floor.queues")}>
      <header className="floor-bar">
        <h1>{t("floor.queues")}</h1>
        <span className={loud > 0 ? "over" : "quiet"} role="status">
          {loud > 0 ? t("floor.needCare", { count: loud }) : t("floor.allFine")}
        </span>
        <label className="floor-switch">
          <Switch
            size="small"
            checked={worstFirst}
            onChange={(on) => {
              setWorstFirst(on);
              localStorage.setItem("qingting.worst-first", on ? "1" : "0");
            }}
          />
          {t("floor.worstFirst")}
        </label>
      </header>
      {queues.length === 0 ? (
        <p className="floor-empty">
          {t("floor.noQueues")} <span className="quiet">{t("floor.noQueuesHint")}</span>
        </p>
      ) : (
        <div className="floor-scroll">
          <table className="grid" data-testid="queues">
            <thead>
              <tr>
                <th className="wide">{t("floor.queue")}</th>
                <th className="number">{t("floor.waiting")}</th>
                <th className="number">{t("floor.longest")}</th>
                <th className="level-head">{t("floor.serviceLevel")}</th>
                <th className="number">{t("floor.answerRate")}</th>
                <th className="number">{t("floor.offered")}</th>
                <th className="number">{t("floor.answered")}</th>
                <th className="number">{t("floor.abandoned")}</th>
                {columns.map((state) => (
                  <th className="number" key={state}>
                    <State state={state as AgentState} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((queue) => (
                <Row key={queue.id} queue={queue} late={waitsTooLong(queue, now)} language={language} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** Drawn again only when its own figures change; `late` and `language` are in the props for that. */
const Row = memo(function Row({ queue, late }: { queue: FloorQueue; late: boolean; language: string }) {
  const { t } = useWords();
  const dry = nobodyFree(queue);
  return (
    <tr data-testid="queue-row" data-queue={queue.id} data-late={late} className={queue.closed ? "closed" : ""}>
      <td className="wide">
        {queue.name}
        {queue.warning === "no_agents" && !queue.closed && <em className="tag over">{t("floor.noAgents")}</em>}
        {queue.warning === "nobody" && (
          <em className="tag over" data-testid="queue-nobody">
            {t("floor.nobodyCan", { skills: listed(queue.missing) || t("floor.nobodyAtAll") })}
          </em>
        )}
        {queue.closed && <em className="tag">{t("floor.closed")}</em>}
        {queue.out_of_hours && !queue.closed && <em className="tag">{t("floor.outOfHours")}</em>}
        {queue.escalated > 0 && (
          <em
            className="tag"
            title={t("floor.escalatedWhy", { n: queue.escalated, answered: queue.answered })}
            data-testid="queue-escalated"
          >
            {t("floor.escalated", { share: percent(queue.escalated / queue.answered) })}
          </em>
        )}
        {queue.across > 0 && (
          <em className="tag" title={t("floor.acrossWhy")} data-testid="queue-across">
            {t("floor.across", { count: queue.across })}
          </em>
        )}
      </td>
      <td className={`number big ${late || dry ? "over" : ""}`} data-testid="queue-waiting">
        {queue.waiting}
      </td>
      <td className={`number ${late ? "alarm" : ""}`} data-testid="queue-longest">
        {queue.longest_since === null ? <span className="faint">–</span> : <Since at={queue.longest_since} />}
      </td>
      <td
        className="level"
        title={t("floor.serviceLevelWhy", {
          target: queue.service_level_s,
          goal: percent(queue.service_level_target),
        })}
      >
        <Level queue={queue} />
      </td>
      <td className="number">{percent(answerRate(queue))}</td>
      <td className="number" data-testid="queue-offered">
        {queue.offered}
      </td>
      <td
        className="number"
        data-testid="queue-answered"
      >
        {queue.answered}
      </td>
      <td
        className="number"
        data-testid="queue-abandoned"
        title={queue.short_abandoned > 0 ? t("floor.abandonedWhy", { short: queue.short_abandoned }) : undefined}
      >
        {queue.abandoned}
      </td>
      {columns.map((state) => (
        <td key={state} className={`number ${state === "idle" && dry ? "over" : ""}`} data-testid={`queue-${state}`}>
          {queue.agents[state] || <span className="faint">0</span>}
        </td>
      ))}
    </tr>
  );
});

function Level({ queue }: { queue: FloorQueue }) {
  const level = queue.service_level;
  const below = belowTarget(queue);
  return (
    <div className={`level-bar ${below ? "below" : ""}`}>
      <div className="level-track">
        <i style={{ width: `${(level ?? 0) * 100}%` }} />
        <b style={{ left: `${queue.service_level_target * 100}%` }} />
      </div>
      <span data-testid="queue-level">{percent(level)}</span>
    </div>
  );
}
