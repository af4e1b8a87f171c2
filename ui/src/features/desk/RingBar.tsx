import { useEffect } from "react";
import { useNavigate } from "react-router";
import { phoneNumber } from "../../components/format";
import { useWords } from "../../i18n";
import { deskPhone } from "../../phone/phone";
import { announce, startFlashing, startRinging, stopFlashing, stopRinging } from "../../phone/ring";
import "./desk.css";
import { Headline } from "./Headline";
import { useCurrentAssignment, usePhone } from "./hooks";

/** Sound and title wherever one is in the house; away from the desk also a bar that leads back to it. */
export function RingBar({ hidden }: { hidden: boolean }) {
  // Who never opened the desk in this tab has no phone here, and no stream to listen to.
  const phone = usePhone();
  return phone.stage === "off" ? null : <Ringing hidden={hidden} />;
}

function Ringing({ hidden }: { hidden: boolean }) {
  const { t } = useWords();
  const phone = usePhone();
  const navigate = useNavigate();
  const assignment = useCurrentAssignment();
  const offered = assignment?.state === "offered";
  const number = assignment ? phoneNumber(assignment.caller.number) || t("desk.withheld") : "";
  // One tab holds the phone; only that one makes a sound. Once answering, it is quiet.
  const sounds = offered && phone.stage !== "blocked" && phone.call?.state !== "answering" && phone.wanted === "";
  const auto = assignment?.auto === true;
  useEffect(() => {
    if (!sounds) return;
    if (auto) {
      announce();
      return;
    }
    startRinging();
    return stopRinging;
  }, [sounds, auto]);
  const flashing = offered ? `📞 ${t("desk.ringTitle", { number })}` : "";
  useEffect(() => {
    if (!flashing) return;
    startFlashing(flashing);
    return stopFlashing;
  }, [flashing]);
  if (hidden || !assignment) return null;
  return (
    <div className={`ring-bar ${assignment.state}`} data-testid="ring-bar">
      <strong>
        <Headline assignment={assignment} />
      </strong>
      <span>{number}</span>
      <span>{assignment.queue_name}</span>
      <button
        type="button"
        onClick={() => {
          if (offered) deskPhone.answer(assignment.id);
          void navigate("/desk");
        }}
      >
        {t(offered ? "desk.answer" : "desk.goToDesk")}
      </button>
    </div>
  );
}
