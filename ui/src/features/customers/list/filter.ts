/** The list as the address holds it, so that it can be sent to a colleague and survives going back. */

import type { Query } from "../../../api/client";
import type { View } from "../shapes";

/** As the server's parameters; what is empty does not matter. */
export interface Filter {
  q: string;
  kind: string;
  language: string;
  layer: string;
  tag: string;
  field: string;
  value: string;
  least: string;
  most: string;
  purpose: string;
  consent_medium: string;
  given: string;
  segment: string;
  changed_days: string;
  contacted_days: string;
  sort: string;
}

export const nothing: Filter = {
  q: "",
  kind: "",
  language: "",
  layer: "",
  tag: "",
  field: "",
  value: "",
  least: "",
  most: "",
  purpose: "",
  consent_medium: "",
  given: "",
  segment: "",
  changed_days: "",
  contacted_days: "",
  sort: "",
};

const names = Object.keys(nothing) as (keyof Filter)[];

export function read(search: URLSearchParams): Filter {
  return Object.fromEntries(names.map((name) => [name, search.get(name) ?? ""])) as unknown as Filter;
}

/** `view`: which one it began with, kept beside it. */
export function write(filter: Filter, view: string): URLSearchParams {
  const search = new URLSearchParams();
  for (const name of names) if (filter[name] !== "") search.set(name, filter[name]);
  if (view) search.set("view", view);
  return search;
}

export function asQuery(filter: Filter): Query {
  return { ...filter };
}

/** What a view keeps: what is asked by, not whom somebody looked for. */
export function toKeep(filter: Filter): Record<string, string> {
  const kept = names.filter((name) => name !== "q" && name !== "sort" && filter[name] !== "");
  return Object.fromEntries(kept.map((name) => [name, filter[name]]));
}

export function ofView(view: View): Filter {
  const told = Object.fromEntries(Object.entries(view.filter).map(([name, value]) => [name, String(value)]));
  return { ...nothing, ...told, sort: view.sort === "name" ? "name" : "" };
}

/** Whether the list still shows what the view asks for. */
export function same(filter: Filter, view: View): boolean {
  const kept = ofView(view);
  return names.every((name) => name === "q" || filter[name] === kept[name]);
}

export function isFiltered(filter: Filter): boolean {
  return names.some((name) => name !== "sort" && filter[name] !== "");
}
