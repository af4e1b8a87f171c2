import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useRef, useState } from "react";
import type { FloorAgent } from "../../api/types";
import { Since } from "../../components/Clock";
import { StateShape } from "../../components/State";
import { useItem } from "../../live/hooks";
import { floorStream } from "../../live/stream";

const tile_px = 124;
const row_px = 40;

/** The room as one sees it from above: as many people as fit, each with state and time. */
export function AgentWall({ agents, open }: { agents: FloorAgent[]; open: (id: string) => void }) {
  const scroll = useRef<HTMLDivElement>(null);
  const [across, setAcross] = useState(10);
  useEffect(() => {
    const box = scroll.current;
    if (!box) return;
    const observer = new ResizeObserver(() => setAcross(Math.max(1, Math.floor((box.clientWidth - 16) / tile_px))));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  // eslint-disable-next-line react-hooks/incompatible-library -- the library's own state, read in this drawing only
  const rows = useVirtualizer({
    count: Math.ceil(agents.length / across),
    getScrollElement: () => scroll.current,
    estimateSize: () => row_px,
    overscan: 4,
  });
  return (
    <div className="vscroll wall" ref={scroll} data-testid="wall">
      <div style={{ height: rows.getTotalSize(), position: "relative" }}>
        {rows.getVirtualItems().map((item) => (
          <div
            key={item.key}
            className="wall-row"
            style={{ transform: `translateY(${item.start}px)`, gridTemplateColumns: `repeat(${across}, 1fr)` }}
          >
            {agents.slice(item.index * across, (item.index + 1) * across).map((agent) => (
              <Tile key={agent.id} agent={agent} open={open} />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

const Tile = memo(function Tile({ agent: known, open }: { agent: FloorAgent; open: (id: string) => void }) {
  const agent = useItem<FloorAgent>(floorStream, "agents", known.id) ?? known;
  return (
    <button
      type="button"
      className={`tile state ${agent.state}`}
      onClick={() => open(agent.id)}
      data-testid="agent-tile"
      data-state={agent.state}
    >
      <StateShape state={agent.state} />
      <span>{agent.name}</span>
      <small>
        <Since at={agent.since} />
      </small>
    </button>
  );
});
