import { useWords } from "../../../i18n";
import { useWarnings, useWarningWords } from "./warnings";

/** Above the tables of what routing is made of; quiet when nothing is wrong. */
export function Warnings({ kind }: { kind: string }) {
  const { t } = useWords();
  const warnings = useWarnings(kind);
  const inWords = useWarningWords();
  if (warnings.length === 0) return null;
  return (
    <section className="routing-warnings" role="status" data-testid="routing-warnings">
      <strong>{t("routing.warnTitle")}</strong>
      <ul>
        {warnings.slice(0, 20).map((warning) => (
          <li key={`${warning.queue}/${warning.rule}/${warning.site}`} data-queue={warning.queue}>
            {inWords(warning)}
          </li>
        ))}
      </ul>
    </section>
  );
}
