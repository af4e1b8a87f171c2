import { useQuery } from "@tanstack/react-query";
import { Button, Input, Skeleton } from "antd";
import { useState } from "react";
import { useMay } from "../../../app/session";
import { Failure } from "../../../components/Failure";
import { useClearable } from "../../../components/useClearable";
import { useLeave } from "../../../components/useLeave";
import { allPages } from "../../../components/useNames";
import { useWords } from "../../../i18n";
import { FlowEditor, type Flow } from "./FlowEditor";

const starting = `# What a caller hears, and what their keys do. With a queue as "person", key 0 is always an agent.
languages: [zh, en]
start: welcome

nodes:
  welcome:
    say:
      zh: 您好，欢迎致电。
      en: Hello, and thank you for calling.
    next: goodbye

  goodbye:
    hangup:
      say:
        zh: 再见。
        en: Goodbye.
`;

/** Up to so many are seen at a glance. */
const few = 8;

export function FlowsPage() {
  const { t } = useWords();
  const may = useMay();
  const { data, error, refetch } = useQuery({ queryKey: ["kind", "flows"], queryFn: () => allPages<Flow>("/flows"), staleTime: 5_000 });
  const [open, setOpen] = useState("");
  const [changed, setChanged] = useState(false);
  const [search, setSearch] = useState("");
  const clearable = useClearable();
  const leave = useLeave();
  const go = (to: string) =>
    leave(changed, () => {
      setChanged(false);
      setOpen(to);
    });
  const chosen = open === "new" ? null : (data?.find((flow) => flow.id === open) ?? data?.[0] ?? null);
  const wanted = search.trim().toLowerCase();
  const shown = data?.filter((flow) => [flow.name, flow.id].some((part) => part.toLowerCase().includes(wanted)));
  return (
    <div className="flows" data-testid="page-flows">
      <aside>
        <div className="page-head">
          <h1>{t("manage.flows")}</h1>
          {may("configuration.edit") && (
            <Button size="small" onClick={() => go("new")} data-testid="new">
              {t("common.add")}
            </Button>
          )}
        </div>
        {error && !data && <Failure error={error} retry={() => void refetch()} />}
        {!data && !error && <Skeleton active title={false} />}
        {data?.length === 0 && (
          <div className="empty">
            <strong>{t("manage.empty", { what: t("manage.flows") })}</strong>
            {may("configuration.edit") && <p className="quiet">{t("manage.emptyHint")}</p>}
          </div>
        )}
        {(data?.length ?? 0) > few && (
          <Input
            size="small"
            allowClear={clearable}
            value={search}
            placeholder={t("flows.search")}
            aria-label={t("flows.search")}
            onChange={(event) => setSearch(event.target.value)}
            data-testid="flow-search"
          />
        )}
        {wanted && shown?.length === 0 && <p className="quiet">{t("flows.noMatch")}</p>}
        {shown?.map((flow) => (
          <button
            type="button"
            key={flow.id}
            className={flow.id === chosen?.id ? "on" : ""}
            aria-pressed={flow.id === chosen?.id}
            onClick={() => flow.id !== chosen?.id && go(flow.id)}
            data-testid="flow-row"
          >
            {flow.name}
            <small className="faint">
              {flow.published_version > 0
                ? t("manage.flowPublished", { version: flow.published_version })
                : t("manage.flowNever")}
            </small>
          </button>
        ))}
      </aside>
      {data && (chosen || open === "new") ? (
        <FlowEditor key={chosen?.id ?? "new"} flow={chosen} starting={starting} made={setOpen} changes={setChanged} />
      ) : (
        data && data.length > 0 && <p className="flows-none quiet">{t("manage.flowPick")}</p>
      )}
    </div>
  );
}
