import type { ContactRecord, Happening } from "../../api/types";
import { duration, fullInstant } from "../../components/format";
import { useWords } from "../../i18n";
import { happeningWords } from "./shown";
import { WhyThisAgent } from "./WhyThisAgent";

/** Events that only repeat what the one beside them says. */
const quiet = new Set(["VisitAnswered", "Ticked"]);

const tones: Record<string, string> = {
  VisitStarted: "wait",
  AssignmentOffered: "ring",
  AssignmentConnected: "talk",
  AssignmentResumed: "talk",
  AssignmentHeld: "held",
  WrapUpStarted: "wrap",
  AssignmentTimedOut: "over",
  AssignmentDeclined: "over",
};

/** Every event of the contact with the time since its first second; the colours are those of the states. */
export function Timeline({ contact }: { contact: ContactRecord }) {
  const { named } = useWords();
  const steps = new Map(contact.steps.map((step) => [`${step.at}/${step.node}`, step.words]));
  const words = (event: Happening) =>
    happeningWords(event, named, steps.get(`${event.at}/${String(event.detail.node)}`));
  return (
    <ol className="timeline" data-testid="timeline">
      {contact.timeline
        .filter((event) => !quiet.has(event.kind) && !(event.kind === "VisitEnded" && event.detail.outcome === "answered"))
        .map((event, index) => (
          <li key={index} className={tones[event.kind] ?? ""} data-kind={event.kind}>
            <time title={fullInstant(event.at)}>{duration(event.at - contact.at)}</time>
            <span>
              {words(event)}
              {event.kind === "AssignmentOffered" && <WhyThisAgent detail={event.detail} />}
            </span>
          </li>
        ))}
    </ol>
  );
}
