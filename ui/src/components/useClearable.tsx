import { CloseCircleFilled } from "@ant-design/icons";
import { useWords } from "../i18n";

/** For `allowClear` of a field of text: its button has a name in the reader's language. */
export function useClearable() {
  const { t } = useWords();
  return { clearIcon: <CloseCircleFilled aria-label={t("common.clear")} /> };
}
