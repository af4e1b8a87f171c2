import { useEffect, useState } from "react";
import { duration } from "../../components/format";
import { t, useWords } from "../../i18n";
import { codeWords } from "../../i18n/explain";
import type { CustomerCall, Told } from "./machine";

/** Where the call stands, in a few large words. */
export function Now({ call, open }: { call: CustomerCall; open: boolean }) {
  switch (call.stage) {
    case "idle":
      return <Say title={open ? t("call.free") : t("call.closed")} hint={open ? "" : t("call.closedHint")} />;
    case "asking":
      return <Say title={t("call.asking")} hint={t("call.askingHint")} />;
    case "calling":
      return <Say title={t("call.calling")} />;
    case "up":
      return (
        <>
          <Up call={call} told={call.told} />
          {call.shaky && <p className="cc-hint">{t("call.reconnecting")}</p>}
        </>
      );
    case "ended":
      return <Ended call={call} />;
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

function Up({ call, told }: { call: CustomerCall; told: Told | null }) {
  const { named } = useWords();
  switch (told?.stage) {
    case "menu": {
      const step = named(told.step ?? undefined);
      return (
        <Say
          title={t(told.keys.length > 0 ? "call.choose" : "call.listen")}
          hint={step && t("call.step", { step })}
        />
      );
    }
    case "waiting":
      return (
        <>
          {told.place !== null && (
            <p className="cc-place" data-testid="call-place" data-place={told.place}>
              {told.place === 1 ? t("call.next") : t("call.place", { place: told.place })}
            </p>
          )}
          <Say title={t("call.waiting")} hint={told.wait_s === null ? "" : waitWords(told.wait_s)} />
          <p className="cc-hint">
            {t("call.waited")} <Elapsed since={told.since} />
          </p>
        </>
      );
    case "ringing":
      return <Say title={t("call.ringing")} />;
    case "transferring":
      return <Say title={t("call.transferring")} />;
    case "talking":
    case "held":
      return (
        <>
          <p className="cc-clock" data-testid="call-clock">
            <Elapsed since={told.since} />
          </p>
          <Say title={t(told.stage === "held" ? "call.held" : "call.talking")} />
        </>
      );
    case "ended":
      return <Say title={t("call.thanks")} />;
    default:
      // The centre has not said anything yet, or cannot: what this device knows itself.
      return (
        <>
          <p className="cc-clock" data-testid="call-clock">
            <Elapsed since={call.since} />
          </p>
          <Say title={t("call.connected")} hint={t("call.connectedHint")} />
        </>
      );
  }
}

function Ended({ call }: { call: CustomerCall }) {
  if (call.cause === "trouble") return <Say title={t("call.sorry")} hint={t("call.sorryHint")} />;
  if (call.seconds < 1 && call.cause === "customer") {
    return <Say title={t("call.ended")} hint={t("call.thanksLeft")} />;
  }
  const by = call.cause ? t(`call.endedBy${call.cause}`) : "";
  const length = call.seconds >= 1 ? t("call.talkedFor", { time: duration(call.seconds) }) : "";
  return <Say title={t("call.thanks")} hint={[by, length].filter(Boolean).join(" · ")} />;
}

/** Rounded up, and never finer than anybody can know. */
function waitWords(seconds: number): string {
  if (seconds < 60) return t("call.waitShort");
  if (seconds > 1800) return t("call.waitLong");
  return t("call.waitMinutes", { minutes: Math.ceil(seconds / 60) });
}

function Say({ title, hint = "" }: { title: string; hint?: string }) {
  return (
    <>
      <p className="cc-say" data-testid="call-state">
        {title}
      </p>
      {hint && (
        <p className="cc-hint" data-testid="call-hint">
          {hint}
        </p>
      )}
    </>
  );
}

/** Not read aloud each second. */
function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), 500);
    return () => clearInterval(timer);
  }, []);
  return (
    <span role="timer" aria-live="off">
      {duration(Math.max(0, now - since))}
    </span>
  );
}
