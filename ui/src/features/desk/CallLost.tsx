import { Button } from "antd";
import type { Assignment } from "../../api/types";
import { phoneNumber } from "../../components/format";
import { useWords } from "../../i18n";
import { useDial, usePhone } from "./hooks";

/** The call broke off by our fault: say so, and call back with one press. */
export function CallLost({ assignment }: { assignment: Assignment }) {
  const { t } = useWords();
  const phone = usePhone();
  const { busy, dial } = useDial();
  const number = assignment.call_back ?? "";
  return (
    <div className="trouble loud" role="alert" data-testid="call-lost">
      <div>
        <strong>{t("desk.noticeEngineLost")}</strong> {t("desk.noticeEngineLostDo")}
      </div>
      <Button
        type="primary"
        loading={busy}
        disabled={phone.stage !== "registered"}
        onClick={() => void dial(number, assignment)}
        data-testid="call-back-lost"
      >
        {t("desk.callBack", { number: phoneNumber(number) })}
      </Button>
    </div>
  );
}
