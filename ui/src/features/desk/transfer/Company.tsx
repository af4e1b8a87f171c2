import type { ReactNode } from "react";
import type { AgentState, Assignment, Consult } from "../../../api/types";
import { Since } from "../../../components/Clock";
import { phoneNumber } from "../../../components/format";
import { StateShape } from "../../../components/State";
import { useWords } from "../../../i18n";
import { keyLabel, useDeskKey } from "../keys";
import { useCompany } from "./actions";
import { answered, asked, can } from "./company";
import "./transfer.css";

export function companyName(consult: Consult): string {
  return consult.name || phoneNumber(consult.number);
}

/** Everybody in the call, a card each: with whom one talks stands out, and so does who waits with music. */
export function Company({ assignment }: { assignment: Assignment }) {
  const { t } = useWords();
  const company = useCompany(assignment);
  const may = can(assignment);
  const side = asked(assignment);
  const consulted = assignment.role === "consulted";
  const swap = () => void company.swap();
  const join = () => void company.join();
  const complete = () => void company.complete();
  useDeskKey("swap", may.swap ? swap : null);
  useDeskKey("join", may.join ? join : null);
  useDeskKey("complete", may.complete && side ? complete : null);
  const name = side ? companyName(side) : "";
  const other = assignment.talk === "customer" ? name : t("transfer.customer");
  return (
    <section className="company" data-testid="company" data-talk={assignment.talk} aria-label={t("transfer.inCall")}>
      <div className="company-cards">
        <Customer assignment={assignment} />
        {consulted && <Owner assignment={assignment} />}
        {assignment.consults.map((each) => (
          <Card
            key={each.id}
            test={`party-${each.state}`}
            name={companyName(each)}
            here={!consulted && (each.state === "talking" || each.state === "joined") && assignment.talk !== "customer"}
            state={shapes[each.state]}
            words={t(consultWords[each.state])}
            since={each.since}
          >
            {each.state === "joined" && assignment.role === "owner" && (
              <button
                type="button"
                className="card-remove"
                title={t("transfer.removeName", { name: companyName(each) })}
                disabled={company.busy !== ""}
                onClick={() => void company.remove(each.id)}
                data-testid="remove-party"
              >
                {t("transfer.remove")}
              </button>
            )}
          </Card>
        ))}
      </div>
      {consulted && assignment.state !== "offered" && (
        <p className="company-hint" role="status" data-testid="consulted-hint">
          {t(hints[assignment.talk === "all" ? "all" : assignment.talk === "consult" ? "consult" : "none"], {
            name: assignment.owner_name || t("transfer.somebody"),
          })}
        </p>
      )}
      {may.complete && side && (
        <div className="company-acts">
          <Act test="swap" combo="Alt+KeyS" disabled={!may.swap || company.busy !== ""} run={swap} title={t("transfer.swapTo", { name: other })}>
            {t("transfer.swap")}
          </Act>
          <Act test="join" combo="Alt+KeyJ" disabled={!may.join || company.busy !== ""} run={join}>
            {t("transfer.join")}
          </Act>
          <Act
            test="complete"
            combo="Alt+KeyC"
            primary={answered(side)}
            disabled={company.busy !== ""}
            run={complete}
            title={t("transfer.completeHint", { name })}
          >
            {t(answered(side) ? "transfer.complete" : "transfer.completeNow")}
          </Act>
        </div>
      )}
    </section>
  );
}

const shapes: Record<Consult["state"], AgentState> = {
  waiting: "not_ready",
  ringing: "ringing",
  connecting: "ringing",
  talking: "talking",
  held: "held",
  joined: "talking",
};

const consultWords = {
  waiting: "transfer.queued",
  ringing: "transfer.ringing",
  connecting: "transfer.connecting",
  talking: "transfer.withYou",
  held: "transfer.holding",
  joined: "transfer.inConference",
} as const;

const hints = { all: "transfer.consultedAll", consult: "transfer.consultedHears", none: "transfer.consultedWaits" } as const;

function Customer({ assignment }: { assignment: Assignment }) {
  const { t } = useWords();
  const consulted = assignment.role === "consulted";
  const together = assignment.talk === "all";
  const here = assignment.talk === "customer" || together;
  const withOwner = consulted && assignment.talk === "none" && assignment.state === "held";
  const [state, words] = together
    ? (["talking", t("transfer.inConference")] as const)
    : here
      ? (["talking", t("transfer.withYou")] as const)
      : withOwner
        ? (["talking", t("transfer.withOwner", { name: assignment.owner_name })] as const)
        : (["held", t("transfer.holding")] as const);
  const number = (!assignment.caller.withheld && phoneNumber(assignment.caller.number)) || t("desk.withheld");
  return (
    <Card
      test="party-customer"
      name={assignment.customer?.name || number}
      here={here}
      state={state}
      words={words}
      since={consulted ? 0 : assignment.since}
    />
  );
}

function Owner({ assignment }: { assignment: Assignment }) {
  const { t } = useWords();
  const { talk, state } = assignment;
  const here = talk === "consult" || talk === "all";
  const words =
    talk === "all"
      ? t("transfer.inConference")
      : here
        ? t("transfer.withYou")
        : state === "held"
          ? t("transfer.withCustomer")
          : t("transfer.connecting");
  return (
    <Card test="party-owner" name={assignment.owner_name || t("transfer.somebody")} here={here} state="talking" words={words} since={0} />
  );
}

function Card(props: {
  test: string;
  name: string;
  here: boolean;
  state: AgentState;
  words: string;
  since: number;
  children?: ReactNode;
}) {
  return (
    <div className={`card ${props.state} ${props.here ? "here" : ""}`} data-testid={props.test} data-here={props.here}>
      <span className="card-name">{props.name}</span>
      <span className={`state ${props.state}`}>
        <StateShape state={props.state} /> {props.words}
      </span>
      {props.since > 0 && (
        <span className="card-since">
          <Since at={props.since} />
        </span>
      )}
      {props.children}
    </div>
  );
}

function Act(props: {
  test: string;
  combo: string;
  disabled: boolean;
  run: () => void;
  title?: string;
  primary?: boolean;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      className={`control ${props.primary ? "primary" : ""}`}
      disabled={props.disabled}
      title={props.title}
      onClick={props.run}
      data-testid={props.test}
    >
      {props.children} <kbd>{keyLabel(props.combo)}</kbd>
    </button>
  );
}
