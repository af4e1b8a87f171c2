import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import type { Session } from "../../api/types";
import { sessionKey } from "../../app/session";
import { useWords } from "../../i18n";
import { explain } from "../../i18n/explain";
import { Gate } from "./Gate";
import { NewPassword } from "./NewPassword";

/** In front of everything while the password is one that somebody else has seen. */
export function ChangeFirst({ session }: { session: Session }) {
  const { t } = useWords();
  const client = useQueryClient();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (fields: { old: string; password: string }) => {
    setBusy(true);
    setProblem("");
    try {
      await api.post("/session/password", { old: fields.old, new: fields.password });
      await client.invalidateQueries({ queryKey: sessionKey });
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Gate title={session.user.display_name || session.user.name} foot={<span />}>
      <p className="quiet">{t("session.mustChange")}</p>
      {problem && <Alert type="error" title={problem} data-testid="change-first-problem" />}
      <Form layout="vertical" size="large" requiredMark={false} onFinish={(f: { old: string; password: string }) => void submit(f)}>
        <Form.Item name="old" label={t("session.password")} rules={[{ required: true }]}>
          <Input.Password autoFocus autoComplete="current-password" data-testid="old-password" />
        </Form.Item>
        <NewPassword />
        <Button type="primary" block htmlType="submit" loading={busy} data-testid="change-first-submit">
          {t("session.setPassword")}
        </Button>
      </Form>
    </Gate>
  );
}
