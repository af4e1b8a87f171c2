/** Contacts in words. */

import type { ContactRecord, ContactRow } from "../../api/types";
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

export function callerWords(row: Pick<ContactRow, "number" | "erased" | "customer">): string {
  return row.customer?.name || phoneNumber(row.number) || t(row.erased ? "contacts.erased" : "contacts.withheld");
}

/** All who talked with the customer, in order. */
export function agentsOf(contact: ContactRecord): string {
  const talked = contact.assignments.filter((each) => each.connected_at !== null);
  return [...new Set(talked.map((each) => each.agent_name || each.agent))].join(" → ") || contact.agent_name;
}
