import { Popover } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import type { AgentState, Me, Presence } from "../../api/types";
import { Since } from "../../components/Clock";
import { State, StateShape } from "../../components/State";
import { useTell } from "../../components/useTell";
import { useWords, type WordKey } from "../../i18n";
import { useItem } from "../../live/hooks";
import { deskStream } from "../../live/stream";
import { useCurrentAssignment, useDeskSetup, useFreeSince } from "./hooks";
import { keyLabel, useDeskKey } from "./keys";
import type { DeskPanel } from "./panel";
import { ReasonMenu } from "./ReasonMenu";

const presenceWords: Record<Presence, WordKey> = {
  available: "desk.available",
  not_ready: "desk.notReady",
  offline: "desk.offline",
};

const keys = {
  available: { combo: "Alt+KeyR", words: "desk.keyAvailable" },
  not_ready: { combo: "Alt+KeyN", words: "desk.keyNotReady" },
  offline: { combo: "Alt+KeyO", words: "desk.keyOffline" },
} as const;

interface Wanted {
  presence: Presence;
  reason: string;
  /** What was there when it was asked for: any other answer settles it. */
  before: Me | null;
}

function Presence_() {
  const { t, named } = useWords();
  const tell = useTell();
  const me = useItem<Me>(deskStream, "me", "me");
  const assignment = useCurrentAssignment();
  const since = useFreeSince(me);
  const { data: setup } = useDeskSetup();
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [choosing, setChoosing] = useState(false);
  const reasons = (setup?.reasons ?? []).filter((reason) => !reason.retired);
  const pending = wanted !== null && wanted.before === me;

  const ask = async (presence: Presence, reason = "") => {
    setChoosing(false);
    setWanted({ presence, reason, before: me });
    try {
      await api.post("/desk/presence", reason ? { presence, reason } : { presence });
    } catch (error) {
      setWanted(null);
      tell.failed(error);
    }
  };
  useDeskKey("available", () => void ask("available"));
  useDeskKey("not_ready", () => setChoosing(true));
  useDeskKey("offline", () => void ask("offline"));

  const shown: Presence = pending ? wanted.presence : (me?.presence ?? "offline");
  const reasonWords = (id: string) => named(reasons.find((reason) => reason.id === id)?.names) || id;
  const after = me?.pending;
  const button = (presence: Presence) => {
    const draining = after?.presence === presence && !pending;
    return (
      <button
        type="button"
        key={presence}
        className={`presence-choice ${presence}${shown === presence ? " on" : ""}${draining ? " draining" : ""}`}
        aria-pressed={shown === presence}
        data-testid={`presence-${presence}`}
        title={keyLabel(keys[presence].combo)}
        onClick={() => {
          if (presence === "not_ready") setChoosing(true);
          else void ask(presence);
        }}
      >
        <StateShape state={presence === "available" ? "idle" : presence} />
        {t(presenceWords[presence])}
        {presence === "not_ready" && <span aria-hidden>▾</span>}
      </button>
    );
  };

  return (
    <div className="presence" data-testid="presence" data-presence={me?.presence ?? ""} data-routability={me?.routability ?? ""}>
      <div className="presence-choices" role="group" aria-label={t("desk.presence")}>
        {button("available")}
        <Popover
          open={choosing}
          onOpenChange={(open) => !open && setChoosing(false)}
          trigger="click"
          placement="bottomLeft"
          destroyOnHidden
          content={
            <ReasonMenu
              reasons={reasons}
              choose={(reason) => void ask("not_ready", reason.id)}
              title={t("desk.chooseReason")}
            />
          }
          title={t("desk.chooseReason")}
        >
          {button("not_ready")}
        </Popover>
        {button("offline")}
      </div>
      {me && (
        <div className="presence-now">
          {pending ? (
            <span className="quiet" data-testid="presence-pending">
              {t("desk.pending")}
            </span>
          ) : (
            <>
              <State state={stateOf(me, assignment?.state)} />
              {me.presence === "not_ready" && me.reason && <span className="quiet">{reasonWords(me.reason)}</span>}
              <span className="quiet">
                <Since at={assignment ? assignment.since : since} />
              </span>
            </>
          )}
          {after && !pending && (
            <span className="presence-after" data-testid="presence-after">
              {t("desk.draining", {
                presence: t(presenceWords[after.presence]) + (after.reason ? ` · ${reasonWords(after.reason)}` : ""),
              })}
            </span>
          )}
        </div>
      )}
    </div>
  );
}

function stateOf(me: Me, working: string | undefined): AgentState {
  switch (working) {
    case "offered":
      return "ringing";
    case "connecting":
    case "active":
    case "joined":
      return "talking";
    case "held":
      return "held";
    case "wrap_up":
      return "wrap_up";
  }
  if (me.presence === "offline") return "offline";
  if (me.presence === "not_ready") return "not_ready";
  if (me.routability === "unreachable") return "unreachable";
  if (me.routability === "not_responding") return "not_responding";
  return "idle";
}

export const presencePanel: DeskPanel = { id: "presence", place: "strip", Panel: Presence_, keys };
