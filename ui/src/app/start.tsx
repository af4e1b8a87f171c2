import type { Root } from "react-dom/client";
import { addWords } from "../i18n";
import { staffWords } from "../i18n/staff";
import { unlockSound } from "../phone/ring";
import { App } from "./App";

export function start(root: Root): void {
  addWords(staffWords);
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, unlockSound, { once: true });
  root.render(<App />);
}
