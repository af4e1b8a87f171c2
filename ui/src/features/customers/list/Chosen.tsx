import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, Popover, Select } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, pathId } from "../../../api/client";
import { useMay } from "../../../app/session";
import { useTell } from "../../../components/useTell";
import { useWords } from "../../../i18n";
import { layers } from "../shapes";

/** What can be done with those that are ticked. */
export function Chosen({ ids, clear, export: take }: { ids: string[]; clear: () => void; export: () => void }) {
  const { t } = useWords();
  const may = useMay();
  const navigate = useNavigate();
  const [one = "", other = ""] = ids;
  return (
    <div className="customers-chosen" role="toolbar" aria-label={t("customers.chosen", { count: ids.length })} data-testid="chosen">
      <strong>{t("customers.chosen", { count: ids.length })}</strong>
      {may("customers.edit") && <Tag ids={ids} />}
      {may("customers.export") && <Button onClick={take}>{t("customers.export")}</Button>}
      {may("customers.edit") && ids.length === 2 && (
        <Button onClick={() => void navigate(`/customers/duplicates?a=${pathId(one)}&b=${pathId(other)}`)} data-testid="merge-two">
          {t("customers.mergeTwo")}
        </Button>
      )}
      <Button type="text" onClick={clear}>
        {t("customers.chooseNone")}
      </Button>
    </div>
  );
}

function Tag({ ids }: { ids: string[] }) {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const submit = async ({ layer, tag }: { layer: string; tag: string }) => {
    try {
      const { count } = await api.post<{ count: number }>("/customer-tags", { customers: ids, layer, tag: tag.trim() });
      setOpen(false);
      tell.done(t("customers.tagged", { count, tag: tag.trim() }));
      await client.invalidateQueries({ queryKey: ["customers"] });
      await client.invalidateQueries({ queryKey: ["customer-tags"] });
    } catch (failure) {
      tell.failed(failure);
    }
  };
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      content={
        <Form layout="inline" initialValues={{ layer: "business" }} onFinish={(fields: { layer: string; tag: string }) => void submit(fields)}>
          <Form.Item name="layer">
            <Select style={{ width: 110 }} aria-label={t("customers.layer")} options={layers.map((value) => ({ value, label: t(`customers.l_${value}`) }))} />
          </Form.Item>
          <Form.Item name="tag" rules={[{ required: true, whitespace: true }]}>
            <Input autoFocus maxLength={60} placeholder={t("customers.tag")} data-testid="tag-many" />
          </Form.Item>
          <Button type="primary" htmlType="submit">
            {t("customers.giveTag")}
          </Button>
        </Form>
      }
    >
      <Button data-testid="tag-chosen">{t("customers.giveTag")}</Button>
    </Popover>
  );
}
