import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { api, ApiError } from "../../api/client";
import type { Names } from "../../api/types";
import { setLanguage, t, useWords } from "../../i18n";
import { explain } from "../../i18n/explain";
import { CustomerPhone } from "./call";
import "./call.css";
import { LaterBox } from "./LaterBox";
import { Dialpad } from "./Dialpad";
import { Now } from "./Now";

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
    <main className="cc" data-testid="customer-call" data-stage={call.stage} data-told={call.told?.stage} data-obstacle={call.obstacle}>
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
            {!busy && data && <LaterBox entry={entry} failed={call.stage === "failed" || call.stage === "blocked"} />}
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
