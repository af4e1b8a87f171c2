import type { WordKey } from "../../i18n";

export interface ManagePage {
  path: string;
  words: WordKey;
  permission: string;
}

export const managePages: ManagePage[] = [];
