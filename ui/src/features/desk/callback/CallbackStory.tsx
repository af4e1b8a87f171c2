import type { Assignment } from "../../../api/types";
import { instant } from "../../../components/format";
import { useWords } from "../../../i18n";

/** Why this customer is being called: somebody promised it. */
export function CallbackStory({ callback }: { callback: NonNullable<Assignment["callback"]> }) {
  const { t } = useWords();
  return (
    <div className="handed" data-testid="callback-story">
      <strong>{t("callback.story")}</strong>
      {callback.attempt > 1 && <span className="quiet">{t("callback.attempt", { count: callback.attempt })}</span>}
      {callback.at && <span className="quiet">{t("callback.planned", { time: instant(callback.at) })}</span>}
      {callback.note && <p>{callback.note}</p>}
    </div>
  );
}
