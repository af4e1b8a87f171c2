import { useEffect, useState } from "react";
import { t, useWords } from "../../i18n";
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

/** The pad lights up on a press; what was pressed is not kept, it may be secret. A menu's choices stand on its keys. */
export function Dialpad({ phone, call }: { phone: CustomerPhone; call: CustomerCall }) {
  const { named } = useWords();
  const up = call.stage === "up";
  const menu = call.told?.stage === "menu" ? call.told.keys : null;
  const [wanted, setWanted] = useState(false);
  const shown = wanted || menu !== null || call.told === null;
  const choices = new Map(menu?.map((each) => [each.key, each.person ? t("call.keyPerson") : named(each.words)]));
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
      {!shown && (
        <button type="button" className="cc-language" onClick={() => setWanted(true)} data-testid="keypad">
          {t("call.keypad")}
        </button>
      )}
      <div className="cc-pad" hidden={!shown}>
        {keys.map((key) => (
          <button
            type="button"
            key={key}
            disabled={!up}
            className={[lit === key && "lit", choices.has(key) && "choice"].filter(Boolean).join(" ")}
            onClick={() => {
              setLit(key);
              phone.sendKey(key);
            }}
            data-testid={`key-${key}`}
          >
            {key}
            <small>{choices.get(key) || letters[key] || ""}</small>
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
