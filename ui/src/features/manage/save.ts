/** Saving a configured thing: fields that the server will not have are marked where they stand. */

import type { FormInstance } from "antd";
import { api, ApiError, pathId } from "../../api/client";
import { t } from "../../i18n";
import { fieldProblems } from "../../i18n/explain";
import type { Field, Item } from "./kinds";

export function save(kind: string, item: Item | null, body: Record<string, unknown>): Promise<Item> {
  if (item) return api.put<Item>(`/${kind}/${pathId(item.id)}`, { ...body, version: item.version });
  return api.post<Item>(`/${kind}`, body);
}

/** True when every problem has found its field. */
export function mark(form: FormInstance, fields: Field[], error: unknown): boolean {
  const problems = Object.entries(fieldProblems(error));
  const names = ["name", ...fields.map((field) => field.name)];
  const found = new Map<Field["name"], string[]>();
  const marked = problems.filter(([path, words]) => {
    const name = names.find((each) => dotted(each) === path) ?? names.find((each) => path.startsWith(`${dotted(each)}.`));
    if (name) found.set(name, [...(found.get(name) ?? []), numbered(path.slice(dotted(name).length), words)]);
    return name !== undefined;
  });
  for (const [name, errors] of found) form.setFields([{ name, errors }]);
  const [first] = form.getFieldsError().filter((field) => field.errors.length > 0);
  if (first) form.scrollToField(first.name, { focus: true, block: "center" });
  return problems.length > 0 && marked.length === problems.length;
}

const dotted = (name: Field["name"]) => (Array.isArray(name) ? name.join(".") : name);

/** Of a list, which of it. */
function numbered(rest: string, words: string): string {
  const n = /^\.(\d+)(\.|$)/.exec(rest);
  return n ? t("manage.nth", { n: Number(n[1]) + 1, what: words }) : words;
}

/** The way on which contacts would come back to where they were. */
export function way(error: unknown): string {
  if (!(error instanceof ApiError) || error.code !== "configuration.overflow_loop") return "";
  return (error.detail.names as string[]).join(" → ");
}

/** Who still uses what cannot be deleted. */
export function users(error: unknown): string[] {
  if (!(error instanceof ApiError) || !Array.isArray(error.detail.used_by)) return [];
  return (error.detail.used_by as { name: string }[]).map((each) => each.name);
}
