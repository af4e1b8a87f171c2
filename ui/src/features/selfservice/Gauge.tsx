import { percent } from "../../components/format";
import { useWords } from "../../i18n";

/** Containment against its target, as a bar with a mark: readable without colour. */
export function Gauge({ value, target, small = false }: { value: number | null; target: number; small?: boolean }) {
  const { t } = useWords();
  const below = value !== null && value < target;
  const words = t("selfservice.gauge", { value: percent(value), target: percent(target) });
  return (
    <span className={`ss-gauge ${small ? "small" : ""}`} role="img" aria-label={words} title={words} data-testid="gauge" data-value={value ?? ""}>
      <strong className={below ? "over" : ""}>{percent(value)}</strong>
      <span className="ss-gauge-bar">
        <span className={below ? "below" : ""} style={{ width: `${Math.round((value ?? 0) * 100)}%` }} />
        <i style={{ left: `${target * 100}%` }} />
      </span>
      {!small && <span className="faint">{t("selfservice.target", { value: percent(target) })}</span>}
    </span>
  );
}
