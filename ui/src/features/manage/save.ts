/** Saving a configured thing: fields that the server will not have are marked where they stand. */

import type { FormInstance } from "antd";
import { api, ApiError, pathId } from "../../api/client";
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
  const marked = problems.filter(([path, words]) => {
    const name =
      names.find((each) => (Array.isArray(each) ? each.join(".") : each) === path) ??
      names.find((each) => path.startsWith(`${Array.isArray(each) ? each.join(".") : each}.`));
    if (name) form.setFields([{ name, errors: [words] }]);
    return name !== undefined;
  });
  const [first] = form.getFieldsError().filter((field) => field.errors.length > 0);
  if (first) form.scrollToField(first.name, { focus: true, block: "center" });
  return problems.length > 0 && marked.length === problems.length;
}

/** Who still uses what cannot be deleted. */
export function users(error: unknown): string[] {
  if (!(error instanceof ApiError) || !Array.isArray(error.detail.used_by)) return [];
  return (error.detail.used_by as { name: string }[]).map((each) => each.name);
}
