import { Skeleton } from "antd";
import { useEffect } from "react";
import { Navigate, useLocation } from "react-router";
import { setLanguage, useWords } from "../i18n";
import { ChangeFirst } from "../features/session/ChangeFirst";
import { SessionProvider, useSessionQuery } from "./session";
import { Shell } from "./Shell";

/** The gate of every staff page. */
export function SignedIn() {
  const { data: session, failureCount, isPending } = useSessionQuery();
  const here = useLocation();
  const { t } = useWords();
  const preferred = session?.user.language;
  useEffect(() => {
    if ((preferred === "zh" || preferred === "en") && !localStorage.getItem("qingting.language")) setLanguage(preferred);
  }, [preferred]);
  if (isPending) {
    return failureCount > 1 ? (
      <div className="page" role="status">
        <h1>{t("session.noStart")}</h1>
        <p className="quiet">{t("session.noStartHint")}</p>
      </div>
    ) : (
      <div className="page">
        <Skeleton active />
      </div>
    );
  }
  if (!session) return <Navigate to="/sign-in" replace state={{ from: here.pathname + here.search }} />;
  if (session.user.must_change_password) return <ChangeFirst session={session} />;
  return (
    <SessionProvider session={session}>
      <Shell />
    </SessionProvider>
  );
}
