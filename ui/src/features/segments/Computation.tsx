import { Button, Form, Input, InputNumber, Modal, Select } from "antd";
import { useState } from "react";
import { api, pathId } from "../../api/client";
import { useWords } from "../../i18n";
import { explain, fieldProblems } from "../../i18n/explain";
import { useOptions } from "./ConditionInput";
import { layers, sent, type Layer, type Tagging } from "./shapes";

interface Fields {
  tag: string;
  layer: Layer;
  settings: Record<string, number | string[]>;
}

/** What a computation goes by, and which tag comes of it. */
export function Computation({ it, bounds, close, saved }: { it: Tagging; bounds: Record<string, { least: number; most: number }>; close: () => void; saved: () => void }) {
  const { t } = useWords();
  const name = t(`segments.c_${it.kind}` as "segments.c_complained");
  const dispositions = useOptions("dispositions");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (fields: Fields) => {
    setBusy(true);
    setProblem("");
    try {
      const body = { ...sent({ ...it, ...fields }) };
      if (it.id) await api.put(`/customer-taggings/${pathId(it.id)}`, body);
      else await api.post("/customer-taggings", { ...body, enabled: true });
      saved();
      close();
    } catch (error) {
      setProblem(Object.values(fieldProblems(error))[0] ?? explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open onCancel={close} footer={null} title={name}>
      <p className="quiet">{t(`segments.why_${it.kind}` as "segments.why_complained")}</p>
      <p className="quiet">{t(`segments.sure_${it.kind}` as "segments.sure_complained")}</p>
      <Form layout="vertical" initialValues={{ tag: it.tag || name, layer: it.layer, settings: it.settings }} onFinish={(fields: Fields) => void submit(fields)}>
        {problem && (
          <p className="over" role="alert">
            {problem}
          </p>
        )}
        <div className="segments-form">
          <Form.Item name="tag" label={t("segments.tag")} rules={[{ required: true }]}>
            <Input maxLength={60} data-testid="computed-tag" />
          </Form.Item>
          <Form.Item name="layer" label={t("segments.layer")}>
            <Select options={layers.map((value) => ({ value, label: t(`segments.layer_${value}`) }))} />
          </Form.Item>
          {Object.entries(bounds).map(([setting, { least, most }]) => (
            <Form.Item key={setting} name={["settings", setting]} label={t(`segments.s_${setting}` as "segments.s_days")} rules={[{ required: true }]}>
              {setting === "share" ? (
                <InputNumber
                  min={least}
                  max={most}
                  step={0.05}
                  formatter={(value) => (value === undefined ? "" : `${Math.round(value * 100)}%`)}
                  parser={(text) => Number((text ?? "").replace("%", "")) / 100}
                />
              ) : (
                <InputNumber min={least} max={most} precision={0} />
              )}
            </Form.Item>
          ))}
        </div>
        {"dispositions" in it.settings && (
          <Form.Item name={["settings", "dispositions"]} label={t("segments.s_dispositions")} extra={t("segments.s_dispositionsNote")}>
            <Select mode="multiple" options={dispositions} showSearch={{ optionFilterProp: "label" }} />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" loading={busy} data-testid="save-computation">
          {t(it.id ? "common.save" : "segments.turnOn")}
        </Button>
      </Form>
    </Modal>
  );
}
