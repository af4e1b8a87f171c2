import { useEffect, useState } from "react";
import { api, ApiError } from "../../api/client";
import { t, useWords } from "../../i18n";
import { explain } from "../../i18n/explain";

interface Offer {
  why: "" | "nobody" | "closed" | "long_wait";
  wait_s: number | null;
}

type Step = "idle" | "callback" | "message" | "sending" | "done";

/** When nobody is there, or only after long: leave a number, and be called. */
export function LaterBox({ entry, failed }: { entry: string; failed: boolean }) {
  const { language } = useWords();
  const [offer, setOffer] = useState<Offer | null>(null);
  const [step, setStep] = useState<Step>("idle");
  const [asked, setAsked] = useState<"callback" | "message">("callback");
  const [number, setNumber] = useState("");
  const [when, setWhen] = useState("");
  const [opened, setOpened] = useState(0);
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    const leave = new AbortController();
    api
      .get<Offer>(`/public/entries/${encodeURIComponent(entry)}/later`, {}, leave.signal)
      .then(setOffer)
      .catch(() => setOffer(null)); // the page is for calling, and says itself what is wrong
    return () => leave.abort();
  }, [entry]);
  if (!offer || (!offer.why && !failed)) return null;

  if (step === "done")
    return (
      <section className="cc-later" role="status" data-testid="later-done">
        <strong>{t(asked === "callback" ? "call.laterCallbackDone" : "call.laterMessageDone")}</strong>
      </section>
    );
  if (step === "idle")
    return (
      <section className="cc-later" data-testid="later" data-why={offer.why}>
        <p>{t(offer.why === "long_wait" ? "call.laterLongWait" : offer.why ? "call.laterNobody" : "call.laterFailed")}</p>
        <div className="cc-row">
          <button type="button" className="cc-plain" onClick={() => begin("callback")} data-testid="later-callback">
            {t("call.laterCallback")}
          </button>
          <button type="button" className="cc-plain" onClick={() => begin("message")} data-testid="later-message">
            {t("call.laterMessage")}
          </button>
        </div>
      </section>
    );

  function begin(what: "callback" | "message") {
    setAsked(what);
    setOpened(Date.now());
    setStep(what);
  }
  const send = async () => {
    setStep("sending");
    setWrong("");
    try {
      if (asked === "callback") {
        const at = when ? new Date(when).getTime() / 1000 : null;
        await api.post("/public/callbacks", { entry, number, language, at, note: text });
      } else {
        await api.post("/public/messages", { entry, number, language, text });
      }
      setStep("done");
    } catch (error) {
      const abroad = error instanceof ApiError && error.code === "dial.not_allowed";
      setWrong(abroad ? t("call.laterNotAllowed") : explain(error));
      setStep(asked);
    }
  };
  return (
    <form
      className="cc-later"
      data-testid="later-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label>
        {t("call.laterNumber")}
        <input
          type="tel"
          autoComplete="tel"
          required
          minLength={3}
          maxLength={40}
          value={number}
          onChange={(event) => setNumber(event.target.value)}
          data-testid="later-number"
        />
      </label>
      {asked === "callback" && (
        <label>
          {t("call.laterWhen")}
          <input
            type="datetime-local"
            value={when}
            min={local(opened)}
            max={local(opened + 14 * 86_400_000)}
            onChange={(event) => setWhen(event.target.value)}
            data-testid="later-when"
          />
        </label>
      )}
      <label>
        {t(asked === "callback" ? "call.laterNote" : "call.laterText")}
        <textarea
          rows={3}
          required={asked === "message"}
          maxLength={asked === "callback" ? 300 : 1000}
          value={text}
          onChange={(event) => setText(event.target.value)}
          data-testid="later-text"
        />
      </label>
      {wrong && (
        <p className="cc-wrong" role="alert" data-testid="later-wrong">
          {wrong}
        </p>
      )}
      <div className="cc-row">
        <button type="button" className="cc-plain" onClick={() => setStep("idle")} disabled={step === "sending"}>
          {t("call.laterBack")}
        </button>
        <button type="submit" className="cc-call" disabled={step === "sending"} data-testid="later-send">
          {t("call.laterSend")}
        </button>
      </div>
    </form>
  );
}

/** As an input of date and time wants it. */
function local(at_ms: number): string {
  const date = new Date(at_ms);
  return new Date(at_ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
