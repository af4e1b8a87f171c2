import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, pathId } from "../../../api/client";
import { useTell } from "../../../components/useTell";
import { useWords, type WordKey } from "../../../i18n";
import type { Customer } from "./shapes";

/** One customer, and how something of theirs is changed: all that shows them is asked for anew. */
export function useRecord(id: string) {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const path = `/customers/${pathId(id)}`;
  const record = useQuery({ queryKey: ["customer", id], queryFn: () => api.get<Customer>(path) });
  /** Whether it was done; what went wrong is told. */
  const act = async (ask: () => Promise<unknown>, done: WordKey | "" = ""): Promise<boolean> => {
    try {
      await ask();
      if (done) tell.done(t(done));
      return true;
    } catch (error) {
      tell.failed(error);
      return false;
    } finally {
      await Promise.all(["customer", "customer-line", "customer-timeline", "customer-book", "recoveries"].map((key) => client.invalidateQueries({ queryKey: [key] })));
    }
  };
  return { path, record, act };
}

export type Act = ReturnType<typeof useRecord>["act"];
