import { Skeleton } from "antd";
import { useEffect, useRef, type ReactNode } from "react";
import type { TargetAgent, TargetQueue } from "../../../api/types";
import { Failure } from "../../../components/Failure";
import { phoneNumber } from "../../../components/format";
import { StateShape } from "../../../components/State";
import { listed, useWords } from "../../../i18n";
import type { Option } from "./targets";

const most = 50;

export function nameOf(option: Option): string {
  switch (option.kind) {
    case "queue":
      return option.queue.name;
    case "agent":
      return option.agent.name;
    case "number":
      return phoneNumber(option.number);
  }
}

export function TargetList(props: {
  id: string;
  all: Option[] | null;
  text: string;
  chosen: string;
  choose: (key: string) => void;
  error: unknown;
  retry: () => void;
}) {
  const { id, all, text, chosen, choose, error, retry } = props;
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  if (error && !all) return <Failure error={error} retry={retry} />;
  if (!all) return <Skeleton active title={false} paragraph={{ rows: 5 }} />;
  if (all.length === 0) {
    return <p className="faint target-none">{text.trim() ? t("transfer.nothing", { text: text.trim() }) : t("transfer.nobody")}</p>;
  }
  const group = (kind: Option["kind"], title: string) => {
    const rows = all.filter((each) => each.kind === kind);
    if (rows.length === 0) return null;
    return (
      <div role="group" aria-label={title}>
        <h3>{title}</h3>
        {rows.map((each) => (
          <div
            key={each.key}
            id={`${id} ${each.key}`}
            role="option"
            aria-selected={each.key === chosen}
            aria-disabled={!each.usable}
            className={`target ${each.key === chosen ? "on" : ""}`}
            // The caret stays in the search, so that the keys go on working.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => each.usable && choose(each.key)}
            data-testid={`target-${each.key.replace(" ", "-")}`}
          >
            {row(each)}
          </div>
        ))}
        {rows.length >= most && <p className="faint">{t("transfer.more")}</p>}
      </div>
    );
  };
  return (
    <div className="target-list" role="listbox" id={id} ref={box} aria-label={t("transfer.list")}>
      {group("queue", t("transfer.queues"))}
      {group("agent", t("transfer.agents"))}
      {group("number", t("transfer.numbers"))}
    </div>
  );
}

function row(option: Option): ReactNode {
  switch (option.kind) {
    case "queue":
      return <Queue queue={option.queue} />;
    case "agent":
      return <Colleague agent={option.agent} />;
    case "number":
      return <Number_ number={option.number} usable={option.usable} />;
  }
}

function Queue({ queue }: { queue: TargetQueue }) {
  const { t } = useWords();
  return (
    <>
      <span className="target-name">
        {queue.name} {queue.second_line && <small>{t("transfer.secondLine")}</small>}
      </span>
      {queue.open ? (
        <>
          <span className={queue.free > 0 ? "state idle" : "faint"}>
            {queue.free > 0 ? t("transfer.free", { count: queue.free }) : t("transfer.nobodyFree")}
          </span>
          <span className="target-last quiet">{queue.waiting > 0 && t("transfer.waiting", { count: queue.waiting })}</span>
        </>
      ) : (
        <span>{t("transfer.notOpen")}</span>
      )}
    </>
  );
}

const agentWords = {
  free: "transfer.agentFree",
  busy: "transfer.agentBusy",
  away: "transfer.agentAway",
  offline: "transfer.agentOffline",
} as const;
const shapes = { free: "idle", busy: "talking", away: "not_ready", offline: "offline" } as const;

function Colleague({ agent }: { agent: TargetAgent }) {
  const { t } = useWords();
  return (
    <>
      <span className="target-name">
        {agent.name} <span className="faint">{agent.number}</span>
      </span>
      <span className={`state ${shapes[agent.state]}`} data-state={agent.state}>
        <StateShape state={shapes[agent.state]} /> {t(agentWords[agent.state])}
      </span>
      <span className="target-last faint">{listed(agent.queue_names)}</span>
    </>
  );
}

function Number_({ number, usable }: { number: string; usable: boolean }) {
  const { t } = useWords();
  return (
    <>
      <span className="target-name">{t("transfer.callNumber", { number: phoneNumber(number) })}</span>
      {!usable && <span>{t("transfer.noOutside")}</span>}
    </>
  );
}
