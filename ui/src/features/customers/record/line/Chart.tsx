import { Popconfirm } from "antd";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { pathId } from "../../../../api/client";
import { percent } from "../../../../components/format";
import { useWords } from "../../../../i18n";
import type { Line } from "../shapes";
import { day_s, height, nearest, paths, placed, ticks, type Frame, type Placed } from "./geometry";
import { phaseWords, pointWords, reasonsWords } from "./told";

const rows = ["before", "during", "after"] as const;
const lane = 13;

/** How each step felt, over time. Shapes tell what colour tells: filled was said, hollow is computed, a diamond is the
 *  peak, a ring the end; what falls is dashed. */
export function Chart({ line, since, now, remove }: { line: Line; since: number; now: number; remove?: (moment: string) => void }) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(640);
  const [chosen, setChosen] = useState<number | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(280, element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const frame: Frame = { width, height: 216, left: 66, right: 22, top: 20, bottom: 68 };
  const places = placed(line.points, since, now, frame);
  const { whole, falling } = paths(places, line);
  const from = since > 0 ? since : (places[0]?.point.at ?? now);
  const span = Math.max(now - from, day_s);
  const x = (at: number) => frame.left + ((at - from) / span) * (frame.width - frame.left - frame.right);
  const ground = frame.height - frame.bottom;
  const at = chosen !== null && chosen < places.length ? chosen : places.length - 1;
  const told = places[at];

  const move = (event: React.KeyboardEvent) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: places.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setChosen(Math.min(Math.max(to, 0), places.length - 1));
  };
  return (
    <div ref={box} className="line-chart">
      <svg
        width={frame.width}
        height={frame.height}
        role="img"
        tabIndex={0}
        aria-label={t("record.chartLabel", { count: places.length })}
        onKeyDown={move}
        onPointerMove={(event) => {
          const { left } = event.currentTarget.getBoundingClientRect();
          setChosen(nearest(places, event.clientX - left));
        }}
        data-testid="line-chart"
        data-points={places.length}
      >
        {[1, 2, 3, 4, 5].map((score) => (
          <g key={score}>
            <line className={score === 3 ? "line-middle" : "line-grid"} x1={frame.left} x2={width - frame.right} y1={height(score, frame)} y2={height(score, frame)} />
            {score % 2 === 1 && (
              <text className="line-axis" x={frame.left - 8} y={height(score, frame) + 4} textAnchor="end">
                {t(`record.score_${score as 1 | 3 | 5}`)}
              </text>
            )}
          </g>
        ))}
        {ticks(from, from + span).map((date) => (
          <text key={date.getTime()} className="line-axis" x={x(date.getTime() / 1000)} y={frame.height - 6} textAnchor="middle">
            {span < 45 * day_s ? `${date.getMonth() + 1}-${date.getDate()}` : `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}`}
          </text>
        ))}
        {rows.map((phase, n) => (
          <g key={phase}>
            <text className="line-axis" x={frame.left - 8} y={ground + 20 + n * lane} textAnchor="end">
              {phaseWords(phase)}
            </text>
            {places
              .filter((it) => it.point.phase === phase)
              .map((it) => (
                <rect key={it.point.id} className="line-phase" x={it.x - 3} y={ground + 13 + n * lane} width={6} height={6} />
              ))}
          </g>
        ))}
        <path className="line-level" d={whole} />
        {falling && <path className="line-falling" d={falling} />}
        {told && <line className="line-cursor" x1={told.x} x2={told.x} y1={frame.top - 8} y2={ground + 8} />}
        {places.map((it, n) => (
          <Mark key={it.point.id} it={it} chosen={n === at} peak={it.place === line.peak} end={it.place === line.end} last={it.x > frame.width - 60} />
        ))}
      </svg>
      <p className="line-told" aria-live="polite" data-testid="line-told">
        {told ? (
          <>
            {pointWords(told.point)} <span className="faint">{told.point.score !== null && t("record.confidence", { share: percent(told.point.confidence) })}</span>{" "}
            {told.point.stated && told.point.note && <span className="quiet">“{told.point.note}” {told.point.user_name}</span>}{" "}
            {told.point.stated && told.point.reasons.length > 1 && <span className="quiet">{reasonsWords(told.point.reasons)}</span>}
            {remove && told.point.stated && told.point.origin !== "recovery" && (
              <Popconfirm title={t("record.removeMomentAsk")} onConfirm={() => remove(told.point.id.replace(/^moment:/, ""))}>
                <button type="button" className="linkish">
                  {t("record.removeMoment")}
                </button>
              </Popconfirm>
            )}{" "}
            {told.point.contact && <Link to={`/contacts/${pathId(told.point.contact)}`}>{t("record.openContact")}</Link>}
          </>
        ) : (
          <span className="faint">{t("record.chartHint")}</span>
        )}
      </p>
    </div>
  );
}

/** `last`: so far to the right that its name would not fit around it. */
function Mark({ it, chosen, peak, end, last }: { it: Placed; chosen: boolean; peak: boolean; end: boolean; last: boolean }) {
  const { t } = useWords();
  const names = [peak && t("record.peak"), end && t("record.end")].filter(Boolean).join("·");
  const low = it.y < 34;
  return (
    <g className={`line-mark ${it.point.stated ? "stated" : ""} ${it.point.score !== null && it.point.score < 3 ? "low" : ""} ${chosen ? "chosen" : ""}`}>
      <line className="line-stem" x1={it.x} x2={it.x} y1={it.y} y2={it.level} />
      {it.point.score === null ? (
        <line className="line-unknown" x1={it.x} x2={it.x} y1={it.y - 5} y2={it.y + 5} />
      ) : peak ? (
        <path d={`M${it.x} ${it.y - 6} l6 6 l-6 6 l-6 -6 Z`} />
      ) : (
        <circle cx={it.x} cy={it.y} r={4} />
      )}
      {end && <circle className="line-ring" cx={it.x} cy={it.y} r={8} />}
      {names && (
        <text className="line-name" x={last ? it.x + 8 : it.x} y={low ? it.y + 22 : it.y - 12} textAnchor={last ? "end" : "middle"}>
          {names}
        </text>
      )}
    </g>
  );
}
