import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { useWords, type WordKey } from "../../i18n";

interface State {
  id: string;
  state: string;
  why: string;
}

const words: Record<string, WordKey> = {
  ready: "manage.tr_ready",
  registered: "manage.tr_registered",
  registering: "manage.tr_registering",
  refused: "manage.tr_refused",
  unknown_host: "manage.tr_unknownHost",
  failing: "manage.tr_failing",
  unreachable: "manage.tr_unreachable",
  impossible: "manage.tr_impossible",
};
const good = new Set(["ready", "registered"]);

/** Of these kinds each thing has a state in the telephone engine. */
export const stateOf: Record<string, string> = { trunks: "trunk-states", sites: "site-states" };

/** How a trunk, or the way to a site's engine, stands now; the server's own words say why. */
export function TrunkState({ kind, id }: { kind: string; id: string }) {
  const { t } = useWords();
  const { data } = useQuery({
    queryKey: [stateOf[kind]],
    queryFn: () => api.get<{ items: State[] }>(`/${stateOf[kind]}`),
    refetchInterval: 10_000,
  });
  const found = data?.items.find((each) => each.id === id);
  if (!found) return <span className="faint">–</span>;
  return (
    <em
      className={good.has(found.state) ? "tag" : "tag over"}
      title={found.why}
      data-testid="trunk-state"
      data-state={found.state}
    >
      {t(words[found.state] ?? "manage.tr_unknown")}
    </em>
  );
}
