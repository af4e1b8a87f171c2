/** A notice's code and detail in the agent's words, and for how long it stands. */

import type { Notice } from "../../api/types";
import { instant, phoneNumber } from "../../components/format";
import type { Translate, WordKey } from "../../i18n";

const plain: Record<string, WordKey> = {
  "engine.lost": "desk.noticeEngineLost",
  "call.lost": "desk.noticeEngineLost",
  "recording.failed": "desk.noticeRecordingFailed",
  "consult.requeued": "transfer.consultRequeued",
  "transfer.returned": "transfer.returned",
  "break.over": "transfer.breakOver",
};

const consultEnds: Record<string, WordKey> = {
  declined: "transfer.consultDeclined",
  ring_no_answer: "transfer.consultNoAnswer",
  left: "transfer.consultLeft",
};

const partyEnds: Record<string, WordKey> = {
  busy: "transfer.partyBusy",
  no_answer: "transfer.partyNoAnswer",
};

const forced: Record<string, WordKey> = {
  available: "desk.forcedAvailable",
  not_ready: "desk.forcedNotReady",
};

/** "" when the code is not known here. */
export function noticeWords(notice: Notice, t: Translate): string {
  const { code, detail } = notice;
  const text = (key: string) => (typeof detail[key] === "string" ? detail[key] : "");
  const name = phoneNumber(text("name")) || t("transfer.somebody");
  switch (code) {
    case "consult.ended":
      return t(consultEnds[text("why")] ?? "transfer.consultEnded", { name });
    case "party.failed":
      return t(partyEnds[text("why")] ?? "transfer.partyFailed", { name });
    case "break.began":
      return typeof detail.until === "number"
        ? t("transfer.breakBeganUntil", { time: instant(detail.until) })
        : t("transfer.breakBegan");
    case "presence.forced":
      return t(forced[text("presence")] ?? "desk.forcedOffline");
    default:
      return plain[code] ? t(plain[code], { name }) : "";
  }
}

const passing_s = 30;

/** News in passing goes by itself; what needs an answer stays until it is dismissed. */
export function isPassed(notice: Notice, now: number): boolean {
  return notice.level === "info" && notice.code !== "break.over" && now > notice.at + passing_s;
}
