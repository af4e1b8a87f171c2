import type { Recording } from "../../api/types";
import { useMay } from "../../app/session";
import { duration, instant } from "../../components/format";
import { useWords } from "../../i18n";
import { codeWords } from "../../i18n/explain";
import { isMessage, Player } from "./Player";

export function RecordingBox({ recording }: { recording: Recording }) {
  const { t } = useWords();
  const may = useMay();
  return (
    <div className="recording-box" data-testid="recording-box" data-state={recording.state}>
      {isMessage(recording) && <p className="quiet">{t("contacts.voicemail")}</p>}
      {recording.state === "pending" && <p className="quiet">{t("contacts.recordingPending")}</p>}
      {recording.state === "failed" && (
        <p className="over" role="alert" data-testid="recording-failed">
          {t("contacts.recordingFailed", { why: codeWords(recording.error, recording.error) })}
        </p>
      )}
      {recording.state === "ready" &&
        (may("recordings.play") || (isMessage(recording) && may("voicemail.play")) ? (
          <Player recording={recording} />
        ) : (
          <p className="quiet">
            {instant(recording.started)} · {duration(recording.seconds)} · {t("contacts.mayNotPlay")}
          </p>
        ))}
    </div>
  );
}
