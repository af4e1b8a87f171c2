import { Popconfirm } from "antd";
import { api, pathId } from "../../../api/client";
import type { Assignment } from "../../../api/types";
import { instant } from "../../../components/format";
import { useWords } from "../../../i18n";
import type { Open } from "../CallControls";
import { Control } from "../Control";
import { useDoing } from "../hooks";
import { useDeskKey } from "../keys";

/** Opens the promise; once made, it stands in its place, and can be taken back. Who shows no number cannot be called. */
export function CallbackControl(props: { assignment: Assignment; open: Open; setOpen: (open: Open) => void }) {
  const { assignment, open, setOpen } = props;
  const { busy, run } = useDoing<"cancel">();
  const promised = assignment.role === "owner" ? assignment.promised : null;
  const { t } = useWords();
  const { withheld, number } = assignment.caller;
  const possible = !withheld && number !== "" && !number.startsWith("web-") && assignment.role === "owner";
  const toggle = () => setOpen(open === "callback" ? "" : "callback");
  useDeskKey("callback", possible && !promised ? toggle : null);
  if (promised) {
    return (
      <span className="promised" role="status" data-testid="callback-done">
        ✓ {t("callback.done", { when: promised.at === null ? t("callback.turn") : instant(promised.at) })}{" "}
        <Popconfirm
          title={t("callback.cancelAsk")}
          onConfirm={() => void run("cancel", () => api.delete(`/desk/assignments/${pathId(assignment.id)}/callback`))}
        >
          <button type="button" className="linkish" disabled={busy !== ""} data-testid="callback-cancel">
            {t("callback.cancel")}
          </button>
        </Popconfirm>
      </span>
    );
  }
  return (
    <Control
      test="callback"
      combo="Alt+KeyL"
      on={open === "callback"}
      disabled={!possible}
      run={toggle}
      title={possible ? undefined : t("callback.noNumber")}
    >
      {t("callback.schedule")}
    </Control>
  );
}
