import { useQuery } from "@tanstack/react-query";
import { Button, Popconfirm, Skeleton, Tag } from "antd";
import { useState } from "react";
import { api, pathId } from "../../../api/client";
import { fullInstant, instant } from "../../../components/format";
import { Failure } from "../../../components/Failure";
import { useTell } from "../../../components/useTell";
import { useWords } from "../../../i18n";
import { Compared } from "./Compared";
import type { Flow } from "./FlowEditor";
import { usePublisher } from "./publisher";

export interface Version {
  version: number;
  state: "now" | "due" | "past" | "withdrawn";
  starts_at: number;
  published_at: number;
  published_by: string;
  back_to: number;
}

const colours = { now: "green", due: "blue", past: "default", withdrawn: "default" } as const;

/** What was published: who, when; what changed since; back to an earlier one. */
export function Versions(props: { flow: Flow; draft: string; mayEdit: boolean; done: () => Promise<void> }) {
  const { flow, draft, mayEdit, done } = props;
  const { t } = useWords();
  const tell = useTell();
  const publisher = usePublisher();
  const [chosen, setChosen] = useState(0);
  const [busy, setBusy] = useState(0);
  const { data, error, refetch } = useQuery({
    queryKey: ["flow-versions", flow.id],
    queryFn: () => api.get<{ items: Version[] }>(`/flows/${pathId(flow.id)}/versions`),
    refetchInterval: 15_000,
  });
  const act = async (version: number, what: "roll-back" | "withdraw") => {
    setBusy(version);
    try {
      await api.post(`/flows/${pathId(flow.id)}/versions/${version}/${what}`, {});
      tell.done(t(what === "withdraw" ? "flows.withdrawn" : "flows.rolledBack"));
      await done();
    } catch (failed) {
      tell.failed(failed);
    } finally {
      setBusy(0);
    }
  };
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton active title={false} />;
  if (data.items.length === 0) return <div className="empty">{t("flows.noVersions")}</div>;
  const shown = data.items.find((it) => it.version === chosen) ?? data.items[0];
  return (
    <div className="flow-versions">
      <ol data-testid="flow-versions">
        {data.items.map((it) => (
          <li key={it.version} className={it === shown ? "on" : ""} data-testid="flow-version" data-state={it.state}>
            <button type="button" onClick={() => setChosen(it.version)} aria-pressed={it === shown}>
              <strong>{t("flows.version", { version: it.version })}</strong>{" "}
              <Tag color={colours[it.state]}>
                {it.state === "due" ? t("flows.dueAt", { at: instant(it.starts_at) }) : t(`flows.state_${it.state}`)}
              </Tag>
              <small className="faint" title={fullInstant(it.published_at)}>
                {instant(it.published_at)}
                {publisher(it.published_by) && ` · ${publisher(it.published_by)}`}
                {it.back_to > 0 && ` · ${t("flows.backTo", { version: it.back_to })}`}
              </small>
            </button>
            {mayEdit && it.state === "due" && (
              <Button size="small" loading={busy === it.version} onClick={() => void act(it.version, "withdraw")} data-testid="withdraw">
                {t("flows.withdraw")}
              </Button>
            )}
            {mayEdit && it.state === "past" && (
              <Popconfirm title={t("flows.rollBackSure", { version: it.version })} onConfirm={() => act(it.version, "roll-back")}>
                <Button size="small" loading={busy === it.version} data-testid="roll-back">
                  {t("flows.rollBack")}
                </Button>
              </Popconfirm>
            )}
          </li>
        ))}
      </ol>
      {shown && <Compared flow={flow} version={shown.version} versions={data.items} draft={draft} key={shown.version} />}
    </div>
  );
}
