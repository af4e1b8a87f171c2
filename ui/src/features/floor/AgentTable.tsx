import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useRef } from "react";
import type { FloorAgent, FloorQueue } from "../../api/types";
import { Since } from "../../components/Clock";
import { State } from "../../components/State";
import { useWords, type WordKey } from "../../i18n";
import { useItem } from "../../live/hooks";
import { floorStream } from "../../live/stream";
import type { AgentOrder } from "./agents";
import { Pending } from "./Pending";
import { useReason } from "./useReason";

const row_px = 32;

const columns: [AgentOrder | "", WordKey, string][] = [
  ["number", "floor.number", "c-number"],
  ["name", "floor.agent", "c-name"],
  ["state", "floor.state", "c-state"],
  ["since", "floor.inState", "c-since"],
  ["", "floor.queue", "c-queue"],
  ["", "floor.site", "c-site"],
  ["answered", "floor.answeredToday", "c-answered"],
];

/** Only what the window shows is in the page: ten thousand rows cost as much as thirty. */
export function AgentTable(props: {
  agents: FloorAgent[];
  open: (id: string) => void;
  order: { by: AgentOrder; descending: boolean };
  setOrder: (order: { by: AgentOrder; descending: boolean }) => void;
  siteName: (id: string) => string;
}) {
  const { t, language } = useWords();
  const { agents, order, setOrder } = props;
  const scroll = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the library's own state, read in this drawing only
  const rows = useVirtualizer({
    count: agents.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => row_px,
    overscan: 8,
    getItemKey: (index) => agents[index]?.id ?? index,
  });
  return (
    <div className="vtable" role="table" aria-rowcount={agents.length} data-testid="agents">
      <div className="vrow vhead" role="row">
        {columns.map(([by, words, style]) => (
          <div
            key={style}
            role="columnheader"
            className={style}
            aria-sort={by && order.by === by ? (order.descending ? "descending" : "ascending") : undefined}
          >
            {by ? (
              <button type="button" onClick={() => setOrder({ by, descending: order.by === by && !order.descending })}>
                {t(words)} {order.by === by && <span aria-hidden>{order.descending ? "▾" : "▴"}</span>}
              </button>
            ) : (
              t(words)
            )}
          </div>
        ))}
      </div>
      <div className="vscroll" ref={scroll}>
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map((item) => {
            const agent = agents[item.index];
            return agent ? (
              <Row key={item.key} agent={agent} top={item.start} open={props.open} site={props.siteName(agent.site)} language={language} />
            ) : null;
          })}
        </div>
      </div>
    </div>
  );
}

const Row = memo(function Row(props: {
  agent: FloorAgent;
  top: number;
  open: (id: string) => void;
  site: string;
  language: string;
}) {
  const agent = useItem<FloorAgent>(floorStream, "agents", props.agent.id) ?? props.agent;
  const queue = useItem<FloorQueue>(floorStream, "queues", agent.queue);
  const reasonName = useReason();
  return (
    <div
      className="vrow"
      role="row"
      style={{ transform: `translateY(${props.top}px)` }}
      data-testid="agent-row"
      data-agent={agent.id}
      data-state={agent.state}
      tabIndex={0}
      onClick={() => props.open(agent.id)}
      onKeyDown={(event) => event.key === "Enter" && props.open(agent.id)}
    >
      <div className="c-number">{agent.number}</div>
      <div className="c-name">{agent.name}</div>
      <div className="c-state">
        <State state={agent.state} />
        {agent.reason && <span className="quiet"> {reasonName(agent.reason)}</span>}
        <Pending pending={agent.pending} />
      </div>
      <div className="c-since">
        <Since at={agent.since} />
      </div>
      <div className="c-queue quiet">{queue?.name ?? ""}</div>
      <div className="c-site quiet">{props.site}</div>
      <div className="c-answered">{agent.answered_today}</div>
    </div>
  );
});
