export interface Recording {
  language: string;
  number: number;
  current: boolean;
  source: "recorded" | "uploaded";
  seconds: number;
  by: string;
  at: number;
}

export interface Prompt {
  id: string;
  name: string;
  texts: Record<string, string>;
  version: number;
  /** Of the house: its texts stay, its recordings may be replaced. */
  standard: boolean;
  /** In the list those in use, one a language; of one prompt all versions, the newest first. */
  recordings: Recording[];
  flows: { id: string; name: string }[];
}

/** In which the house itself speaks. */
export const languages = ["zh", "yue", "en", "ja", "ko", "fr", "de", "es", "ar"] as const;
