import { t, type Language } from "../../i18n";
import type { OneImport } from "./shapes";

/** What a column may be, in groups as people look for it, each with the words of whoever reads. */
export interface Choice {
  value: string;
  label: string;
}

const some = /^(phone|mail|address|book|tag|identity|relation)\b/;

/** There may be several columns of it. */
export const many = (field: string) => some.test(field);

/** By it a row finds its customer again. */
export const key = (field: string) => /^(external_id$|phone$|mail$|identity:)/.test(field);

export function groups(job: OneImport, language: Language): { label: string; options: Choice[] }[] {
  const own = job.own_fields.map(({ field, names }) => ({ value: field, label: ownName(field, names[language] ?? Object.values(names)[0] ?? field) }));
  const fixed = job.fields.map((field) => ({ value: field, label: fixedName(field) }));
  const of = (all: Choice[], kind: RegExp) => all.filter(({ value }) => kind.test(value));
  return [
    { label: t("imports.g_record"), options: fixed.filter(({ value }) => !value.includes(":") && value !== "tag") },
    { label: t("imports.g_own"), options: of(own, /^field:/) },
    { label: t("imports.g_tags"), options: of(fixed, /^tag/) },
    { label: t("imports.g_relations"), options: of(own, /^relation:/) },
    { label: t("imports.g_identities"), options: of(fixed, /^identity:/) },
    { label: t("imports.g_consents"), options: of(own, /^consent:/) },
  ].filter(({ options }) => options.length > 0);
}

function ownName(field: string, name: string): string {
  const [kind = "", , medium = ""] = field.split(":");
  return kind === "consent" ? t("imports.consent", { purpose: name, medium: word(`m_${medium}`, medium) }) : name;
}

function fixedName(field: string): string {
  const [kind = "", first = ""] = field.split(":");
  return word(`f_${field.replace(":", "_")}`, first || kind);
}

const word = (name: string, fallback: string) => t(`imports.${name}` as "imports.f_name", { defaultValue: fallback });
