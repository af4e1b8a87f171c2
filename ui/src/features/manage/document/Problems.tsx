import { useWords } from "../../../i18n";
import { codeWords } from "../../../i18n/explain";
import type { Problem } from "./document";

/** Each with its place, its words, and the line itself. */
export function Problems({ name, problems, count }: { name: string; problems: Problem[]; count: number }) {
  const { t } = useWords();
  return (
    <section role="alert" data-testid="document-problems" data-count={count}>
      <h2 className="document-head over">{t("document.problems", { name, count })}</h2>
      <p className="quiet">
        {t("document.mend")} {count > problems.length && t("document.problemsMore", { shown: problems.length })}
      </p>
      <ol className="document-problems">
        {problems.map((each, index) => {
          const words = codeWords(each.code, each.message);
          return (
            <li key={index}>
              <span className="document-at">{t("document.at", { line: each.line, column: each.column })}</span>
              <span>
                {words} {words !== each.message && <span className="faint">{each.message}</span>}
              </span>
              <code>{each.text}</code>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
