import { Segmented } from "antd";
import { useState } from "react";
import { useWords, type WordKey } from "../../i18n";
import type { FlowFigures } from "./shapes";
import { Trend } from "./Trend";

interface Props {
  days: (FlowFigures & { at: string })[];
  target: number;
  currency: string;
}

type Shown = "containment" | "satisfaction" | "saved";

const names: Record<Shown, WordKey> = { containment: "selfservice.containment", satisfaction: "selfservice.m_satisfaction", saved: "selfservice.saved" };
const titles: Record<Shown, WordKey> = { containment: "selfservice.byDay", satisfaction: "selfservice.satisfactionByDay", saved: "selfservice.savedByDay" };

/** Day by day: containment against its target, what callers say of it, what it saves once a contact has a price. */
export function ByDay({ days, target, currency }: Props) {
  const { t } = useWords();
  const [chosen, choose] = useState<Shown>("containment");
  const priced = days.some((it) => it.saved !== null);
  const shown = chosen === "saved" && !priced ? "containment" : chosen;
  const offered: Shown[] = priced ? ["containment", "satisfaction", "saved"] : ["containment", "satisfaction"];
  const ratings = shown === "satisfaction";
  return (
    <div data-testid="by-day">
      <h2>{t(titles[shown])}</h2>
      <Segmented<Shown>
        size="small"
        value={shown}
        onChange={choose}
        aria-label={t("selfservice.byDayShown")}
        options={offered.map((value) => ({ value, label: t(names[value]) }))}
      />
      {ratings && days.length > 0 && days.every((it) => it.rated === 0) ? (
        <p className="quiet">{t("selfservice.noRatings")}</p>
      ) : (
        <Trend
          words={t(titles[shown])}
          target={shown === "containment" ? target : undefined}
          {...(shown === "saved" && {
            shown: (value: number) => `${currency} ${value.toLocaleString()}`,
            most: Math.max(1, ...days.map((it) => it.saved ?? 0)),
          })}
          counted={ratings ? "selfservice.ratings" : undefined}
          points={days.map((it) => ({ at: it.at, value: it[shown], count: ratings ? it.rated : it.contacts }))}
        />
      )}
    </div>
  );
}
