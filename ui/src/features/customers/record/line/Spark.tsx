import "./spark.css";
import { useWords } from "../../../../i18n";

/** The last levels of an experience line, small; the middle is drawn, so that high and low are seen without numbers. */
export function Spark({ levels, falling, width = 92, height = 24 }: { levels: number[]; falling: boolean; width?: number; height?: number }) {
  const { t } = useWords();
  const y = (level: number) => 3 + ((5 - level) / 4) * (height - 6);
  const step = levels.length > 1 ? (width - 8) / (levels.length - 1) : 0;
  const x = (n: number) => 4 + n * step;
  const last = levels.length - 1;
  return (
    <svg
      className={`spark ${falling ? "falling" : ""}`}
      width={width}
      height={height}
      role="img"
      aria-label={t("recovery.spark", { levels: levels.map((level) => level.toFixed(1)).join(" → ") })}
    >
      <line className="line-middle" x1={0} x2={width} y1={y(3)} y2={y(3)} />
      <polyline points={levels.map((level, n) => `${x(n).toFixed(1)},${y(level).toFixed(1)}`).join(" ")} />
      {last >= 0 && <circle cx={x(last)} cy={y(levels[last] ?? 3)} r={2.5} />}
    </svg>
  );
}
