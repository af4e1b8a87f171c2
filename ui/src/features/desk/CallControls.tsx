import { useState, type ReactNode } from "react";
import type { Assignment } from "../../api/types";
import { useWords } from "../../i18n";
import { deskPhone } from "../../phone/phone";
import { useVerbs, usePhone } from "./hooks";
import { keyLabel, useDeskKey } from "./keys";
import { Keypad } from "./Keypad";

/** Everything one does during a call; each button says its key. */
export function CallControls({ assignment }: { assignment: Assignment }) {
  const { t } = useWords();
  const phone = usePhone();
  const { busy, run } = useVerbs(assignment);
  const [keypad, setKeypad] = useState(false);
  const { state, recording } = assignment;
  const talking = state === "active" || state === "held";
  const here = phone.call !== null;
  const muted = phone.call?.muted ?? false;

  const hold = () => void run(state === "held" ? "resume" : "hold");
  const mute = () => deskPhone.mute(!muted);
  const hangUp = () => void run("hang_up");
  const record = () => void run(recording === "paused" ? "resume_recording" : "pause_recording");
  const mayPause = talking && (recording === "on" || recording === "paused");

  useDeskKey("hold", talking ? hold : null);
  useDeskKey("mute", talking && here ? mute : null);
  useDeskKey("hangUp", state === "wrap_up" ? null : hangUp);
  useDeskKey("keypad", talking && here ? () => setKeypad((was) => !was) : null);
  useDeskKey("recording", mayPause ? record : null);

  if (state === "wrap_up") return null;
  return (
    <div className="controls-box">
      <div className="controls">
        <Control test="hold" combo="F8" on={state === "held"} disabled={!talking || busy !== ""} run={hold} tone="held">
          {t(state === "held" ? "desk.resume" : "desk.hold")}
        </Control>
        <Control test="mute" combo="F9" on={muted} disabled={!talking || !here} run={mute} tone="over">
          {t(muted ? "desk.unmute" : "desk.mute")}
        </Control>
        <Control test="keypad" combo="F7" on={keypad} disabled={!talking || !here} run={() => setKeypad(!keypad)}>
          {t("desk.keypad")}
        </Control>
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
        <RecordingState recording={recording} />
        <button type="button" className="hang-up" onClick={hangUp} disabled={busy === "hang_up"} data-testid="hang-up">
          {t("desk.hangUp")} <kbd>F10</kbd>
        </button>
      </div>
      {keypad && talking && <Keypad />}
    </div>
  );
}

function Control(props: {
  test: string;
  combo: string;
  on: boolean;
  disabled: boolean;
  run: () => void;
  tone?: "held" | "over";
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      className={`control ${props.on ? `on ${props.tone ?? ""}` : ""}`}
      aria-pressed={props.on}
      disabled={props.disabled}
      onClick={props.run}
      data-testid={props.test}
    >
      {props.children} <kbd>{keyLabel(props.combo)}</kbd>
    </button>
  );
}

function RecordingState({ recording }: { recording: Assignment["recording"] }) {
  const { t } = useWords();
  const words = {
    on: "desk.recordingOn",
    paused: "desk.recordingPaused",
    failed: "desk.recordingFailed",
    none: "desk.recordingNone",
  } as const;
  return (
    <span className={`recording ${recording}`} data-testid="recording" data-recording={recording} role="status">
      <i aria-hidden /> {t(words[recording])}
    </span>
  );
}
