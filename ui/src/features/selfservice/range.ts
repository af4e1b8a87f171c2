import { useSearchParams } from "react-router";

export const rangeDays = [1, 7, 30, 90] as const;

/** Days until today that are looked at, in the address: a link shows the same to others. Today is the tenant's. */
export function useRange(): { days: number; choose: (days: number) => void } {
  const [search, setSearch] = useSearchParams();
  const asked = Number(search.get("days") ?? 7);
  const days = rangeDays.find((it) => it === asked) ?? 7;
  const choose = (next: number) => {
    setSearch((before) => {
      before.set("days", String(next));
      return before;
    }, { replace: true });
  };
  return { days, choose };
}
