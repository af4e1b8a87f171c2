/** A feature's words, in both languages with the same keys. `_one` and `_other` are i18next's plural endings. */
export function words<Zh extends Record<string, string>>(all: { zh: Zh; en: Record<keyof Zh | Plural<keyof Zh>, string> }): {
  zh: Zh;
  en: Record<string, string>;
} {
  return all;
}

/** Chinese knows one form; English needs `key_one` beside `key_other`. */
type Plural<K> = K extends `${infer Base}_other` ? `${Base}_one` : never;

export type Key<W> = { [N in keyof W & string]: W[N] extends { zh: infer Z } ? `${N}.${Singular<keyof Z & string>}` : never }[keyof W &
  string];

type Singular<K extends string> = K extends `${infer Base}_other` ? Base : K;
