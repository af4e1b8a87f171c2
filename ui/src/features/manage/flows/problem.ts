import type { Language } from "../../../i18n";

export interface Problem {
  line: number;
  column: number;
  code: string;
  message: string;
}

/** Where only the server's own words tell the rule that was broken, or what came instead. */
const ruled = /^(flow\.(bad_\w+|case_failed|missing_\w+|unknown_field|too_\w+|unspoken)|yaml\.syntax)$/;

/** In English the server's own words, which name what they speak of; else `words` of its code, with these names, or the
 *  server's rule, behind them. Pure. */
export function told(problem: Problem, words: string, language: Language): { words: string; detail: string } {
  if (language === "en" || words === problem.message) return { words: problem.message, detail: "" };
  if (ruled.test(problem.code)) return { words, detail: problem.message };
  const names = [...new Set([...problem.message.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? ""))];
  return { words: names.length > 0 ? `${words.replace(/。$/, "")}：${names.join("、")}` : words, detail: "" };
}
