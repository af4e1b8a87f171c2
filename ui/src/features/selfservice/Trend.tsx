import { percent } from "../../components/format";
import { useWords, type WordKey } from "../../i18n";

export interface Point {
  at: string;
  value: number | null;
  count: number;
}

interface Props {
  points: Point[];
  words: string;
  target?: number;
  shown?: (value: number) => string;
  most?: number;
  /** What `count` counts. */
  counted?: WordKey;
}

const height = 92;
const widest = 26;

/** A share by interval: bars for how many, a line for the share, dashed the target. The same as a table for readers. */
export function Trend({ points, words, target, shown = percent, most = 1, counted = "selfservice.callers" }: Props) {
  const { t } = useWords();
  if (points.length === 0) return <p className="quiet">{t("selfservice.noTrend")}</p>;
  const largest = Math.max(1, ...points.map((it) => it.count));
  // A quarter of a year stands side by side as a week does.
  const step = Math.min(widest, Math.max(4.5, 410 / points.length));
  const narrow = step <= 12;
  const gap = narrow ? 0.5 : 5;
  const width = points.length * step;
  const y = (value: number) => 6 + (1 - Math.min(1, value / most)) * (height - 12);
  const told = points.flatMap((it, n) => (it.value === null ? [] : [[n * step + step / 2, y(it.value)] as const]));
  return (
    <div className="ss-trend">
      <svg width={width} height={height + 16} role="img" aria-label={words}>
        {points.map((it, n) => (
          <g key={it.at}>
            <rect className="ss-trend-count" x={n * step + gap} width={step - 2 * gap} y={height - (it.count / largest) * (height / 3)} height={(it.count / largest) * (height / 3)} />
            <rect x={n * step} width={step} y={0} height={height} fill="transparent">
              <title>{`${it.at} · ${it.value === null ? "–" : shown(it.value)} · ${t(counted, { count: it.count })}`}</title>
            </rect>
            {(n % Math.ceil(points.length / 14 + 0.01) === 0 || points.length < 15) && (
              <text x={n === 0 && narrow ? 0 : n * step + step / 2} y={height + 12} textAnchor={!narrow ? "middle" : n === 0 ? "start" : n === points.length - 1 ? "end" : "middle"}>
                {it.at.length > 10 ? it.at.slice(11) : it.at.slice(8)}
              </text>
            )}
          </g>
        ))}
        {target !== undefined && <line className="ss-trend-target" x1={0} x2={width} y1={y(target)} y2={y(target)} />}
        <polyline className="ss-trend-line" points={told.map(([x, at]) => `${x},${at.toFixed(1)}`).join(" ")} />
        {told.map(([x, at]) => (
          <circle key={x} className="ss-trend-dot" cx={x} cy={at} r={narrow ? 1.6 : 2.6} />
        ))}
      </svg>
      <table className="sr-only">
        <caption>{words}</caption>
        <tbody>
          {points.map((it) => (
            <tr key={it.at}>
              <th>{it.at}</th>
              <td>{it.value === null ? "–" : shown(it.value)}</td>
              <td>{it.count}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
