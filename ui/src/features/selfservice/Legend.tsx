import { useWords } from "../../i18n";
import { levels, type Measure } from "./measures";

/** The five steps with their numbers; where there is nothing to say a box is hatched by a dash. */
export function Legend({ measure, most }: { measure: Measure; most: number }) {
  const { t } = useWords();
  return (
    <span className="ss-legend" title={t(measure.note)}>
      {Array.from({ length: levels }, (_, n) => (
        <span key={n} className={`ss-swatch ${measure.much} l${n + 1}`}>
          ≤ {measure.shown((most * (n + 1)) / levels)}
        </span>
      ))}
      <span className="faint">{t("selfservice.nothing")}</span>
    </span>
  );
}
