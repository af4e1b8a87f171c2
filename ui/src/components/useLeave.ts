import { App } from "antd";
import { useWords } from "../i18n";

/** Asks before what was typed is thrown away. */
export function useLeave(): (changed: boolean, leave: () => void) => void {
  const { modal } = App.useApp();
  const { t } = useWords();
  return (changed, leave) => {
    if (!changed) {
      leave();
      return;
    }
    void modal.confirm({
      title: t("common.discardAsk"),
      okText: t("common.discard"),
      cancelText: t("common.goOn"),
      focusable: { autoFocusButton: "cancel" },
      okButtonProps: { danger: true, "data-testid": "discard" },
      onOk: leave,
    });
  };
}
