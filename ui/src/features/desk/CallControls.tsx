import { useState } from "react";
import type { Assignment } from "../../api/types";
import { useWords } from "../../i18n";
import { deskPhone } from "../../phone/phone";
import { CallbackControl } from "./callback/CallbackControl";
import { Control } from "./Control";
import { useVerbs, usePhone } from "./hooks";
import { useDeskKey } from "./keys";
import { Keypad } from "./Keypad";
import { useCompany } from "./transfer/actions";
import { can, leaving, onLine, type Leaving } from "./transfer/company";

/** What stands below the controls in place of the conclusion. */
export type Open = "" | "transfer" | "callback";

/** Everything one does during a call; each button says its key. */
export function CallControls(props: { assignment: Assignment; open: Open; setOpen: (open: Open) => void }) {
  const { assignment, open, setOpen } = props;
  const { t } = useWords();
  const phone = usePhone();
  const { busy, run } = useVerbs(assignment);
  const company = useCompany(assignment);
  const [keypad, setKeypad] = useState(false);
  const { state, recording } = assignment;
  const talking = onLine(assignment);
  const owner = assignment.role === "owner";
  const may = can(assignment);
  const here = phone.call !== null;
  const muted = phone.call?.muted ?? false;
  const way = leaving(assignment);

  const hold = () => void run(state === "held" ? "resume" : "hold");
  const transfer = () => setOpen(open === "transfer" ? "" : "transfer");
  const mute = () => deskPhone.mute(!muted);
  const leave = () => void (way === "end_consult" || way === "cancel_consult" ? company.end() : run("hang_up"));
  const record = () => void run(recording === "paused" ? "resume_recording" : "pause_recording");
  const mayPause = owner && talking && (recording === "on" || recording === "paused");
  const mayHand = may.transfer || may.consult;

  useDeskKey("hold", may.hold ? hold : null);
  useDeskKey("transfer", mayHand ? transfer : null);
  useDeskKey("mute", talking && here ? mute : null);
  useDeskKey("hangUp", leave);
  useDeskKey("keypad", talking && here ? () => setKeypad((was) => !was) : null);
  useDeskKey("recording", mayPause ? record : null);

  return (
    <div className="controls-box">
      <div className="controls">
        {owner && (may.hold || !talking) && (
          <Control test="hold" combo="F8" on={state === "held"} disabled={!may.hold || busy !== ""} run={hold} tone="held">
            {t(state === "held" ? "desk.resume" : "desk.hold")}
          </Control>
        )}
        {owner && (mayHand || !talking) && (
          <Control test="transfer" combo="F6" on={open === "transfer"} disabled={!mayHand} run={transfer}>
            {t("transfer.transfer")}
          </Control>
        )}
        <Control test="mute" combo="F9" on={muted} disabled={!talking || !here} run={mute} tone="over">
          {t(muted ? "desk.unmute" : "desk.mute")}
        </Control>
        <Control test="keypad" combo="F7" on={keypad} disabled={!talking || !here} run={() => setKeypad(!keypad)}>
          {t("desk.keypad")}
        </Control>
        {owner && (
          <>
            <Control
              test="pause-recording"
              combo="Alt+KeyP"
              on={recording === "paused"}
              disabled={!mayPause || busy !== ""}
              run={record}
              tone="held"
            >
              {t(recording === "paused" ? "desk.resumeRecording" : "desk.pauseRecording")}
            </Control>
            <CallbackControl assignment={assignment} open={open} setOpen={setOpen} />
          </>
        )}
        <button
          type="button"
          className="hang-up"
          onClick={leave}
          disabled={busy === "hang_up" || company.busy === "end"}
          title={way === "leave_conference" ? t("transfer.leaveConferenceHint") : undefined}
          data-testid="hang-up"
          data-leaving={way}
        >
          {t(leavingWords[way])} <kbd>F10</kbd>
        </button>
      </div>
      {keypad && talking && <Keypad />}
    </div>
  );
}

const leavingWords = {
  hang_up: "desk.hangUp",
  end_consult: "transfer.endConsult",
  cancel_consult: "transfer.cancelConsult",
  leave_conference: "transfer.leaveConference",
  leave_consult: "transfer.leaveConsult",
} as const satisfies Record<Leaving, string>;
