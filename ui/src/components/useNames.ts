import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import { deskSetupQuery } from "../api/desk";
import type { Labelled, Page } from "../api/types";
import { useMay, useSession } from "../app/session";
import { useWords } from "../i18n";

export interface Named {
  id: string;
  name: string;
  names?: Labelled["names"];
  retired?: boolean;
}

/** All items of a kind of configuration, for choosing and for names; empty without the permission to see it. */
export function useKind<T extends Named>(kind: string): T[] | undefined {
  const may = useMay();
  const allowed = may("configuration.view");
  const { data } = useQuery({
    queryKey: ["kind", kind],
    queryFn: () => allPages<T>(`/${kind}`),
    enabled: allowed,
    staleTime: 60_000,
  });
  return allowed ? data : [];
}

const most_pages = 200;

export async function allPages<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let n = 0; n < most_pages; n++) {
    const page: Page<T> = await api.get<Page<T>>(path, { limit: 200, cursor });
    items.push(...page.items);
    cursor = page.next;
    if (!cursor || page.items.length === 0) break;
  }
  return items;
}

/** Name of an id in the person's language; the id itself while unknown. */
export function useNames(kind: string): (id: string) => string {
  const { named } = useWords();
  const all = useKind(kind);
  const may = useMay();
  const { user } = useSession();
  // An agent sees no configuration, but knows the words of their own desk.
  const own = kind === "dispositions" || kind === "reasons" ? kind : null;
  const desk = useQuery({
    ...deskSetupQuery,
    enabled: own !== null && !may("configuration.view") && may("desk.use") && user.agent !== "",
  });
  const items: Pick<Named, "id" | "name" | "names">[] | undefined =
    own && desk.data ? desk.data[own].map((each) => ({ ...each, name: each.names.zh })) : all;
  return (id) => {
    if (items === undefined) return ""; // it comes in a moment: no name is better than another one
    const item = items.find((each) => each.id === id);
    return item ? named(item.names) || item.name : id;
  };
}

export function useLabelled(kind: string): Labelled[] {
  const items = useKind(kind) ?? [];
  return items.map((item) => ({ id: item.id, names: item.names ?? { zh: item.name, en: item.name }, retired: item.retired }));
}
