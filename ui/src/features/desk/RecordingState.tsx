import type { Assignment } from "../../api/types";
import { useWords } from "../../i18n";

export function RecordingState({ recording }: { recording: Assignment["recording"] }) {
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
