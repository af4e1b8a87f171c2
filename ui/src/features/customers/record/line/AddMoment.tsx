import { DatePicker, Input, Modal, Radio, Select } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { api } from "../../../../api/client";
import { useWords } from "../../../../i18n";
import { phases } from "../shapes";
import type { Act } from "../useRecord";
import { phaseWords, situationWords } from "./told";

const origins = ["desk", "survey", "visit", "mystery", "campaign"] as const;

/** What somebody said of one step, written down. */
export function AddMoment({ path, act, close }: { path: string; act: Act; close: () => void }) {
  const { t } = useWords();
  const [situation, setSituation] = useState<string>("person");
  const [score, setScore] = useState(3);
  const [at, setAt] = useState(dayjs());
  const [origin, setOrigin] = useState<string>("desk");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const body = { situation, score: score || null, at: at.unix(), origin, note };
    if (await act(() => api.post(`${path}/experience`, body), "common.saved")) close();
    else setBusy(false);
  };
  return (
    <Modal
      open
      title={t("record.addMoment")}
      onCancel={close}
      onOk={() => void save()}
      okText={t("common.save")}
      cancelText={t("common.cancel")}
      okButtonProps={{ loading: busy, "data-testid": "moment-save" }}
      width={460}
    >
      <div className="record-form">
        <label>
          {t("record.situation")}
          <Select
            value={situation}
            onChange={setSituation}
            options={Object.entries(phases).map(([phase, those]) => ({
              label: phaseWords(phase),
              options: those.map((value) => ({ value, label: situationWords(value) })),
            }))}
          />
        </label>
        <div role="group" aria-label={t("record.score")}>
          {t("record.score")}
          <Radio.Group value={score} onChange={(event) => setScore(Number(event.target.value))} data-testid="moment-score">
            {([1, 2, 3, 4, 5] as const).map((value) => (
              <Radio.Button key={value} value={value}>
                {value} {t(`record.score_${value}`)}
              </Radio.Button>
            ))}
            <Radio.Button value={0}>?</Radio.Button>
          </Radio.Group>
        </div>
        <label>
          {t("record.when")}
          <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" allowClear={false} value={at} maxDate={dayjs()} onChange={(value) => value && setAt(value)} />
        </label>
        <label>
          {t("record.origin")}
          <Select value={origin} onChange={setOrigin} options={origins.map((value) => ({ value, label: t(`record.or_${value}`) }))} />
        </label>
        <label>
          {t("record.detail")}
          <Input.TextArea value={note} onChange={(event) => setNote(event.target.value)} maxLength={1000} autoSize={{ minRows: 2, maxRows: 6 }} data-testid="moment-note" />
        </label>
      </div>
    </Modal>
  );
}
