import type { Happening } from "../../api/types";
import { useWords } from "../../i18n";

/** Under an offer: why this agent, sentence by sentence; the offer's own text where the server has no words for it. */
export function WhyThisAgent({ detail }: { detail: Happening["detail"] }) {
  const { t, language } = useWords();
  const words = detail.why_words as Partial<Record<typeof language, string[]>> | undefined;
  const sentences = words?.[language] ?? [];
  const raw = typeof detail.why === "string" ? detail.why : "";
  if (!sentences.length) return raw ? <small title={t("contacts.why")}>{raw}</small> : null;
  return (
    <details className="why" data-testid="why">
      <summary>{t("contacts.why")}</summary>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {raw && (
        <code title={t("contacts.whyRaw")} lang="en">
          {raw}
        </code>
      )}
    </details>
  );
}
