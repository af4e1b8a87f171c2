import { useNames } from "../../components/useNames";
import { maybe } from "../../i18n";

/** Why an agent gets nothing: a reason that people choose, or one of the system's own, apart from those. */
export function useReason(): (id: string) => string {
  const chosen = useNames("reasons");
  return (id) => maybe(`floor.r_${id}`, chosen(id));
}
