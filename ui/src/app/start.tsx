import type { Root } from "react-dom/client";
import { addWords } from "../i18n";
import { staffWords } from "../i18n/staff";
import { soundContext } from "../phone/sounds";
import { App } from "./App";

export function start(root: Root): void {
  addWords(staffWords);
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, soundContext, { once: true });
  root.render(<App />);
}
