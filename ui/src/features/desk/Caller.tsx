import { Link } from "react-router";
import { pathId } from "../../api/client";
import type { Assignment } from "../../api/types";
import { duration, instant, phoneNumber } from "../../components/format";
import { listed, useWords } from "../../i18n";
import { Spark } from "../customers/record/line/Spark";
import { viaWords } from "../selfservice/told";
import { Known } from "./Known";
import { useNow } from "../../live/hooks";

/** Who is calling and why, readable at a glance before the first word is said. */
export function Caller({ assignment }: { assignment: Assignment }) {
  const { t, named } = useWords();
  const { caller, customer } = assignment;
  const number = (!caller.withheld && phoneNumber(caller.number)) || t(caller.erased ? "desk.erased" : "desk.withheld");
  const name = customer?.name ?? "";
  return (
    <section className="caller">
      <div className="caller-who">
        <div className="caller-number" data-testid="caller-number" data-number={caller.number}>
          {number}
        </div>
        <div className="caller-name">
          <span className={customer ? "" : "faint"} data-testid="caller-name">
            {customer ? (
              <Link to={`/customers/${pathId(customer.id)}`} title={t("record.customerLink")}>
                {name || t("record.unnamed")}
              </Link>
            ) : (
              t("desk.unknownCustomer")
            )}
          </span>
          {customer?.vip && <em className="tag">{t("record.vip")}</em>}
          <span className="quiet">{named(caller.locality)}</span>
          {customer?.line && customer.line.levels.length > 0 && (
            <span className="caller-line" data-testid="caller-line" data-trend={customer.line.trend}>
              <Spark levels={customer.line.levels} falling={customer.line.trend === "falling"} />
              {customer.line.trend === "falling" && <strong className="over">▼ {t("record.falling")}</strong>}
            </span>
          )}
        </div>
        {customer?.note && <p className="caller-note">{customer.note}</p>}
      </div>
      <dl className="caller-facts">
        <div>
          <dt>{assignment.direction === "in" ? t("desk.in") : t("desk.out")}</dt>
          <dd data-testid="calls-today" className={assignment.calls_today > 2 ? "many" : ""}>
            {t("desk.today", { count: Math.max(1, assignment.calls_today) })}
          </dd>
          <dd className="quiet" data-testid="calls-year">
            {assignment.calls_year > 1 ? t("desk.year", { count: assignment.calls_year }) : t("desk.firstCall")}
          </dd>
          {assignment.last_contact_at && (
            <dd className="quiet">{t("desk.lastContact", { time: instant(assignment.last_contact_at) })}</dd>
          )}
        </div>
        {assignment.direction === "in" && (
          <div>
            <dt title={t("desk.waitedNote")}>{t("desk.waited")}</dt>
            <dd data-testid="waited">
              <Waited assignment={assignment} />
            </dd>
          </div>
        )}
        {assignment.worth && <Worth worth={assignment.worth} />}
      </dl>
      {assignment.direction === "in" && <Path assignment={assignment} />}
      {customer && <Known customer={customer} />}
    </section>
  );
}

function Waited({ assignment }: { assignment: Assignment }) {
  const now = useNow();
  // While it still rings the customer goes on waiting.
  const waiting = assignment.state === "offered" && assignment.first_arrival > 0;
  return <>{duration(waiting ? now - assignment.first_arrival : assignment.waited_s)}</>;
}

function Worth({ worth }: { worth: NonNullable<Assignment["worth"]> }) {
  const { t } = useWords();
  const n = Math.round(Math.abs(worth.priority_s));
  return (
    <div data-testid="worth">
      <dt title={t("desk.worthBefore")}>{t("desk.worth")}</dt>
      {worth.rules.length > 0 && <dd>{listed(worth.rules)}</dd>}
      <dd className="quiet">{t(worth.priority_s > 0 ? "desk.worthEarlier" : "desk.worthLater", { n })}</dd>
    </div>
  );
}

function Path({ assignment }: { assignment: Assignment }) {
  const { t, named } = useWords();
  const pressed = assignment.path.filter((step) => step.key !== "" && step.key !== "start");
  return (
    <div className="caller-path" data-testid="caller-path">
      <h2>{t("desk.path")}</h2>
      {pressed.length === 0 ? (
        <span className="faint">{t("desk.pathEmpty")}</span>
      ) : (
        <ol>
          {pressed.map((step, index) => (
            <li key={index}>
              {/^[0-9*#A-D]$/.test(step.key) ? (
                <kbd title={t("desk.pathKey", { key: step.key })}>{step.key}</kbd>
              ) : (
                <span className="faint">{step.key === "timeout" ? t("desk.pathTimeout") : viaWords(step.key)}</span>
              )}{" "}
              {named(step.words) || step.node}
            </li>
          ))}
        </ol>
      )}
      {assignment.self_service && <Glance of={assignment.self_service} />}
    </div>
  );
}

/** What they did before they came to a person: how long, what they told, what did not work. */
function Glance({ of: way }: { of: NonNullable<Assignment["self_service"]> }) {
  const { t } = useWords();
  const bad = (outcome: string) => ["failed", "uncertain", "not_sent", "locked"].includes(outcome);
  return (
    <ul className="caller-way" data-testid="caller-way">
      <li title={t("selfservice.wayBefore", { count: Math.round(way.seconds) })}>
        {t("selfservice.waySeconds", { time: duration(way.seconds) })}
      </li>
      {way.circles > 0 && <li className="over">{t("selfservice.wayCircles", { count: way.circles })}</li>}
      {way.goals.length > 0 && <li>✓ {listed(way.goals.map((it) => it.name))}</li>}
      {way.asked.map((it, index) => (
        <li key={index} className={bad(it.outcome) ? "over" : ""}>
          {bad(it.outcome) ? "✕" : "·"} {it.about || it.node}: {viaWords(it.outcome)}
        </li>
      ))}
      {way.answers.map((it) => (
        <li key={it.name}>
          <span className="faint">{it.name}</span> {it.value}
        </li>
      ))}
    </ul>
  );
}
