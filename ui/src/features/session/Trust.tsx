import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { api } from "../../api/client";
import { Failure } from "../../components/Failure";
import { fullInstant } from "../../components/format";
import { useWords } from "../../i18n";

type Guide = Record<string, string[]>;

interface Trusted {
  authority: { url: string; fingerprint: string; not_after: number | string; names: string[] } | null;
  guide: Partial<Record<"zh" | "en", Guide>>;
}

const systems: Record<string, string> = {
  windows: "Windows",
  macos: "macOS",
  ios: "iPhone, iPad",
  android: "Android",
  firefox: "Firefox",
  linux: "Linux",
};

/** How to trust the centre's own authority, this device's system first. */
export function Trust() {
  const { t, language } = useWords();
  const { data, error, refetch } = useQuery({
    queryKey: ["trust"],
    queryFn: () => api.get<Trusted>("/public/trust"),
  });
  const guide = data?.guide[language] ?? {};
  const mine = ownSystem();
  const order = Object.keys(guide)
    .filter((key) => key !== "why")
    .sort((a, b) => Number(b === mine) - Number(a === mine));
  const until = data?.authority?.not_after;
  return (
    <div className="page" data-testid="trust">
      <div style={{ maxWidth: 720, margin: "0 auto" }}>
        <div className="page-head">
          <h1>{t("session.trustTitle")}</h1>
        </div>
        {error && <Failure error={error} retry={() => void refetch()} />}
        {!data && !error && <Skeleton active />}
        {data && !data.authority && <p data-testid="trust-nothing">{t("session.trustNothing")}</p>}
        {data?.authority && (
          <>
            {(guide.why ?? []).map((line) => (
              <p key={line}>{line}</p>
            ))}
            <p>
              <Button type="primary" href={data.authority.url} data-testid="authority">
                {t("session.trustDownload")}
              </Button>
            </p>
            <dl className="facts">
              <dt>{t("session.trustFingerprint")}</dt>
              <dd style={{ wordBreak: "break-all", fontFamily: "var(--mono)" }}>{data.authority.fingerprint}</dd>
              <dt>{t("session.trustNames")}</dt>
              <dd>{data.authority.names.join(", ")}</dd>
              <dt>{t("session.trustUntil")}</dt>
              <dd>{typeof until === "number" ? fullInstant(until) : until}</dd>
            </dl>
            {order.map((key) => (
              <section key={key} style={{ marginTop: 20 }}>
                <h2>{systems[key] ?? key}</h2>
                <ol>
                  {(guide[key] ?? []).map((line) => (
                    <li key={line}>{line}</li>
                  ))}
                </ol>
              </section>
            ))}
          </>
        )}
      </div>
    </div>
  );
}

function ownSystem(): string {
  const agent = navigator.userAgent;
  if (/Firefox/.test(agent)) return "firefox";
  if (/iPhone|iPad/.test(agent)) return "ios";
  if (/Android/.test(agent)) return "android";
  if (/Mac OS/.test(agent)) return "macos";
  if (/Windows/.test(agent)) return "windows";
  return "linux";
}
