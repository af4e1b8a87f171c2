import type { Assignment } from "../../api/types";
import { useWords } from "../../i18n";
import { asked, situation } from "./transfer/company";
import { companyName } from "./transfer/Company";

/** What goes on, in two words: the first thing that is read. */
export function Headline({ assignment }: { assignment: Assignment }) {
  const { t } = useWords();
  return <>{headline(assignment, t)}</>;
}

function headline(assignment: Assignment, t: ReturnType<typeof useWords>["t"]): string {
  const { state, callback } = assignment;
  const consulted = assignment.role === "consulted";
  const owner = assignment.owner_name || t("transfer.somebody");
  switch (state) {
    case "offered":
      return consulted ? t("transfer.consultedOffer", { name: owner }) : t(callback ? "callback.offered" : "desk.offered");
    case "connecting":
      return t(assignment.direction === "out" && !consulted ? "desk.calling" : "desk.connecting");
    case "wrap_up":
      return `${t("desk.wrap_up")} · ${t(endWords(assignment.end_cause))}`;
  }
  const side = asked(assignment);
  switch (situation(assignment)) {
    case "asking":
      return t(side?.state === "waiting" ? "transfer.askingQueue" : "transfer.asking", { name: side ? companyName(side) : "" });
    case "consulting":
      return t("transfer.consulting", { name: consulted ? owner : side ? companyName(side) : "" });
    case "conference":
      return assignment.consults.length > 1 || (consulted && assignment.consults.length > 0)
        ? t("transfer.conferenceMany", { count: assignment.consults.length + (consulted ? 3 : 2) })
        : t("transfer.conference");
    case "aside":
      return t("transfer.aside");
    case "with_customer":
      return consulted ? t("transfer.consulting", { name: owner }) : t("desk.active");
    default:
      return t(state === "held" ? "desk.held" : "desk.active");
  }
}

function endWords(cause: string) {
  switch (cause) {
    case "customer":
      return "desk.endedCustomer";
    case "agent":
    case "hangup":
      return "desk.endedAgent";
    case "transfer":
      return "transfer.ended";
    case "cancelled":
    case "owner_left":
    case "left":
      return "transfer.endedConsult";
    case "engine_lost":
    case "lost":
    case "unknown":
      return "desk.endedEngine";
    default:
      return "desk.endedOther";
  }
}
