import { Button, Select } from "antd";
import { useState } from "react";
import { ApiError } from "../../../api/client";
import { useKind } from "../../../components/useNames";
import { useWords } from "../../../i18n";

export interface InUse {
  waiting: number;
  talking: number;
  callbacks: number;
}

/** What stands in the way of removing a queue, when that is why it was refused. */
export function inUse(error: unknown): InUse | null {
  if (!(error instanceof ApiError) || error.code !== "queue.in_use" || typeof error.detail.waiting !== "number") return null;
  return { waiting: error.detail.waiting, talking: Number(error.detail.talking), callbacks: Number(error.detail.callbacks) };
}

/** Customers wait in a queue that is to go: where do they go on? */
export function MoveWaiting({ queue, use, move }: { queue: string; use: InUse; move: (to: string) => void }) {
  const { t } = useWords();
  const queues = (useKind<{ id: string; name: string; closed?: boolean }>("queues") ?? []).filter(
    (each) => each.id !== queue && !each.closed,
  );
  const [to, setTo] = useState<string>();
  if (use.talking > 0) return <p role="alert">{t("routing.inUseTalking", { talking: use.talking })}</p>;
  if (use.callbacks > 0) return <p role="alert">{t("routing.inUseCallbacks", { callbacks: use.callbacks })}</p>;
  return (
    <div className="move-waiting" role="alert" data-testid="move-waiting">
      <p>{t("routing.inUseWaiting", { waiting: use.waiting })}</p>
      <Select
        {...(to === undefined ? {} : { value: to })}
        placeholder={t("routing.moveTo")}
        aria-label={t("routing.moveTo")}
        options={queues.map((each) => ({ value: each.id, label: each.name }))}
        onChange={setTo}
        style={{ width: 220 }}
        data-testid="move-to"
      />{" "}
      <Button danger disabled={!to} onClick={() => to && move(to)} data-testid="move-and-delete">
        {t("routing.moveAndDelete")}
      </Button>
    </div>
  );
}
