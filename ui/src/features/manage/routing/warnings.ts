/** What is configured and fails customers, in words. */

import { useQuery } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { useNames } from "../../../components/useNames";
import { listed, useWords } from "../../../i18n";

export interface Warning {
  code: "requirement.nobody" | "queue.no_agents" | "overflow.no_way";
  queue: string;
  rule: string;
  skills: Record<string, number>;
  /** Whose contacts these are; empty: anybody's. */
  site: string;
  /** Of `overflow.no_way`: which flow has no way to what. */
  flow?: string;
  to?: "callback" | "message" | "voicemail";
}

export const warned = new Set(["agents", "queues", "rules", "skills"]);
export const warningsKey = ["configuration-warnings"];

export function useWarnings(kind: string): Warning[] {
  const { data } = useQuery({
    queryKey: warningsKey,
    queryFn: () => api.get<{ items: Warning[] }>("/configuration/warnings"),
    enabled: warned.has(kind),
    staleTime: 5_000,
  });
  return data?.items ?? [];
}

export function useWarningWords(): (warning: Warning) => string {
  const { t } = useWords();
  const queue = useNames("queues");
  const rule = useNames("rules");
  const skill = useNames("skills");
  const site = useNames("sites");
  const flow = useNames("flows");
  return (warning) => {
    const skills = listed(
      Object.entries(warning.skills).map(([id, level]) => `${skill(id)} ${t("manage.level", { level })}`),
    );
    const values = { queue: queue(warning.queue), rule: rule(warning.rule), skills };
    if (warning.flow && warning.to) {
      return t("routing.warnNoWay", { ...values, flow: flow(warning.flow), to: t(`routing.to_${warning.to}`) });
    }
    if (warning.code === "queue.no_agents") return t("routing.warnEmpty", values);
    if (warning.site) return t("routing.warnSite", { ...values, site: site(warning.site) });
    return warning.rule ? t("routing.warnRule", values) : t("routing.warnNobody", values);
  };
}
