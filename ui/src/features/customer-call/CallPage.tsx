import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { api, ApiError } from "../../api/client";
import type { Names } from "../../api/types";
import { duration } from "../../components/format";
import { setLanguage, t, useWords } from "../../i18n";
import { codeWords, explain } from "../../i18n/explain";
import { CustomerPhone } from "./call";
import "./call.css";
import { Dialpad } from "./Dialpad";
import type { CustomerCall } from "./machine";

interface Entry {
  title: Names;
  open: boolean;
  company: string;
}

/** "Call us": one hand, one thumb. A big button, then a dial pad where the thumb is. */
export function CallPage({ entry }: { entry: string }) {
  const { named, language } = useWords();
  const phone = useMemo(() => new CustomerPhone(), []);
  const call = useSyncExternalStore(phone.subscribe, phone.read);
  const { data, error, retry } = useEntry(entry);
  useEffect(() => {
    if (data) document.title = `${data.company} · ${t("call.call")}`;
  }, [data, language]);
  // Leaving the page by mistake would end the call.
  const busy = call.stage === "up" || call.stage === "calling";
  useEffect(() => {
    if (!busy) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [busy]);

  const missing = error instanceof ApiError && error.status === 404;
  return (
    <main className="cc" data-testid="customer-call" data-stage={call.stage} data-obstacle={call.obstacle}>
      <header>
        <span className="cc-company">{data?.company ?? " "}</span>
        <button
          type="button"
          className="cc-language"
          disabled={busy}
          onClick={() => setLanguage(language === "zh" ? "en" : "zh")}
          data-testid="language"
        >
          {t("call.otherLanguage")}
        </button>
      </header>
      {error ? (
        <section className="cc-middle" role="alert">
          <h1>{t(missing ? "call.unknown" : "call.loadFailed")}</h1>
          <p>{missing ? t("call.unknownHint") : explain(error)}</p>
          {!missing && (
            <button type="button" className="cc-plain" onClick={retry}>
              {t("call.again")}
            </button>
          )}
        </section>
      ) : (
        <>
          <section className="cc-middle" aria-live="polite">
            <h1>{named(data?.title)}</h1>
            <Now call={call} open={data?.open ?? true} />
          </section>
          <section className="cc-thumb">
            {busy ? (
              <Dialpad phone={phone} call={call} />
            ) : (
              <button
                type="button"
                className="cc-call"
                disabled={!data || call.stage === "asking"}
                onClick={() => void phone.call(entry, language)}
                data-testid="call"
              >
                {t(
                  call.stage === "ended" || call.stage === "failed" || call.stage === "blocked"
                    ? "call.again"
                    : data && !data.open
                      ? "call.callAnyway"
                      : "call.call",
                )}
              </button>
            )}
            {call.stage === "idle" && <p className="cc-small">{t("call.needMicrophone")}</p>}
          </section>
        </>
      )}
    </main>
  );
}

function Now({ call, open }: { call: CustomerCall; open: boolean }) {
  switch (call.stage) {
    case "idle":
      return <Say title={open ? t("call.free") : t("call.closed")} hint={open ? "" : t("call.closedHint")} />;
    case "asking":
      return <Say title={t("call.asking")} hint={t("call.askingHint")} />;
    case "calling":
      return <Say title={t("call.calling")} hint="" />;
    case "up":
      return (
        <>
          <p className="cc-clock" data-testid="call-clock">
            <Elapsed since={call.since} />
          </p>
          <Say title={call.shaky ? t("call.reconnecting") : t("call.connected")} hint={t("call.connectedHint")} />
        </>
      );
    case "ended":
      return <Say title={t("call.ended")} hint={call.seconds > 0 ? duration(call.seconds) : ""} />;
    case "failed":
      return (
        <Say
          title={t("call.failed")}
          hint={call.failure === "call.busy" ? t("call.busyHint") : codeWords(call.failure, t("call.failedHint"))}
        />
      );
    case "blocked":
      return call.obstacle === "" || call.obstacle === "elsewhere" || call.obstacle === "no_phone" ? null : (
        <Say title={t(`call.${call.obstacle}`)} hint={t(`call.${call.obstacle}Help`)} />
      );
  }
}

function Say({ title, hint }: { title: string; hint: string }) {
  return (
    <>
      <p className="cc-say" data-testid="call-state">
        {title}
      </p>
      {hint && <p className="cc-hint">{hint}</p>}
    </>
  );
}

function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), 500);
    return () => clearInterval(timer);
  }, []);
  return <>{duration(now - since)}</>;
}

function useEntry(entry: string) {
  const [round, setRound] = useState(0);
  const [data, setData] = useState<Entry | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const leave = new AbortController();
    api
      .get<Entry>(`/public/entries/${encodeURIComponent(entry)}`, {}, leave.signal)
      .then((found) => {
        setData(found);
        setError(null);
      })
      .catch((failure: unknown) => {
        if (!leave.signal.aborted) setError(failure);
      });
    return () => leave.abort();
  }, [entry, round]);
  return { data, error, retry: () => setRound(round + 1) };
}
