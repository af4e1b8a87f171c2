import { useWords, type WordKey } from "../../i18n";
import { languages } from "./shapes";

/** What a language is called; its code where the house does not speak it. */
export function useLanguageName(): (language: string) => string {
  const { t } = useWords();
  return (language) => ((languages as readonly string[]).includes(language) ? t(`prompts.l_${language}` as WordKey) : language);
}
