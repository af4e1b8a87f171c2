import i18next from "i18next";
import { ApiError } from "../api/client";
import { t } from "./index";

/** An error in the person's words; an unknown code keeps the server's own words. `reference` finds the log line. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  const parts = [codeWords(error.code, error.message || error.code, nameIn(error))];
  if (error.retryAfter_s > 0) parts.push(wait(error.retryAfter_s));
  if (error.reference && error.status >= 500) parts.push(t("common.reference", { reference: error.reference }));
  return parts.join(" ");
}

/** Some words name whom the error speaks of. */
function nameIn(error: ApiError): string {
  return typeof error.detail.name === "string" && error.detail.name !== "" ? error.detail.name : t("common.somebody");
}

export function codeWords(code: string, fallback: string, name = ""): string {
  const options = { ns: "errors", keySeparator: false as const, name };
  return i18next.exists(code, options) ? i18next.t(code, options) : fallback;
}

function wait(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (i18next.language === "en") return seconds < 90 ? `Wait ${Math.ceil(seconds)} s.` : `Wait ${minutes} minutes.`;
  return seconds < 90 ? `请等 ${Math.ceil(seconds)} 秒。` : `请等 ${minutes} 分钟。`;
}

/** Field problems of a 422, by path. */
export function fieldProblems(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError) || typeof error.detail.fields !== "object" || error.detail.fields === null) return {};
  return Object.fromEntries(
    Object.entries(error.detail.fields as Record<string, string>).map(([path, code]) => [path, codeWords(code, code)]),
  );
}
