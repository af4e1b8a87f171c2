import { useEffect, useRef, type KeyboardEvent } from "react";
import type { Labelled } from "../../api/types";
import { useFocusBack } from "../../components/useFocusBack";
import { useWords } from "../../i18n";
import { isTyping } from "./keys";

/** Takes the focus while it is open, and gives it back to where it was; plain digits choose. */
export function ReasonMenu(props: { reasons: Labelled[]; choose: (reason: Labelled) => void; title: string }) {
  const { reasons, choose, title } = props;
  const { named } = useWords();
  const list = useRef<HTMLDivElement>(null);
  useFocusBack();
  useEffect(() => {
    list.current?.querySelector("button")?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    const listener = (event: globalThis.KeyboardEvent) => {
      if (isTyping(event.target) || !/^[1-9]$/.test(event.key) || event.altKey || event.ctrlKey) return;
      const reason = reasons[Number(event.key) - 1];
      if (reason) choose(reason);
    };
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  });
  const walk = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const all = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = all.findIndex((each) => each === document.activeElement);
    if (step === 0 || at < 0) return;
    event.preventDefault();
    all[(at + step + all.length) % all.length]?.focus();
  };
  return (
    <div ref={list} className="reason-list" role="menu" aria-label={title} onKeyDown={walk}>
      {reasons.map((reason, index) => (
        <button
          type="button"
          key={reason.id}
          role="menuitem"
          data-testid={`reason-${reason.id}`}
          onClick={() => choose(reason)}
        >
          {named(reason.names)} {index < 9 && <kbd>{index + 1}</kbd>}
        </button>
      ))}
    </div>
  );
}
