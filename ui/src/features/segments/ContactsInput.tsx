import { Button, Select } from "antd";
import { useState } from "react";
import { useWords } from "../../i18n";
import { Amount, Many, useOptions, type Saying } from "./ConditionInput";

const whats = ["contacts", "answered", "abandoned", "self_served", "transferred", "callbacks", "messages"] as const;
const beside = ["direction", "media", "queues", "dispositions", "waited_s"];

/** How often somebody had to do with the centre; the finer points only when they are asked for. */
export function ContactsInput({ said, onChange }: Saying) {
  const { t } = useWords();
  const [more, setMore] = useState(() => beside.some((name) => name in said));
  const set = (part: Record<string, unknown>) => onChange({ ...said, ...part });
  return (
    <>
      <Select
        size="small"
        aria-label={t("segments.what")}
        value={(said.what as string | undefined) ?? "contacts"}
        onChange={(what) => set({ what })}
        options={whats.map((value) => ({ value, label: t(`segments.what_${value}`) }))}
        popupMatchSelectWidth={false}
      />
      <span className="quiet">{t("segments.inLast")}</span>
      <Amount value={said.days} words={t("segments.days")} least={1} most={3650} onChange={(days) => set({ days })} />
      <span className="quiet">{t("segments.days")}</span>
      <Amount value={said.least} words={t("segments.least")} least={0} most={10_000} onChange={(least) => set({ least })} />
      <span className="quiet">{t("segments.to")}</span>
      <Amount value={said.most} words={t("segments.most")} least={0} most={10_000} onChange={(most) => set({ most })} />
      <span className="quiet">{t("segments.times")}</span>
      {more ? <More said={said} onChange={onChange} /> : <Button size="small" type="link" onClick={() => setMore(true)}>{t("segments.finer")}</Button>}
    </>
  );
}

function More({ said, onChange }: Saying) {
  const { t } = useWords();
  const queues = useOptions("queues");
  const dispositions = useOptions("dispositions");
  const set = (part: Record<string, unknown>) => onChange({ ...said, ...part });
  const media = (["voice", "chat", "mail", "sms", "social"] as const).map((value) => ({ value, label: t(`segments.medium_${value}`) }));
  return (
    <div className="rule-more">
      <Select
        size="small"
        aria-label={t("segments.direction")}
        value={(said.direction as string | undefined) ?? "in"}
        onChange={(direction) => set({ direction })}
        options={(["in", "out", "any"] as const).map((value) => ({ value, label: t(`segments.direction_${value}`) }))}
        popupMatchSelectWidth={false}
      />
      <Many value={said.media} words={t("segments.medium")} onChange={(value) => set({ media: value })} options={media} />
      <Many value={said.queues} words={t("segments.queues")} onChange={(value) => set({ queues: value })} options={queues} />
      <Many value={said.dispositions} words={t("segments.dispositions")} onChange={(value) => set({ dispositions: value })} options={dispositions} />
      <span className="quiet">{t("segments.waited")}</span>
      <Amount value={said.waited_s} words={t("segments.seconds")} least={0} most={86_400} onChange={(waited_s) => set({ waited_s })} />
      <span className="quiet">{t("segments.seconds")}</span>
    </div>
  );
}
