import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Form, Skeleton } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useMay } from "../../app/session";
import { Failure } from "../../components/Failure";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import { bodyOf } from "./body";
import { FieldInput } from "./FieldInput";
import { kinds, type Item } from "./kinds";
import { mark } from "./save";

export function SettingsPage() {
  const { t } = useWords();
  const { data, error, refetch } = useQuery({ queryKey: ["settings"], queryFn: () => api.get<Item>("/settings") });
  return (
    <div className="page" data-testid="page-settings">
      <div className="page-head">
        <h1>{t("manage.settings")}</h1>
      </div>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton active />}
      {data && <SettingsForm key={data.version} settings={data} />}
    </div>
  );
}

function SettingsForm({ settings }: { settings: Item }) {
  const { t } = useWords();
  const tell = useTell();
  const may = useMay();
  const client = useQueryClient();
  const [form] = Form.useForm<Record<string, unknown>>();
  const [busy, setBusy] = useState(false);
  const fields = kinds.settings?.fields ?? [];
  const submit = async (values: Record<string, unknown>) => {
    setBusy(true);
    try {
      await api.put("/settings", { ...bodyOf(settings, values), version: settings.version });
      await client.invalidateQueries({ queryKey: ["settings"] });
      tell.done(t("common.saved"));
    } catch (error) {
      if (!mark(form, fields, error)) tell.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={settings}
      disabled={!may("configuration.edit")}
      style={{ maxWidth: 480 }}
      scrollToFirstError={{ focus: true, block: "center" }}
      onFinish={(values: Record<string, unknown>) => void submit(values)}
    >
      {fields.map((field) => (
        <FieldInput key={String(field.name)} field={field} item={settings} />
      ))}
      <Button type="primary" htmlType="submit" loading={busy} data-testid="save">
        {t("common.save")}
      </Button>
    </Form>
  );
}
