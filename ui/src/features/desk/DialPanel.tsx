import { Button, Input, type InputRef } from "antd";
import { useRef, useState } from "react";
import { useMay } from "../../app/session";
import { useClearable } from "../../components/useClearable";
import { useWords } from "../../i18n";
import { useCurrentAssignment, useDeskSetup, useDial, usePhone } from "./hooks";
import { keyLabel, useDeskKey } from "./keys";
import type { DeskPanel } from "./panel";

const keys = { dial: { combo: "Alt+KeyK", words: "desk.keyDial" } } as const;

function Dial() {
  const { t } = useWords();
  const clearable = useClearable();
  const may = useMay();
  const { data: setup } = useDeskSetup();
  const field = useRef<InputRef>(null);
  const assignment = useCurrentAssignment();
  const phone = usePhone();
  const { busy, dial } = useDial();
  const [number, setNumber] = useState("");
  const allowed = may("desk.dial_out") || setup?.agent.dial_out === true;
  useDeskKey("dial", allowed ? () => field.current?.focus() : null);
  if (!allowed) return null;
  const inCall = assignment !== null && assignment.state !== "wrap_up";
  const call = async () => {
    if (number.trim() && (await dial(number.trim(), assignment))) setNumber("");
  };
  return (
    <form
      className="dial"
      onSubmit={(event) => {
        event.preventDefault();
        void call();
      }}
    >
      <Input
        ref={field}
        value={number}
        onChange={(event) => setNumber(event.target.value)}
        placeholder={`${t("desk.dialPlaceholder")}  ${keyLabel(keys.dial.combo)}`}
        inputMode="tel"
        maxLength={32}
        disabled={inCall}
        aria-label={t("desk.dial")}
        data-testid="dial-number"
        allowClear={clearable}
      />
      <Button
        htmlType="submit"
        loading={busy}
        disabled={inCall || number.trim() === "" || phone.stage !== "registered"}
        data-testid="dial"
      >
        {t("desk.dial")}
      </Button>
    </form>
  );
}

export const dialPanel: DeskPanel = { id: "dial", place: "strip", Panel: Dial, keys };
