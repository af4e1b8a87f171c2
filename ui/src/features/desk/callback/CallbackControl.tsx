import type { Assignment } from "../../../api/types";
import { useWords } from "../../../i18n";
import type { Open } from "../CallControls";
import { Control } from "../Control";
import { useDeskKey } from "../keys";

/** Opens the promise; once made, it stands beside. Who shows no number cannot be called. */
export function CallbackControl(props: { assignment: Assignment; open: Open; setOpen: (open: Open) => void; promised: string }) {
  const { assignment, open, setOpen, promised } = props;
  const { t } = useWords();
  const { withheld, number } = assignment.caller;
  const possible = !withheld && number !== "" && !number.startsWith("web-") && assignment.role === "owner";
  const toggle = () => setOpen(open === "callback" ? "" : "callback");
  useDeskKey("callback", possible && !promised ? toggle : null);
  if (promised) {
    return (
      <span className="promised" role="status" data-testid="callback-done">
        ✓ {promised}
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
