import type { ReactNode } from "react";
import { keyLabel } from "./keys";

/** A button of the call: says its key, and whether it is on. */
export function Control(props: {
  test: string;
  combo: string;
  on: boolean;
  disabled: boolean;
  run: () => void;
  tone?: "held" | "over";
  title?: string | undefined;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      className={`control ${props.on ? `on ${props.tone ?? ""}` : ""}`}
      aria-pressed={props.on}
      disabled={props.disabled}
      title={props.title}
      onClick={props.run}
      data-testid={props.test}
    >
      {props.children} <kbd>{keyLabel(props.combo)}</kbd>
    </button>
  );
}
