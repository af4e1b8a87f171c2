import { useState } from "react";
import type { Assignment } from "../../api/types";
import { useWords } from "../../i18n";
import { deskPhone } from "../../phone/phone";
import { useVerbs, usePhone } from "./hooks";
import { useDeskKey } from "./keys";

/** Answer and decline. Answering is answering the phone; pressed before it rings, it waits for the ring. */
export function OfferControls({ assignment }: { assignment: Assignment }) {
  const { t } = useWords();
  const phone = usePhone();
  const { busy, run } = useVerbs(assignment);
  const [pressed, setPressed] = useState(false);
  const usable = phone.stage !== "blocked" && phone.stage !== "off";
  const answer = () => {
    setPressed(true);
    deskPhone.answer(assignment.id);
  };
  const answering = pressed && (phone.wanted === assignment.id || phone.call?.state === "answering");
  useDeskKey("answer", usable && !answering ? answer : null);
  useDeskKey("decline", () => void run("decline"));
  return (
    <div className="offer-controls">
      {assignment.auto && (
        <p className="auto-soon" role="alert" data-testid="auto-soon">
          <strong>{t("transfer.auto")}</strong> {t("transfer.autoSoon")}
        </p>
      )}
      <button type="button" className="answer" onClick={answer} disabled={!usable || answering} data-testid="answer">
        {t(answering ? "desk.answering" : "desk.answer")} <kbd>F2</kbd>
      </button>
      <button type="button" className="decline" onClick={() => void run("decline")} disabled={busy !== ""} data-testid="decline">
        {t("desk.decline")} <kbd>F4</kbd>
      </button>
    </div>
  );
}
