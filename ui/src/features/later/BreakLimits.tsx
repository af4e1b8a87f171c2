import { listed, useWords } from "../../i18n";
import { useCollection } from "../../live/hooks";
import { floorStream } from "../../live/stream";
import type { BreakLimit } from "./shapes";
import "./later.css";

/** How many of each team or queue are away, of how many may be; nothing while nobody has set a limit. */
export function BreakLimits() {
  const { t } = useWords();
  const limits = useCollection<BreakLimit>(floorStream, "breaks").filter((limit) => limit.reasons.length > 0);
  if (limits.length === 0) return null;
  return (
    <section aria-label={t("later.breaks")}>
      <ul className="break-limits" data-testid="break-limits">
        <li>{t("later.breaks")}</li>
        {limits.map((limit) => (
          <li
            key={`${limit.scope} ${limit.id}`}
            className={limit.away >= limit.most ? "over" : ""}
            title={listed(limit.names) || t("later.breakNobody")}
          >
            {t("later.breakOf", { name: limit.name, away: limit.away, most: limit.most })}
          </li>
        ))}
      </ul>
    </section>
  );
}
