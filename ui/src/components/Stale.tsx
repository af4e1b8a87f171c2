import { useState, useEffect } from "react";
import { useWords } from "../i18n";
import { useNow, useStreamStatus } from "../live/hooks";
import type { LiveStream } from "../live/stream";
import { duration } from "./format";
import "./stale.css";

/** Says that what is shown is old, and how old; a hiccup shorter than two seconds is not worth a word. */
export function Stale({ stream }: { stream: LiveStream }) {
  const status = useStreamStatus(stream);
  const [worth, setWorth] = useState(false);
  useEffect(() => {
    if (status === "live") return;
    const timer = setTimeout(() => setWorth(true), 2000);
    return () => {
      clearTimeout(timer);
      setWorth(false);
    };
  }, [status]);
  return status !== "live" && worth ? <Bar heardAt={stream.state.heardAt} /> : null;
}

function Bar({ heardAt }: { heardAt: number }) {
  const { t } = useWords();
  const age = useNow() - heardAt;
  return (
    <div className="stale" role="status" data-testid="stale">
      {heardAt > 0 ? t("common.lostFor", { age: duration(age) }) : t("common.connecting")}
    </div>
  );
}
