import { Input, Segmented, Select } from "antd";
import { useDeferredValue, useMemo, useState } from "react";
import type { AgentState, FloorAgent, FloorQueue } from "../../api/types";
import { State } from "../../components/State";
import { useNames } from "../../components/useNames";
import { useClearable } from "../../components/useClearable";
import { useWords } from "../../i18n";
import { useCalmCollection, useCollection } from "../../live/hooks";
import { floorStream } from "../../live/stream";
import { AgentCard } from "./AgentCard";
import { anyAgent, choose, inOrder, stateOrder, type AgentFilter, type AgentOrder } from "./agents";
import { AgentTable } from "./AgentTable";
import { AgentWall } from "./AgentWall";

/** Who is shown, and where, changes this often; what a row shows changes at once. */
const order_ms = 1000;
const keptView = "qingting.floor-view";

export function AgentsPanel() {
  const { t, language } = useWords();
  const clearable = useClearable();
  const agents = useDeferredValue(useCalmCollection<FloorAgent>(floorStream, "agents", order_ms));
  const queues = useCollection<FloorQueue>(floorStream, "queues");
  const siteNames = useNames("sites");
  const [filter, setFilter] = useState<AgentFilter>(anyAgent);
  const [view, setView] = useState(() => localStorage.getItem(keptView) ?? "table");
  const [order, setOrder] = useState<{ by: AgentOrder; descending: boolean }>({ by: "number", descending: false });
  const [open, setOpen] = useState("");

  const sites = useMemo(() => [...new Set(agents.map((agent) => agent.site))].filter(Boolean).sort(), [agents]);
  const { shown, counts } = useMemo(() => choose(agents, filter), [agents, filter]);
  const collator = useMemo(() => new Intl.Collator(language), [language]);
  const rows = useMemo(() => inOrder(shown, order.by, order.descending, collator), [shown, order, collator]);
  const filtered = JSON.stringify(filter) !== JSON.stringify(anyAgent);

  return (
    <section className="floor-agents" aria-label={t("floor.agents")}>
      <header className="floor-bar">
        <h1>{t("floor.agents")}</h1>
        <Input
          value={filter.text}
          onChange={(event) => setFilter({ ...filter, text: event.target.value })}
          placeholder={t("floor.findAgent")}
          allowClear={clearable}
          style={{ width: 150 }}
          data-testid="floor-find"
        />
        <Select
          value={filter.queue}
          onChange={(queue) => setFilter({ ...filter, queue })}
          options={[{ value: "", label: t("floor.anyQueue") }, ...queues.map((q) => ({ value: q.id, label: q.name }))]}
          showSearch={{ optionFilterProp: "label" }}
          style={{ width: 140 }}
          aria-label={t("floor.queue")}
          data-testid="floor-queue"
        />
        {sites.length > 1 && (
          <Select
            value={filter.site}
            onChange={(site) => setFilter({ ...filter, site })}
            options={[
              { value: "", label: t("floor.anySite") },
              ...sites.map((site) => ({ value: site, label: siteNames(site) })),
            ]}
            style={{ width: 110 }}
            aria-label={t("floor.site")}
          />
        )}
        <span className="quiet floor-shown" data-testid="agents-shown">
          {t("floor.shown", { shown: rows.length, total: agents.length })}
        </span>
        <Segmented
          size="small"
          value={view}
          onChange={(next) => {
            setView(next);
            localStorage.setItem(keptView, next);
          }}
          options={[
            { value: "table", label: t("floor.table") },
            { value: "wall", label: t("floor.tiles") },
          ]}
        />
      </header>
      <StateChips counts={counts} chosen={filter.state} choose={(state) => setFilter({ ...filter, state })} />
      {rows.length === 0 ? (
        <p className="floor-empty">
          {t(filtered ? "floor.noAgentsShown" : "floor.noAgentsYet")}{" "}
          {filtered && (
            <button type="button" className="linkish" onClick={() => setFilter(anyAgent)}>
              {t("floor.clearFilters")}
            </button>
          )}
        </p>
      ) : view === "wall" ? (
        <AgentWall agents={rows} open={setOpen} />
      ) : (
        <AgentTable agents={rows} open={setOpen} order={order} setOrder={setOrder} siteName={siteNames} />
      )}
      {open && <AgentCard id={open} close={() => setOpen("")} siteName={siteNames} />}
    </section>
  );
}

function StateChips(props: {
  counts: Map<AgentState, number>;
  chosen: AgentState | "";
  choose: (state: AgentState | "") => void;
}) {
  return (
    <div className="chips" role="group">
      {stateOrder
        .filter((state) => (props.counts.get(state) ?? 0) > 0 || state === props.chosen)
        .map((state) => (
          <button
            type="button"
            key={state}
            className={props.chosen === state ? "on" : ""}
            aria-pressed={props.chosen === state}
            onClick={() => props.choose(props.chosen === state ? "" : state)}
            data-testid={`chip-${state}`}
          >
            <State state={state} /> <b>{props.counts.get(state) ?? 0}</b>
          </button>
        ))}
    </div>
  );
}
