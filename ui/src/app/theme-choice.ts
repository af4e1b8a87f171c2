/** Light, dark or as the system has it; kept in this browser. */

import { useSyncExternalStore } from "react";

export type ThemeChoice = "system" | "light" | "dark";

const kept = "qingting.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

export function themeChoice(): ThemeChoice {
  const choice = localStorage.getItem(kept);
  return choice === "light" || choice === "dark" ? choice : "system";
}

export function isDark(): boolean {
  const choice = themeChoice();
  return choice === "dark" || (choice === "system" && system.matches);
}

/** The attribute that all of base.css goes by. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(kept, choice);
  changed();
}

function changed(): void {
  applyTheme();
  for (const listener of listeners) listener();
}

system.addEventListener("change", changed);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useDark(): boolean {
  return useSyncExternalStore(subscribe, isDark);
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, themeChoice);
}
