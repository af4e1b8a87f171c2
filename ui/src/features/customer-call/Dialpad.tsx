import { useEffect, useState } from "react";
import { t } from "../../i18n";
import type { CustomerPhone } from "./call";
import type { CustomerCall } from "./machine";

const keys = Array.from("123456789*0#");
const letters: Record<string, string> = {
  "2": "ABC",
  "3": "DEF",
  "4": "GHI",
  "5": "JKL",
  "6": "MNO",
  "7": "PQRS",
  "8": "TUV",
  "9": "WXYZ",
};

/** The pad lights up on a press; what was pressed is not kept, it may be secret. */
export function Dialpad({ phone, call }: { phone: CustomerPhone; call: CustomerCall }) {
  const up = call.stage === "up";
  const [lit, setLit] = useState("");
  useEffect(() => {
    if (!lit) return;
    const timer = setTimeout(() => setLit(""), 180);
    return () => clearTimeout(timer);
  }, [lit]);
  useEffect(() => {
    if (!up) return;
    const listener = (event: KeyboardEvent) => {
      if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || !keys.includes(event.key)) return;
      setLit(event.key);
      phone.sendKey(event.key);
    };
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, [up, phone]);
  return (
    <>
      <div className="cc-pad">
        {keys.map((key) => (
          <button
            type="button"
            key={key}
            disabled={!up}
            className={lit === key ? "lit" : ""}
            onClick={() => {
              setLit(key);
              phone.sendKey(key);
            }}
            data-testid={`key-${key}`}
          >
            {key}
            <small>{letters[key] ?? ""}</small>
          </button>
        ))}
      </div>
      <div className="cc-row">
        <button
          type="button"
          className={`cc-plain ${call.muted ? "on" : ""}`}
          disabled={!up}
          aria-pressed={call.muted}
          onClick={() => phone.mute(!call.muted)}
          data-testid="mute"
        >
          {t(call.muted ? "call.unmute" : "call.mute")}
        </button>
        <button type="button" className="cc-hang-up" onClick={() => phone.hangUp()} data-testid="hang-up">
          {t("call.hangUp")}
        </button>
      </div>
    </>
  );
}
