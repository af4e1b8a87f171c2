import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useWords } from "../../i18n";
import { explain } from "../../i18n/explain";
import { Gate } from "./Gate";

export function Forgot() {
  const { t } = useWords();
  const [state, setState] = useState<"asking" | "sending" | "sent">("asking");
  const [problem, setProblem] = useState("");
  const send = async (fields: { name_or_mail: string }) => {
    setState("sending");
    setProblem("");
    try {
      await api.post("/password-reset", fields);
      setState("sent");
    } catch (error) {
      setProblem(explain(error));
      setState("asking");
    }
  };
  return (
    <Gate title={t("session.forgotTitle")}>
      {problem && <Alert type="error" title={problem} />}
      {state === "sent" ? (
        <p data-testid="forgot-sent">{t("session.sent")}</p>
      ) : (
        <Form layout="vertical" size="large" requiredMark={false} onFinish={(f: { name_or_mail: string }) => void send(f)}>
          <p className="quiet">{t("session.forgotHint")}</p>
          <Form.Item name="name_or_mail" label={t("session.nameOrMail")} rules={[{ required: true }]}>
            <Input autoFocus autoComplete="username" data-testid="forgot-name" />
          </Form.Item>
          <Button type="primary" block htmlType="submit" loading={state === "sending"} data-testid="forgot-submit">
            {t("session.send")}
          </Button>
        </Form>
      )}
    </Gate>
  );
}
