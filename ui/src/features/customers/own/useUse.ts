import { listed, useWords } from "../../../i18n";
import type { Use } from "./shapes";

interface Counted {
  none: string;
  many: (many: string) => string;
  tooMany: string;
}

/** How many have it, and which rules go by it. */
export function useUse({ none, many, tooMany }: Counted): (use: Omit<Use, "choices">) => string {
  const { t, named } = useWords();
  return (use) => {
    const count = use.many === null ? tooMany : use.many === 0 ? none : many(use.many.toLocaleString());
    if (use.used_by.length === 0) return count;
    const names = listed(use.used_by.map((each) => (each.names ? named(each.names) : (each.tag ?? each.id))));
    return `${count} · ${t("own.useBy", { names })}`;
  };
}
