import type { ReactNode } from "react";
import { Link } from "react-router";
import { Mark } from "../../app/Mark";
import { setLanguage, useWords } from "../../i18n";
import "./gate.css";

/** The plain page in front of the house: one thing to do, the other language, help with the certificate. */
export function Gate({ title, children, foot }: { title: string; children: ReactNode; foot?: ReactNode }) {
  const { t, language } = useWords();
  return (
    <div className="gate">
      <div className="gate-box">
        <div className="gate-mark">
          <Mark size={30} />
          <h1>{title}</h1>
        </div>
        {children}
        <div className="gate-foot">
          {foot ?? <Link to="/sign-in">{t("session.back")}</Link>}
          <Link to="/trust">{t("session.trust")}</Link>
          <button type="button" onClick={() => setLanguage(language === "zh" ? "en" : "zh")} data-testid="language">
            {language === "zh" ? "English" : "中文"}
          </button>
        </div>
      </div>
    </div>
  );
}
