import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Names } from "../../api/types";
import { useMay } from "../../app/session";
import { useWords } from "../../i18n";

/** What customers are asked for their consent to. */
export interface Purpose {
  id: string;
  version: number;
  names: Partial<Names>;
  retired: boolean;
  /** Everybody has it: it can be renamed and retired, not removed. */
  usual: boolean;
}

export const purposesKey = ["customer-purposes"];

/** All of them, and each by its name; its code while that is unknown. */
export function usePurposes(): { purposes: Purpose[]; purposeName: (id: string) => string } {
  const { named } = useWords();
  const { data } = useQuery({
    queryKey: purposesKey,
    queryFn: () => api.get<{ items: Purpose[] }>("/customer-purposes"),
    enabled: useMay()("customers.view"),
    staleTime: 60_000,
  });
  const purposes = data?.items ?? [];
  return { purposes, purposeName: (id) => named(purposes.find((each) => each.id === id)?.names) || id };
}
