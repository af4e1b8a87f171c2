import { useWords } from "../../../i18n";
import { useWarnings, useWarningWords, type Warning } from "./warnings";

/** Above the tables of what routing is made of; quiet when nothing is wrong. */
export function Warnings({ kind }: { kind: string }) {
  const { t } = useWords();
  const warnings = useWarnings(kind);
  const lost = warnings.filter((each) => each.code === "overflow.no_way");
  const waits = warnings.filter((each) => each.code !== "overflow.no_way");
  return (
    <>
      <Told title={t("routing.warnTitle")} warnings={waits} />
      {kind === "queues" && <Told title={t("routing.warnNoWayTitle")} warnings={lost} />}
    </>
  );
}

function Told({ title, warnings }: { title: string; warnings: Warning[] }) {
  const inWords = useWarningWords();
  if (warnings.length === 0) return null;
  return (
    <section className="routing-warnings" role="status" data-testid="routing-warnings">
      <strong>{title}</strong>
      <ul>
        {warnings.slice(0, 20).map((warning) => (
          <li key={Object.values(warning).map(String).join("/")} data-queue={warning.queue}>
            {inWords(warning)}
          </li>
        ))}
      </ul>
    </section>
  );
}
