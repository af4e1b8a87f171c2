/** Contacts in words. */

import type { ContactRow, Happening, Names } from "../../api/types";
import { phoneNumber } from "../../components/format";
import { maybe, t } from "../../i18n";

export function outcomeWords(outcome: string): string {
  return maybe(`contacts.o_${outcome}`, outcome);
}

export function causeWords(cause: string): string {
  return cause ? maybe(`contacts.c_${cause}`, cause) : "";
}

/** Which outcomes ask for a second look. */
export function isLoud(outcome: string): boolean {
  return outcome === "abandoned" || outcome === "lost" || outcome === "failed";
}

export function callerWords(row: Pick<ContactRow, "number" | "withheld" | "customer">): string {
  return row.customer?.name || phoneNumber(row.number) || t("contacts.withheld");
}

/** One event of the journal in the reader's language; an event of a newer server keeps the server's words. */
export function happeningWords(
  event: Happening,
  named: (names: Partial<Names> | undefined) => string,
  step?: Partial<Names>,
): string {
  const detail = event.detail;
  const text = (name: string) => (typeof detail[name] === "string" ? detail[name] : "");
  const why = text("why") && maybe(`contacts.w_${text("why")}`, text("why"));
  switch (event.kind) {
    case "ContactArrived":
      return text("direction") === "out" ? t("contacts.t_out") : t("contacts.t_ContactArrived", { entry_name: text("entry_name") });
    case "DialogueMoved": {
      const via = text("via");
      const pressed = via.length === 1 ? t("contacts.t_key", { via }) : maybe(`contacts.t_${via}`, "");
      const what = [pressed, named(step) || text("node")].filter(Boolean).join(" · ");
      return t("contacts.t_DialogueMoved", { what });
    }
    case "VisitStarted":
      return text("queue") ? t("contacts.t_VisitStarted", { queue_name: text("queue_name") }) : t("contacts.t_VisitStartedOwn");
    case "DispositionSet":
      return t("contacts.t_DispositionSet", { disposition: named(detail.disposition_names as Partial<Names> | undefined) });
    case "VisitEnded":
      return t("contacts.t_VisitEnded", { outcome: outcomeWords(text("outcome")) });
    case "ContactEnded":
      return t("contacts.t_ContactEnded", { cause: causeWords(text("cause")) });
    default:
      return maybe(`contacts.t_${event.kind}`, event.words, { ...detail, why });
  }
}
