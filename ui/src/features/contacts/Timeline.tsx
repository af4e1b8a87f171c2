import type { ContactRecord } from "../../api/types";
import { duration, fullInstant } from "../../components/format";
import { useWords } from "../../i18n";
import { WhyThisAgent } from "./WhyThisAgent";

const tones: Record<string, string> = {
  VisitStarted: "wait",
  VisitRequeued: "wait",
  CallbackRequested: "wait",
  AssignmentOffered: "ring",
  PartyCalled: "ring",
  AssignmentConnected: "talk",
  AssignmentResumed: "talk",
  ConsultAnswered: "talk",
  ConsultJoined: "talk",
  VisitTakenOver: "talk",
  PartyAnswered: "talk",
  PartyJoined: "talk",
  AssignmentHeld: "held",
  AssignmentParked: "held",
  PartyHeld: "held",
  WrapUpStarted: "wrap",
  AssignmentTimedOut: "over",
  AssignmentDeclined: "over",
  ConnectionLost: "over",
  Overflowed: "over",
};

/** Every event of the contact with the time since its first second; the colours are those of the states. An event
 *  without words is told by the one beside it. */
export function Timeline({ contact }: { contact: ContactRecord }) {
  const { named } = useWords();
  return (
    <ol className="timeline" data-testid="timeline">
      {contact.timeline
        .filter((event) => named(event.words))
        .map((event, index) => (
          <li key={index} className={tones[event.kind] ?? ""} data-kind={event.kind}>
            <time title={fullInstant(event.at)}>{duration(event.at - contact.at)}</time>
            <span>
              {named(event.words)}
              {event.kind === "AssignmentOffered" && <WhyThisAgent detail={event.detail} />}
            </span>
          </li>
        ))}
    </ol>
  );
}
