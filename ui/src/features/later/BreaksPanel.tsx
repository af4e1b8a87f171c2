import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Popover, Select } from "antd";
import { useState } from "react";
import { api, pathId } from "../../api/client";
import { instant } from "../../components/format";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import { codeWords } from "../../i18n/explain";
import { useDeskSetup } from "../desk/hooks";
import type { DeskPanel } from "../desk/panel";
import type { Breaks } from "./shapes";
import "./later.css";

const lengths_min = [10, 15, 30, 45, 60];
const again_ms = 30_000;

/** A break is reserved for a time at which there is room for one; the desk goes not ready by itself then. */
function BreaksPanel() {
  const { t, named } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const { data: setup } = useDeskSetup();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState(15);
  const reasons = (setup?.reasons ?? []).filter((it) => !it.retired);
  const chosen = reason || (reasons[0]?.id ?? "");
  const words = (id: string) => named(reasons.find((it) => it.id === id)?.names) || id;
  const asked = open ? { reason: chosen, length_s: minutes * 60 } : {};
  const { data } = useQuery({
    queryKey: ["breaks", asked],
    queryFn: ({ signal }) => api.get<Breaks>("/desk/breaks", asked, signal),
    refetchInterval: again_ms,
    placeholderData: (before) => before,
  });
  const act = async (ask: () => Promise<unknown>, done = "") => {
    try {
      await ask();
      if (done) tell.done(done);
      setOpen(false);
    } catch (error) {
      tell.failed(error);
    } finally {
      await client.invalidateQueries({ queryKey: ["breaks"] });
    }
  };
  const reserve = (start: number) =>
    act(() => api.post("/desk/breaks", { reason: chosen, start, length_s: minutes * 60 }), t("later.breakReserved"));
  const next = data?.mine[0];

  const form = (
    <div className="break-form">
      <Select
        value={chosen}
        onChange={setReason}
        aria-label={t("later.breakReason")}
        options={reasons.map((it) => ({ value: it.id, label: named(it.names) }))}
      />
      <Select
        value={minutes}
        onChange={setMinutes}
        aria-label={t("later.breakLength")}
        options={lengths_min.map((count) => ({ value: count, label: t("later.breakMinutes", { count }) }))}
      />
      <span className="quiet">{t("later.breakWhen")}</span>
      <div className="break-slots">
        {(data?.slots ?? []).map((slot, n) => (
          <Button
            key={slot.start}
            size="small"
            disabled={slot.why !== ""}
            title={slot.why && codeWords(slot.why, slot.why)}
            onClick={() => void reserve(slot.start)}
            data-testid={n === 0 ? "break-now" : "break-slot"}
          >
            {n === 0 ? t("later.breakNowSlot") : instant(slot.start)}
          </Button>
        ))}
      </div>
    </div>
  );
  return (
    <div className="breaks" data-testid="breaks">
      {next ? (
        <span>
          {next.begun
            ? t("later.breakNow", { end: instant(next.end), reason: words(next.reason) })
            : t("later.breakMine", { start: instant(next.start), end: instant(next.end), reason: words(next.reason) })}{" "}
          <button
            type="button"
            className="linkish"
            onClick={() => void act(() => api.delete(`/desk/breaks/${pathId(next.id)}`))}
            data-testid="break-cancel"
          >
            {t("later.breakCancel")}
          </button>
        </span>
      ) : (
        <Popover open={open} onOpenChange={setOpen} trigger="click" content={form} title={t("later.reserve")}>
          <Button data-testid="break-reserve">{t("later.reserve")}</Button>
        </Popover>
      )}
    </div>
  );
}

export const breaksPanel: DeskPanel = { id: "breaks", place: "strip", Panel: BreaksPanel, keys: {} };
