import { Input, Radio, Select } from "antd";
import { useState } from "react";
import { api } from "../../../../api/client";
import { useMay } from "../../../../app/session";
import { instant } from "../../../../components/format";
import { maybe, useWords } from "../../../../i18n";
import { usePurposes } from "../../usePurposes";
import { media, type Customer } from "../shapes";
import type { Act } from "../useRecord";
import { Box, Small } from "./Box";

/** What they said last of each purpose; the way here is in the timeline. */
export function Consents({ customer, path, act }: { customer: Customer; path: string; act: Act }) {
  const { t } = useWords();
  const may = useMay();
  const { purposeName } = usePurposes();
  return (
    <Box
      title={t("record.consents")}
      testid="consents"
      add={may("customers.edit") ? t("record.addConsent") : ""}
      form={(close) => <Add path={path} act={act} close={close} />}
    >
      {customer.consents.length === 0 && <p className="record-none">{t("record.noConsents")}</p>}
      <ul className="record-list">
        {customer.consents.map((it) => (
          <li key={`${it.purpose} ${it.medium}`} title={it.how}>
            <span>
              {it.given ? "✓" : "✕"} {purposeName(it.purpose)} <span className="quiet">{maybe(`record.m_${it.medium}`, it.medium)}</span>
            </span>
            <span>
              <strong className={it.given ? "" : "over"}>{t(it.given ? "record.given" : "record.refused")}</strong>{" "}
              <time className="faint">{instant(it.at)}</time>
            </span>
          </li>
        ))}
      </ul>
    </Box>
  );
}

function Add({ path, act, close }: { path: string; act: Act; close: () => void }) {
  const { t } = useWords();
  const { purposes, purposeName } = usePurposes();
  const [purpose, setPurpose] = useState<string>();
  const [medium, setMedium] = useState<string>("any");
  const [given, setGiven] = useState(true);
  const [how, setHow] = useState("");
  const offered = purposes.filter((each) => !each.retired || !given);
  const ready = offered.some((each) => each.id === purpose);
  return (
    <Small save={() => act(() => api.post(`${path}/consents`, { purpose, medium, given, how }))} close={close} ready={ready} words={t("common.save")} cancel={t("common.cancel")}>
      <Select
        size="small"
        autoFocus
        value={purpose}
        onChange={setPurpose}
        placeholder={t("record.purpose")}
        aria-label={t("record.purpose")}
        options={offered.map(({ id }) => ({ value: id, label: purposeName(id) }))}
        data-testid="consent-purpose"
      />
      <Select size="small" value={medium} onChange={setMedium} options={media.map((value) => ({ value, label: t(`record.m_${value}`) }))} aria-label={t("record.when")} />
      <Radio.Group size="small" value={given} onChange={(event) => setGiven(Boolean(event.target.value))} aria-label={t("record.consents")}>
        <Radio.Button value={true}>✓ {t("record.given")}</Radio.Button>
        <Radio.Button value={false}>✕ {t("record.refused")}</Radio.Button>
      </Radio.Group>
      <Input size="small" value={how} onChange={(event) => setHow(event.target.value)} maxLength={200} placeholder={t("record.howHint")} aria-label={t("record.how")} />
    </Small>
  );
}
