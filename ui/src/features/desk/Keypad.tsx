import { useEffect } from "react";
import { deskPhone } from "../../phone/phone";
import { isTyping } from "./keys";

const keys = Array.from("1234567890*#");

/** Keys to the far side. What is sent is not shown: it may be a PIN. */
export function Keypad() {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.repeat || isTyping(event.target)) return;
      if (/^[0-9*#]$/.test(event.key)) deskPhone.sendKey(event.key);
    };
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, []);
  return (
    <div className="keypad" data-testid="keypad-keys">
      {keys.map((key) => (
        <button type="button" key={key} onClick={() => deskPhone.sendKey(key)} data-testid={`key-${key}`}>
          {key}
        </button>
      ))}
    </div>
  );
}
