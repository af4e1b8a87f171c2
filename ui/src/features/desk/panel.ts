/** The desk is a frame: a context brings its panel, its place, its keys, in one registration. */

import type { ComponentType } from "react";
import type { WordKey } from "../../i18n";

export interface DeskPanel {
  id: string;
  /** `strip` above, `stage` in the middle, `side` at the right; in the order of registration. */
  place: "strip" | "notices" | "stage" | "side";
  Panel: ComponentType;
  keys: Record<string, DeskKey>;
}

export interface DeskKey {
  /** `F2`, `Alt+KeyR` (by place on the keyboard), `Ctrl+Enter`, `Alt+Digit` (any of 1–9), `?` (not while typing). */
  combo: string;
  words: WordKey;
}
