import { useEffect, useMemo, useRef } from "react";
import { useWords } from "../../i18n";
import { box, keyOf, layout, type Layout, type Place } from "./layout";
import { levelOf, type Measure } from "./measures";
import type { Graph, GraphNode, NodeRow, Way } from "./shapes";
import { kindWords } from "./told";

interface Props {
  graph: Graph;
  nodes: Map<string, NodeRow>;
  /** Of the version that is compared with, if any. */
  others?: Map<string, NodeRow>;
  ways: Way[];
  measure: Measure;
  most: number;
  chosen: string;
  choose: (node: string) => void;
  zoom: number;
}

/** The flow from top to bottom. A box is a node: its name, the measure as a number and as a bar; arrows are as wide as
 *  what went along them. Arrow keys go from box to box, Enter tells of one. */
export function Drawing({ graph, nodes, others, ways, measure, most, chosen, choose, zoom }: Props) {
  const { t } = useWords();
  const drawn = useMemo(() => layout(graph.start, graph.nodes.map((it) => it.id), graph.arrows), [graph]);
  const traffic = useMemo(() => {
    const sums = new Map<string, number>();
    for (const way of ways) if (way.source) sums.set(keyOf(way), (sums.get(keyOf(way)) ?? 0) + way.times);
    return sums;
  }, [ways]);
  const busiest = Math.max(1, ...traffic.values());
  const edges = useMemo(() => [...new Map(graph.arrows.map((it) => [keyOf(it), it])).values()], [graph]);
  const svg = useRef<SVGSVGElement>(null);
  const start = graph.start;
  useEffect(() => {
    // A flow may be wider than the page: it opens at its beginning.
    const box = svg.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(start)}"]`);
    box?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [start]);
  const go = (id: string | undefined) => {
    if (id) svg.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(id)}"]`)?.focus();
  };
  const width = (edge: { source: string; target: string }) => {
    const times = traffic.get(keyOf(edge)) ?? 0;
    return times ? 1.2 + Math.sqrt(times / busiest) * 7 : 1;
  };
  return (
    <svg
      ref={svg}
      className="ss-drawing"
      role="group"
      aria-label={t("selfservice.drawing")}
      width={drawn.width * zoom}
      height={drawn.height * zoom}
      viewBox={`0 0 ${drawn.width} ${drawn.height}`}
      data-testid="drawing"
    >
      {edges.map((edge) => {
        const [from, to] = [drawn.places.get(edge.source), drawn.places.get(edge.target)];
        if (!from || !to) return null;
        const times = traffic.get(keyOf(edge)) ?? 0;
        const near = chosen === edge.source || chosen === edge.target;
        return (
          <g key={keyOf(edge)} className={`ss-way ${times ? "" : "unused"} ${near ? "near" : ""}`}>
            <path d={curve(from, to, drawn)} strokeWidth={width(edge)}>
              <title>{`${edge.source} → ${edge.target}: ${times}`}</title>
            </path>
            <path className="ss-head" d={head(from, to)} />
          </g>
        );
      })}
      {graph.nodes.map((node) => {
        const place = drawn.places.get(node.id);
        if (!place) return null;
        return (
          <Box
            key={node.id}
            node={node}
            place={place}
            row={nodes.get(node.id)}
            other={others?.get(node.id)}
            compared={others !== undefined}
            measure={measure}
            most={most}
            first={node.id === (chosen || graph.start)}
            chosen={node.id === chosen}
            choose={() => choose(node.id)}
            go={(key) => go(beside(drawn, edges, node.id, key))}
          />
        );
      })}
    </svg>
  );
}

interface BoxProps {
  node: GraphNode;
  place: Place;
  row?: NodeRow;
  other?: NodeRow;
  compared: boolean;
  measure: Measure;
  most: number;
  first: boolean;
  chosen: boolean;
  choose: () => void;
  go: (key: string) => void;
}

function Box({ node, place, row, other, compared, measure, most, first, chosen, choose, go }: BoxProps) {
  const { t } = useWords();
  const value = row ? measure.of(row) : null;
  const level = levelOf(value, most);
  const text = value === null ? "–" : measure.shown(value);
  const before = other ? measure.of(other) : null;
  const more = compared && value !== null && before !== null ? value - before : null;
  const change = more === null || more === 0 ? "" : `${more > 0 ? "▲" : "▼"} ${measure.shown(Math.abs(more))}`;
  const name = node.id.length > 20 ? `${node.id.slice(0, 19)}…` : node.id;
  const [width, height] = [box.width, box.height];
  return (
    <g
      className={`ss-box ${measure.much} l${level} ${chosen ? "chosen" : ""}`}
      transform={`translate(${place.x} ${place.y})`}
      role="button"
      tabIndex={first ? 0 : -1}
      aria-pressed={chosen}
      aria-label={`${node.id}, ${kindWords(node.kind)}, ${t(measure.words)} ${text}${change ? `, ${change}` : ""}`}
      data-node={node.id}
      data-level={level}
      onClick={choose}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") choose();
        else if (event.key.startsWith("Arrow")) go(event.key);
        else return;
        event.preventDefault();
      }}
    >
      <title>{node.id}</title>
      <rect className="ss-box-face" width={width} height={height} rx={node.kind === "queue" ? 22 : 6} />
      <text className="ss-box-name" x={10} y={19}>
        {name}
      </text>
      <text className="ss-box-kind" x={10} y={36}>
        {node.goal ? `★ ${kindWords(`goal_${node.goal}`)}` : kindWords(node.kind)}
      </text>
      <text className="ss-box-value" x={width - 10} y={36} textAnchor="end">
        {change ? `${change}  ` : ""}
        {text}
      </text>
      <rect className="ss-box-track" x={10} y={44} width={width - 20} height={5} rx={2.5} />
      {value !== null && most > 0 && (
        <rect className="ss-box-bar" x={10} y={44} width={Math.max(2, Math.min(1, value / most) * (width - 20))} height={5} rx={2.5} />
      )}
    </g>
  );
}

/** From the bottom of one to the top of the other; what leads up again goes round by the right. */
function curve(from: Place, to: Place, drawn: Layout): string {
  const [x1, y1] = [from.x + box.width / 2, from.y + box.height];
  const [x2, y2] = [to.x + box.width / 2, to.y - 5];
  if (to.layer > from.layer) {
    const bend = Math.min(70, (y2 - y1) / 2);
    return `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
  }
  const [right, up] = [from.x + box.width, to.x + box.width + 5];
  const out = Math.min(drawn.width - 4, Math.max(right, up) + 26 + 6 * Math.min(8, from.layer - to.layer));
  const [a, b] = [from.y + box.height / 2, to.y + box.height / 2];
  const shift = from.id === to.id ? 12 : 0;
  return `M${right} ${a + shift} C${out} ${a + shift} ${out} ${b - shift} ${up} ${b - shift}`;
}

function head(from: Place, to: Place): string {
  if (to.layer > from.layer) {
    const [x, y] = [to.x + box.width / 2, to.y];
    return `M${x} ${y} l-5 -8 h10 Z`;
  }
  const shift = from.id === to.id ? 12 : 0;
  const [x, y] = [to.x + box.width, to.y + box.height / 2 - shift];
  return `M${x} ${y} l8 -5 v10 Z`;
}

function beside(drawn: Layout, edges: { source: string; target: string }[], id: string, key: string): string | undefined {
  const row = drawn.layers[drawn.places.get(id)?.layer ?? 0] ?? [];
  if (key === "ArrowLeft") return row[row.indexOf(id) - 1];
  if (key === "ArrowRight") return row[row.indexOf(id) + 1];
  const mine = drawn.places.get(id)?.layer ?? 0;
  const layerOf = (other: string) => drawn.places.get(other)?.layer ?? 0;
  if (key === "ArrowDown") return edges.find((it) => it.source === id && layerOf(it.target) > mine)?.target;
  return edges.find((it) => it.target === id && layerOf(it.source) < mine)?.source;
}
