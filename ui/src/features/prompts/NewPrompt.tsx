import { Form, Input, Modal } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useWords } from "../../i18n";
import { explain, fieldProblems } from "../../i18n/explain";

export function NewPrompt({ close, made }: { close: () => void; made: (id: string) => void }) {
  const { t } = useWords();
  const [form] = Form.useForm<{ id: string; name?: string }>();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const create = async (fields: { id: string; name?: string }) => {
    setBusy(true);
    setProblem("");
    try {
      await api.post("/prompts", { id: fields.id.trim(), name: fields.name?.trim() ?? "" });
      made(fields.id.trim());
    } catch (error) {
      setProblem(Object.values(fieldProblems(error))[0] ?? explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open title={t("prompts.new")} onCancel={close} onOk={() => form.submit()} okText={t("prompts.save")} confirmLoading={busy}>
      <Form form={form} layout="vertical" onFinish={(fields) => void create(fields)}>
        <Form.Item name="id" label={t("prompts.id")} extra={t("prompts.idNote")} rules={[{ required: true, message: t("prompts.idNote") }]}>
          <Input autoFocus maxLength={64} data-testid="prompt-id" />
        </Form.Item>
        <Form.Item name="name" label={t("prompts.name")}>
          <Input maxLength={80} data-testid="prompt-name" />
        </Form.Item>
        <button type="submit" hidden />
        {problem && (
          <p className="over" role="alert">
            {problem}
          </p>
        )}
      </Form>
    </Modal>
  );
}
