import { maybe } from "../../i18n";

/** What a kind of node is called; one that nobody knows stands for itself. */
export function kindWords(kind: string): string {
  return maybe(`selfservice.k_${kind}`, kind);
}

/** What led on: a key, or an outcome in words. */
export function viaWords(via: string): string {
  return maybe(`selfservice.v_${via}`, via);
}
