import { Button } from "antd";
import { Link } from "react-router";
import { useWords, type WordKey } from "../../i18n";
import type { Obstacle } from "../../phone/machine";
import { deskPhone } from "../../phone/phone";
import { usePhone } from "./hooks";

export const troubleWords: Record<Obstacle, [WordKey, WordKey]> = {
  microphone_refused: ["desk.microphoneRefused", "desk.microphoneRefusedHelp"],
  microphone_missing: ["desk.microphoneMissing", "desk.microphoneMissingHelp"],
  microphone_busy: ["desk.microphoneBusy", "desk.microphoneBusyHelp"],
  insecure: ["desk.insecure", "desk.insecureHelp"],
  no_webrtc: ["desk.noWebrtc", "desk.noWebrtcHelp"],
  elsewhere: ["desk.elsewhere", "desk.elsewhereHelp"],
  no_phone: ["desk.noPhone", "desk.noPhoneHelp"],
};

/** What keeps this phone from ringing, and what the person can do about it. */
export function PhoneTrouble() {
  const { t } = useWords();
  const { stage, obstacle, silent } = usePhone();
  if (silent) return <Silent />;
  if (stage !== "blocked" || obstacle === "") return null;
  const [what, help] = troubleWords[obstacle];
  return (
    <div className={`trouble ${obstacle === "elsewhere" ? "" : "loud"}`} role="alert" data-testid="phone-trouble">
      <div>
        <strong>{t(what)}</strong>
        <p>{t(help)}</p>
      </div>
      {obstacle === "elsewhere" ? (
        <Button onClick={() => deskPhone.takeOver()} data-testid="take-over">
          {t("desk.takeOver")}
        </Button>
      ) : obstacle === "insecure" ? (
        <Link to="/trust">{t("desk.insecureLink")}</Link>
      ) : obstacle === "no_webrtc" ? null : (
        <Button onClick={() => deskPhone.tryAgain()} data-testid="phone-try-again">
          {t("common.tryAgain")}
        </Button>
      )}
    </div>
  );
}

/** A press anywhere will do; the button is for those who look for one. */
function Silent() {
  const { t } = useWords();
  return (
    <div className="trouble loud" role="alert" data-testid="phone-silent">
      <div>
        <strong>{t("audio.silent")}</strong>
        <p>{t("audio.silentHelp")}</p>
      </div>
      <Button>{t("audio.sound")}</Button>
    </div>
  );
}
