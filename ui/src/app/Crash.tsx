import { Button } from "antd";
import { useRouteError } from "react-router";
import { useWords } from "../i18n";

/** A page that broke: the shell, and with it the call, stands. */
export function Crash() {
  const error = useRouteError();
  const { t } = useWords();
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  // A chunk that is gone means that a newer version was installed.
  const outdated = /dynamically imported module|Importing a module script failed|error loading/i.test(text);
  return (
    <div className="page" role="alert" data-testid="crash">
      <h1>{t(outdated ? "common.newVersion" : "common.crashed")}</h1>
      {!outdated && <p className="quiet">{t("common.crashedHint")}</p>}
      <p>
        <Button type="primary" onClick={() => location.reload()}>
          {t("common.reload")}
        </Button>
      </p>
      {!outdated && <pre className="faint">{text}</pre>}
    </div>
  );
}
