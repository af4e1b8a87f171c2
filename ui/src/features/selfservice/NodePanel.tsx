import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { api } from "../../api/client";
import { Failure } from "../../components/Failure";
import { percent } from "../../components/format";
import { useWords } from "../../i18n";
import { measures, type Measure } from "./measures";
import type { GraphNode, NodeFigures, NodeRow, Way } from "./shapes";
import { kindWords, viaWords } from "./told";
import { Trend } from "./Trend";

interface Props {
  path: string;
  node: GraphNode;
  row?: NodeRow;
  other?: NodeRow;
  ways: Way[];
  query: { days: number; version: number };
  measure: Measure;
  close: () => void;
}

/** All there is to say of one node: its words, its numbers, where callers went from it, and how that changed. */
export function NodePanel({ path, node, row, other, ways, query, measure, close }: Props) {
  const { t, language } = useWords();
  const trend = useQuery({
    queryKey: ["self-service-node", path, node.id, query],
    queryFn: ({ signal }) => api.get<{ items: (NodeFigures & { at: string })[] }>(`${path}/node`, { ...query, node: node.id }, signal),
  });
  const said = node.words[language] ?? Object.values(node.words)[0] ?? "";
  const from = ways.filter((it) => it.source === node.id);
  const total = from.reduce((sum, it) => sum + it.times, 0);
  const line = (words: string, value: string, before: string, note = "") => (
    <div key={words} title={note || undefined}>
      <dt>{words}</dt>
      <dd>
        {value} {before && <span className="faint">({before})</span>}
      </dd>
    </div>
  );
  const number = (value: number | null | undefined) => (value === null || value === undefined ? "–" : value.toFixed(1));
  return (
    <div className="ss-node" data-testid="node-panel" data-node={node.id}>
      <header>
        <h2>
          {node.id} <span className="quiet">{kindWords(node.kind)}</span>
        </h2>
        <Button size="small" type="text" onClick={close} aria-label={t("common.close")}>
          ✕
        </Button>
      </header>
      {node.about && <p className="quiet">{node.about}</p>}
      {said && <blockquote>{said}</blockquote>}
      {!row && <p className="quiet">{t("selfservice.nobodyHere")}</p>}
      {row && (
        <dl className="ss-facts">
          {line(t("selfservice.contacts"), String(row.contacts), other ? String(other.contacts) : "")}
          {measures.map((it) => {
            const [now, before] = [it.of(row), other ? it.of(other) : null];
            return line(t(it.words), now === null ? "–" : it.shown(now), before === null ? "" : it.shown(before), t(it.note));
          })}
          {line(t("selfservice.hops"), number(row.hops_mean), other ? number(other.hops_mean) : "", t("selfservice.n_hops"))}
          {line(t("selfservice.before"), `${number(row.before_mean)} s`, other ? `${number(other.before_mean)} s` : "")}
          {line(t("selfservice.missed"), String(row.missed), other ? String(other.missed) : "")}
        </dl>
      )}
      {from.length > 0 && (
        <>
          <h2>{t("selfservice.onward")}</h2>
          <table className="ss-onward">
            <tbody>
              {[...from]
                .sort((a, b) => b.times - a.times)
                .map((it) => (
                  <tr key={`${it.via} ${it.target}`}>
                    <td>{/^[0-9*#]$/.test(it.via) ? <kbd>{it.via}</kbd> : viaWords(it.via)}</td>
                    <td>{it.target}</td>
                    <td className="number">{it.times}</td>
                    <td className="number quiet">{percent(it.times / total)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </>
      )}
      <h2>{t(measure.words)}</h2>
      {trend.error && <Failure error={trend.error} retry={() => void trend.refetch()} />}
      {trend.data && (
        <Trend
          words={t(measure.words)}
          shown={measure.shown}
          most={measure.most ?? Math.max(1, ...trend.data.items.map((it) => measure.of(it) ?? 0))}
          points={trend.data.items.map((it) => ({ at: it.at, value: measure.of(it), count: it.contacts }))}
        />
      )}
    </div>
  );
}
