import { Segmented } from "antd";
import { useWords } from "../../i18n";
import { rangeDays } from "./range";

export function Range({ days, choose }: { days: number; choose: (days: number) => void }) {
  const { t } = useWords();
  return (
    <Segmented
      value={days}
      onChange={choose}
      aria-label={t("selfservice.range")}
      options={rangeDays.map((value) => ({ value, label: value === 1 ? t("selfservice.today") : t("selfservice.days", { count: value }) }))}
    />
  );
}
