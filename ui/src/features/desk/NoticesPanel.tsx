import { Button } from "antd";
import { useState } from "react";
import type { Notice } from "../../api/types";
import { instant, phoneNumber } from "../../components/format";
import { useWords } from "../../i18n";
import { codeWords } from "../../i18n/explain";
import { useCollection, useNow } from "../../live/hooks";
import { deskStream } from "../../live/stream";
import { useCurrentAssignment, useDial } from "./hooks";
import { isPassed, noticeWords } from "./notices";
import type { DeskPanel } from "./panel";
import { PhoneTrouble } from "./PhoneTrouble";

function Notices() {
  const all = useCollection<Notice>(deskStream, "notices");
  const assignment = useCurrentAssignment();
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  // A lost call is told where its wrap-up is; twice is no clearer than once.
  const told = (notice: Notice) => assignment?.call_back && callBack(notice) === assignment.call_back;
  const now = useNow();
  const open = all.filter((notice) => !dismissed.has(notice.id) && !told(notice) && !isPassed(notice, now));
  return (
    <>
      <PhoneTrouble />
      {open.map((notice) => (
        <One key={notice.id} notice={notice} dismiss={() => setDismissed(new Set([...dismissed, notice.id]))} />
      ))}
    </>
  );
}

function callBack(notice: Notice): string {
  const number = notice.detail.call_back ?? notice.detail.number;
  return typeof number === "string" ? number : "";
}

function One({ notice, dismiss }: { notice: Notice; dismiss: () => void }) {
  const { t } = useWords();
  const assignment = useCurrentAssignment();
  const { busy, dial } = useDial();
  const words = noticeWords(notice, t) || codeWords(notice.code, `${t("desk.noticeUnknown")} ${notice.code}`);
  const number = callBack(notice);
  const idle = assignment === null || assignment.state === "wrap_up";
  return (
    <div className={`trouble ${notice.level === "info" ? "" : "loud"}`} role="alert" data-testid="notice" data-code={notice.code}>
      <div>
        <strong>{words}</strong>{" "}
        <span className="faint">{instant(notice.at)}</span>
        {number && <p>{t("desk.noticeEngineLostDo")}</p>}
      </div>
      {number && (
        <Button
          type="primary"
          loading={busy}
          disabled={!idle}
          data-testid="call-back"
          onClick={() => void dial(number, assignment).then((done) => done && dismiss())}
        >
          {t("desk.callBack", { number: phoneNumber(number) })}
        </Button>
      )}
      <Button type="text" onClick={dismiss} data-testid="notice-dismiss">
        {t("desk.noticeDismiss")}
      </Button>
    </div>
  );
}

export const noticesPanel: DeskPanel = { id: "notices", place: "notices", Panel: Notices, keys: {} };
