import type { Assignment } from "../../api/types";
import { useWords } from "../../i18n";
import { CallbackControl } from "./callback/CallbackControl";
import type { Open } from "./CallControls";
import { useVerbs } from "./hooks";
import { Control } from "./Control";
import { useDeskKey } from "./keys";

/** What is left to do once the customer has gone: more time, a promise to call. */
export function WrapUpControls(props: { assignment: Assignment; open: Open; setOpen: (open: Open) => void }) {
  const { assignment, open, setOpen } = props;
  const { t } = useWords();
  const { busy, run } = useVerbs(assignment);
  const extend = () => void run("extend_wrap_up");
  useDeskKey("extend", assignment.extendable ? extend : null);
  return (
    <div className="controls">
      {assignment.extendable && (
        <Control test="extend" combo="Alt+KeyW" on={false} disabled={busy !== ""} run={extend} title={t("transfer.extendHint")}>
          {t("transfer.extend")}
        </Control>
      )}
      <CallbackControl assignment={assignment} open={open} setOpen={setOpen} />
    </div>
  );
}
