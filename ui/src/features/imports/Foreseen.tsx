import { useWords } from "../../i18n";
import type { OneImport } from "./shapes";

const parts = ["new", "changed", "same", "bad"] as const;

/** What would become of the rows, before any is brought in: one bar of all of them, and each part in words. */
export function Foreseen({ job }: { job: OneImport }) {
  const { t } = useWords();
  const rows = Math.max(1, job.rows);
  return (
    <figure className="imports-foreseen" data-testid="import-foreseen">
      <div className="imports-bar" aria-hidden>
        {parts.map((part) => job[part] > 0 && <span key={part} className={`imports-${part}`} style={{ flexGrow: job[part] / rows }} />)}
      </div>
      <dl>
        {parts.map((part) => (
          <div key={part} className={job[part] === 0 ? "imports-none" : ""}>
            <dt>
              <i className={`imports-${part}`} aria-hidden />
              {t(`imports.would_${part}`)}
            </dt>
            <dd data-testid={`import-would-${part}`}>{job[part].toLocaleString()}</dd>
          </div>
        ))}
      </dl>
      {job.shared > 0 && <figcaption data-testid="import-shared">{t("imports.shared", { rows: job.shared.toLocaleString() })}</figcaption>}
    </figure>
  );
}
