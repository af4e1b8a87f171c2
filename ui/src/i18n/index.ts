/** Words on the page: one file per feature, chosen by the person, the browser otherwise. */

import i18next, { type TOptions } from "i18next";
import { useSyncExternalStore } from "react";
import type { Names } from "../api/types";
import type { customerCallWords } from "../features/customer-call/words";
import { errorWords } from "./errors";
import type { staffWords } from "./staff";
import type { Key } from "./words";

export type Language = "zh" | "en";

export type WordKey = Key<typeof staffWords & { call: typeof customerCallWords }>;

const kept = "qingting.language";

function first(): Language {
  const asked = new URLSearchParams(location.search).get("language") ?? localStorage.getItem(kept);
  if (asked === "zh" || asked === "en") return asked;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

void i18next.init({
  lng: first(),
  fallbackLng: "zh",
  supportedLngs: ["zh", "en"],
  initAsync: false,
  interpolation: { escapeValue: false },
  resources: {
    zh: { translation: {}, errors: errorWords.zh },
    en: { translation: {}, errors: errorWords.en },
  },
});
document.documentElement.lang = i18next.language === "zh" ? "zh-CN" : "en";

/** Brings words in before anything is drawn: the customer's page brings its own only. */
export function addWords(all: Record<string, { zh: Record<string, string>; en: Record<string, string> }>): void {
  for (const [name, words] of Object.entries(all)) {
    i18next.addResourceBundle("zh", "translation", { [name]: words.zh }, true);
    i18next.addResourceBundle("en", "translation", { [name]: words.en }, true);
  }
}

export function language(): Language {
  return i18next.language === "en" ? "en" : "zh";
}

export function setLanguage(next: Language): void {
  localStorage.setItem(kept, next);
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
  void i18next.changeLanguage(next);
}

export function t(key: WordKey, values?: TOptions): string {
  return i18next.t(key, values);
}

/** Words one after the other, as the language separates them. */
export function listed(words: readonly string[]): string {
  return words.join(language() === "en" ? ", " : "、");
}

/** A key built at run time, when it exists; else the fallback. */
export function maybe(key: string, fallback: string, values?: TOptions): string {
  return i18next.exists(key) ? i18next.t(key, values) : fallback;
}

export type Translate = typeof t;

function subscribe(listener: () => void): () => void {
  i18next.on("languageChanged", listener);
  return () => i18next.off("languageChanged", listener);
}

/** The language in use; the component draws again when it changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, language);
}

export function useWords(): { t: Translate; language: Language; named: (names: Partial<Names> | undefined) => string } {
  const now = useLanguage();
  return { t, language: now, named: (names) => (names ? names[now] || names.zh || names.en || "" : "") };
}
