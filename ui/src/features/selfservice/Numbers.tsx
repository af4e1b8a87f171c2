import { duration, percent } from "../../components/format";
import { useWords } from "../../i18n";
import type { FlowFigures } from "./shapes";

/** What became of callers, in a row; each contact stands in one of the first five. */
export function Numbers({ it, currency }: { it: FlowFigures; currency: string }) {
  const { t } = useWords();
  const one = (words: string, value: string, note = "") => (
    <div title={note || undefined}>
      <dt>{words}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <dl className="ss-numbers" data-testid="numbers">
      {one(t("selfservice.contacts"), String(it.contacts))}
      {one(t("selfservice.contained"), String(it.contained), t("selfservice.containedNote"))}
      {one(t("selfservice.handed"), String(it.handed), t("selfservice.handedNote"))}
      {one(t("selfservice.lost"), String(it.lost), t("selfservice.lostNote"))}
      {one(t("selfservice.later"), String(it.later))}
      {one(t("selfservice.finished"), String(it.finished), t("selfservice.finishedNote"))}
      {one(t("selfservice.queries"), String(it.queries))}
      {one(t("selfservice.transactions"), String(it.transactions))}
      {it.before_person_mean !== null && one(t("selfservice.beforePerson"), duration(it.before_person_mean))}
      {it.satisfaction !== null && one(t("selfservice.m_satisfaction"), percent(it.satisfaction), t("selfservice.n_satisfaction"))}
      {one(t("selfservice.all"), percent(it.containment_all), t("selfservice.allNote"))}
      {it.saved !== null && one(t("selfservice.saved"), `${currency} ${it.saved.toLocaleString()}`, t("selfservice.savedNote"))}
    </dl>
  );
}
