import type { Trajectory } from "../../api/types";
import { duration } from "../../components/format";
import { useNames } from "../../components/useNames";
import { listed, useWords } from "../../i18n";
import { kindWords, viaWords } from "../selfservice/told";

/** A caller's way through self-service, node by node: how long, what was said, asked and answered, what came of it. */
export function Way({ way }: { way: Trajectory }) {
  const { t, named, language } = useWords();
  const [queue, hours] = [useNames("queues"), useNames("hours")];
  const about = (step: Trajectory["steps"][number]) =>
    step.kind === "queue" ? queue(step.about) : step.kind === "hours" ? hours(step.about) : step.about;
  return (
    <section data-testid="way">
      <h2>{t("selfservice.way")}</h2>
      <p>
        {way.before_person_s === null
          ? t("selfservice.waySeconds", { time: duration(way.seconds) })
          : t("selfservice.wayBefore", { count: Math.round(way.before_person_s) })}
        {way.goals.length > 0 && <> · {t("selfservice.wayGoals", { names: listed(way.goals.map((it) => it.name)) })}</>}
        {way.circles > 0 && <strong className="over"> · {t("selfservice.wayCircles", { count: way.circles })}</strong>}
      </p>
      <ol className="way">
        {way.steps.map((step, index) => {
          const bad = ["failed", "uncertain", "not_sent", "locked"].includes(step.outcome);
          return (
            <li key={index} data-node={step.node} title={step.says[language] ?? Object.values(step.says)[0]}>
              <span className="number faint">{duration(step.seconds)}</span>
              <span>
                {/^[0-9*#]$/.test(step.via) ? <kbd>{step.via}</kbd> : <span className="faint">{viaWords(step.via)}</span>}{" "}
                {named(step.words) || step.node}{" "}
                <span className="faint">
                  {kindWords(step.kind)}
                  {step.about && ` ${about(step)}`}
                </span>
                {step.outcome && <span className={bad ? "over" : ""}> → {viaWords(step.outcome)}</span>}
                {step.secret && <span className="faint"> {t("selfservice.secret")}</span>}
                {step.values.map((it) => (
                  <span key={it.name} className="way-value">
                    {" "}
                    {it.name} <b>{it.value}</b>
                  </span>
                ))}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
