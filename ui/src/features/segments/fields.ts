import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Names } from "../../api/types";

export interface CustomField {
  id: string;
  names: Partial<Names>;
  type: "text" | "number" | "date" | "choice" | "yes_no" | "money";
  choices: string[];
  searchable: boolean;
  retired: boolean;
}

/** The tenant's own fields by which one can search. */
export function useFields(): CustomField[] {
  const { data } = useQuery({
    queryKey: ["customer-fields"],
    queryFn: () => api.get<{ items: CustomField[] }>("/customer-fields"),
    staleTime: 60_000,
  });
  return (data?.items ?? []).filter((each) => each.searchable && !each.retired);
}
