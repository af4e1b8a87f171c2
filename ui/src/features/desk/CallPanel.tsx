import { useState } from "react";
import type { Assignment, Me } from "../../api/types";
import { Since, Until } from "../../components/Clock";
import { duration } from "../../components/format";
import { useWords } from "../../i18n";
import { useItem, useNow } from "../../live/hooks";
import { deskStream } from "../../live/stream";
import "./call.css";
import { CallbackPanel } from "./callback/CallbackPanel";
import { CallbackStory } from "./callback/CallbackStory";
import { CallControls, type Open } from "./CallControls";
import { CallLost } from "./CallLost";
import { Caller } from "./Caller";
import { Conclusion } from "./Conclusion";
import { Headline } from "./Headline";
import { useCurrentAssignment, useFreeSince, usePhone } from "./hooks";
import { OfferControls } from "./OfferControls";
import type { DeskPanel } from "./panel";
import { RecordingState } from "./RecordingState";
import { can } from "./transfer/company";
import { Company } from "./transfer/Company";
import { Handed } from "./transfer/Handed";
import { TransferPanel } from "./transfer/TransferPanel";
import { WrapUpControls } from "./WrapUpControls";

const keys = {
  answer: { combo: "F2", words: "desk.keyAnswer" },
  decline: { combo: "F4", words: "desk.keyDecline" },
  declineWhy: { combo: "Alt+KeyX", words: "desk.declineWhy" },
  hold: { combo: "F8", words: "desk.keyHold" },
  mute: { combo: "F9", words: "desk.keyMute" },
  hangUp: { combo: "F10", words: "desk.keyHangUp" },
  transfer: { combo: "F6", words: "transfer.keyTransfer" },
  keypad: { combo: "F7", words: "desk.keyKeypad" },
  swap: { combo: "Alt+KeyS", words: "transfer.keySwap" },
  join: { combo: "Alt+KeyJ", words: "transfer.keyJoin" },
  complete: { combo: "Alt+KeyC", words: "transfer.keyComplete" },
  recording: { combo: "Alt+KeyP", words: "desk.keyRecording" },
  disposition: { combo: "Alt+Digit", words: "desk.keyDisposition" },
  note: { combo: "Alt+KeyB", words: "desk.keyNote" },
  callback: { combo: "Alt+KeyL", words: "callback.keySchedule" },
  extend: { combo: "Alt+KeyW", words: "transfer.keyExtend" },
  finish: { combo: "Ctrl+Enter", words: "desk.keyFinish" },
} as const;

/** The one loud thing on the desk: the customer who rings, talks, or has just gone. */
function Call() {
  const assignment = useCurrentAssignment();
  const me = useItem<Me>(deskStream, "me", "me");
  const since = useFreeSince(me);
  return assignment ? <Working key={assignment.id} assignment={assignment} /> : <Waiting me={me} since={since} />;
}

function Working({ assignment }: { assignment: Assignment }) {
  const { t } = useWords();
  const { state } = assignment;
  const [open, setOpen] = useState<Open>("");
  const close = () => setOpen("");
  const company = state !== "wrap_up" && (assignment.role === "consulted" || assignment.consults.length > 0);
  const may = can(assignment);
  const handing = open === "transfer" && (may.consult || may.transfer);
  const promising = open === "callback" && state !== "offered";
  return (
    <article className={`call ${state} ${assignment.talk === "all" ? "together" : ""}`} data-testid="call" data-state={state} data-assignment={assignment.id}>
      <header className="call-head">
        <span className="call-state" role="status">
          <Headline assignment={assignment} />
        </span>
        <span className="call-queue">{assignment.queue_name}</span>
        {assignment.role === "owner" && (state === "active" || state === "held") && <RecordingState recording={assignment.recording} />}
        <span className="call-clock">
          {state === "wrap_up" && assignment.until ? (
            <>
              <Until at={assignment.until} /> <small>{t("desk.wrapUpLeft")}</small>
            </>
          ) : state === "offered" && assignment.until ? (
            <Until at={assignment.until} />
          ) : (
            <Since at={assignment.since} />
          )}
        </span>
      </header>
      {(state === "offered" || state === "wrap_up") && assignment.until ? <Left assignment={assignment} /> : null}
      <Handed assignment={assignment} />
      {assignment.callback && <CallbackStory callback={assignment.callback} />}
      <Caller assignment={assignment} />
      {assignment.call_back && state === "wrap_up" && <CallLost assignment={assignment} />}
      {company && <Company assignment={assignment} />}
      {state === "offered" ? (
        <OfferControls assignment={assignment} />
      ) : state === "wrap_up" ? (
        <WrapUpControls assignment={assignment} open={open} setOpen={setOpen} />
      ) : (
        <CallControls assignment={assignment} open={open} setOpen={setOpen} />
      )}
      {handing ? (
        <TransferPanel assignment={assignment} close={close} />
      ) : promising ? (
        <CallbackPanel assignment={assignment} close={close} />
      ) : (
        state !== "offered" && <Conclusion assignment={assignment} />
      )}
    </article>
  );
}

/** What is left of ring time or wrap-up, as a line that shortens. */
function Left({ assignment }: { assignment: Assignment }) {
  const now = useNow();
  const until = assignment.until ?? now;
  const share = Math.max(0, Math.min(1, (until - now) / Math.max(1, until - assignment.since)));
  return (
    <div className="call-left" aria-hidden>
      <i style={{ width: `${share * 100}%` }} />
    </div>
  );
}

function Waiting({ me, since }: { me: Me | null; since: number }) {
  const { t } = useWords();
  const now = useNow();
  const phone = usePhone();
  if (!me) return <div className="waiting" />;
  const [title, hint] =
    me.presence === "offline"
      ? (["desk.offlineTitle", "desk.offlineHint"] as const)
      : me.presence === "not_ready"
        ? (["desk.notReadyTitle", "desk.notReadyHint"] as const)
        : phone.stage === "blocked"
          ? (["desk.blockedTitle", null] as const)
          : (["desk.idleTitle", "desk.idleHint"] as const);
  const aside =
    me.set_aside === "ring_no_answer"
      ? "desk.setAsideRing"
      : me.set_aside === "declined"
        ? "desk.setAsideDeclined"
        : me.set_aside
          ? "desk.setAsideUnreachable"
          : null;
  return (
    <div className="waiting" data-testid="waiting">
      <p className="waiting-title">{t(title)}</p>
      <p className="waiting-clock">{duration(now - Math.floor(since))}</p>
      {aside ? (
        <p className="waiting-aside" role="alert" data-testid="set-aside">
          {t(aside)}
        </p>
      ) : (
        hint && <p className="quiet">{t(hint)}</p>
      )}
    </div>
  );
}

export const callPanel: DeskPanel = { id: "call", place: "stage", Panel: Call, keys };
