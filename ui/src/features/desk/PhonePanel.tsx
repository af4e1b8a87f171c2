import { Popover } from "antd";
import { useEffect } from "react";
import { useTell } from "../../components/useTell";
import { useWords, type WordKey } from "../../i18n";
import type { PhoneState } from "../../phone/machine";
import { deskPhone } from "../../phone/phone";
import { AudioSettings } from "./audio/AudioSettings";
import { usePhone } from "./hooks";
import type { DeskPanel } from "./panel";
import { troubleWords } from "./PhoneTrouble";

const stageWords: Record<PhoneState["stage"], WordKey> = {
  off: "desk.phoneOff",
  asking: "desk.phoneAsking",
  connecting: "desk.phoneConnecting",
  registered: "desk.phoneRegistered",
  lost: "desk.phoneLost",
  blocked: "desk.phoneBlocked",
};

function Phone() {
  const { t } = useWords();
  const tell = useTell();
  const phone = usePhone();
  useEffect(() => {
    deskPhone.onKept = () => tell.info(t("desk.kept"));
    deskPhone.onMicrophone = (why) => tell.failed(new Error(t("audio.notChanged", { why: t(troubleWords[why][0]) })));
  });
  useEffect(() => {
    if (phone.broke) tell.failed(new Error(t(phone.broke === "microphone" ? "desk.brokeMicrophone" : "desk.brokeMedia")));
    // Only when it changes; `tell` and `t` are new in each drawing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [phone.broke]);
  const ok = phone.stage === "registered";
  const usable = phone.stage !== "blocked" && phone.stage !== "asking" && phone.stage !== "off";
  return (
    <Popover trigger="click" destroyOnHidden content={usable && <AudioSettings />}>
      <button
        type="button"
        className={`phone-chip ${ok ? "ok" : phone.stage}`}
        data-testid="phone-status"
        data-stage={phone.stage}
        data-obstacle={phone.obstacle}
      >
        <svg width="13" height="13" viewBox="0 0 16 16" aria-hidden>
          <path
            d="M3.2 1.6 5.6 1l1.6 3.6-1.7 1.4a9 9 0 0 0 4.5 4.5l1.4-1.7L15 10.4l-.6 2.4c-.2.8-1 1.3-1.8 1.2A12.6 12.6 0 0 1 2 3.4c-.1-.8.4-1.6 1.2-1.8Z"
            fill="currentColor"
          />
          {!ok && <path d="M1 15 15 1" stroke="currentColor" strokeWidth="1.8" />}
        </svg>
        {t(stageWords[phone.stage])}
      </button>
    </Popover>
  );
}

export const phonePanel: DeskPanel = { id: "phone", place: "strip", Panel: Phone, keys: {} };
