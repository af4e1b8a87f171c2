import { Button } from "antd";
import { useWords } from "../i18n";
import { explain } from "../i18n/explain";

/** What went wrong in place of what could not be shown. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useWords();
  return (
    <div className="failure" role="alert" data-testid="failure">
      <strong>{t("common.errorTitle")}</strong>
      <p className="quiet">{explain(error)}</p>
      {retry && <Button onClick={retry}>{t("common.tryAgain")}</Button>}
    </div>
  );
}
