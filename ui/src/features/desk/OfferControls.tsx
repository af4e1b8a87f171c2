import { Popover } from "antd";
import { useState } from "react";
import type { Assignment } from "../../api/types";
import { useWords } from "../../i18n";
import { deskPhone } from "../../phone/phone";
import { useVerbs, usePhone } from "./hooks";
import { useDeskKey } from "./keys";
import { ReasonMenu } from "./ReasonMenu";

const why = ["not_mine", "conflict", "unfinished", "equipment"] as const;

/** Answer and decline, with a reason or without. Answering is answering the phone; pressed before it rings, it waits
 *  for the ring. */
export function OfferControls({ assignment }: { assignment: Assignment }) {
  const { t } = useWords();
  const phone = usePhone();
  const { busy, run } = useVerbs(assignment);
  const [pressed, setPressed] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const usable = phone.stage !== "blocked" && phone.stage !== "off";
  const answer = () => {
    setPressed(true);
    deskPhone.answer(assignment.id);
  };
  const answering = pressed && (phone.wanted === assignment.id || phone.call?.state === "answering");
  const decline = (reason = "") => {
    setChoosing(false);
    void run("decline", { reason });
  };
  useDeskKey("answer", usable && !answering ? answer : null);
  useDeskKey("decline", () => decline());
  useDeskKey("declineWhy", () => setChoosing(true));
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
      <button type="button" className="decline" onClick={() => decline()} disabled={busy !== ""} data-testid="decline">
        {t("desk.decline")} <kbd>F4</kbd>
      </button>
      <Popover
        open={choosing}
        onOpenChange={(open) => !open && setChoosing(false)}
        trigger="click"
        placement="bottomRight"
        destroyOnHidden
        title={t("desk.declineWhy")}
        content={
          <ReasonMenu
            reasons={why.map((id) => ({ id, names: { zh: t(`desk.why_${id}`), en: t(`desk.why_${id}`) } }))}
            choose={(reason) => decline(reason.id)}
            title={t("desk.declineWhy")}
          />
        }
      >
        <button
          type="button"
          className="decline-why"
          onClick={() => setChoosing(true)}
          disabled={busy !== ""}
          aria-label={t("desk.declineWhy")}
          title={t("desk.declineWhy")}
          data-testid="decline-why"
        >
          <span aria-hidden>▾</span>
        </button>
      </Popover>
    </div>
  );
}
