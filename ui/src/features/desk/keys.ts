/** The desk's keyboard: combinations to actions, the same while typing, none of them a plain letter or Space. */

import { createContext, useContext, useEffect, useRef } from "react";

export type KeyAction = (digit: number) => void;

export class Keyboard {
  private actions = new Map<string, KeyAction>();

  constructor(private readonly combos: Record<string, string>) {}

  set(name: string, action: KeyAction | null): void {
    if (action) this.actions.set(name, action);
    else this.actions.delete(name);
  }

  /** True when the event was one of ours. */
  handle(event: KeyboardEvent): boolean {
    if (event.repeat || event.isComposing) return false;
    const combo = comboOf(event);
    if (combo === "?" && isTyping(event.target)) return false;
    for (const [name, wanted] of Object.entries(this.combos)) {
      const digit = digitOf(event, combo);
      const fits = wanted === combo || (wanted.endsWith("+Digit") && digit > 0 && combo.startsWith("Alt+"));
      const action = fits ? this.actions.get(name) : undefined;
      if (action) {
        action(digit);
        return true;
      }
    }
    return false;
  }
}

export function comboOf(event: Pick<KeyboardEvent, "key" | "code" | "altKey" | "ctrlKey" | "metaKey">): string {
  if (event.altKey && !event.ctrlKey && !event.metaKey) return `Alt+${event.code}`;
  if ((event.ctrlKey || event.metaKey) && !event.altKey) return `Ctrl+${event.key}`;
  return event.key;
}

function digitOf(event: KeyboardEvent, combo: string): number {
  return /Digit[1-9]$/.test(combo) ? Number(event.code.slice(-1)) : 0;
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

/** As printed on the keyboard: `Alt+KeyR` → `Alt R`. */
export function keyLabel(combo: string): string {
  return combo.replace("Key", "").replace("Alt+Digit", "Alt 1–9").replace("+", " ");
}

export const KeyboardContext = createContext<Keyboard | null>(null);

/** Binds a registered key while the component stands; `null` leaves it without effect. */
export function useDeskKey(name: string, action: KeyAction | null): void {
  const keyboard = useContext(KeyboardContext);
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });
  const bound = action !== null;
  useEffect(() => {
    if (!keyboard || !bound) return;
    keyboard.set(name, (digit) => latest.current?.(digit));
    return () => keyboard.set(name, null);
  }, [keyboard, name, bound]);
}
