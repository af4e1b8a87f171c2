import { instant } from "../../components/format";
import { useWords } from "../../i18n";
import type { Counted } from "./shapes";

/** How many, and how far that can be relied on. */
export function Count({ counted, testid }: { counted: Counted | null | undefined; testid?: string }) {
  const { t } = useWords();
  if (!counted) return <span className="faint">{t("segments.counting")}</span>;
  if (counted.count === null) return <span className="quiet">{t("segments.tooSlow")}</span>;
  const many = counted.count.toLocaleString();
  return (
    <span data-testid={testid} className="segments-count">
      {counted.how === "more_than" ? t("segments.moreThan", { count: counted.count, many }) : many}
      {counted.how === "known" && <span className="quiet"> {t("segments.asOf", { time: instant(counted.at) })}</span>}
    </span>
  );
}
