import { Alert, Button, Form } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../../api/client";
import { useWords } from "../../i18n";
import { explain } from "../../i18n/explain";
import { Gate } from "./Gate";
import { useLinkToken } from "./link";
import { NewPassword } from "./NewPassword";

export function Reset() {
  const { t } = useWords();
  const token = useLinkToken();
  const navigate = useNavigate();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async ({ password }: { password: string }) => {
    setBusy(true);
    setProblem("");
    try {
      await api.post("/password-reset/confirm", { token, password });
      await navigate("/sign-in", { replace: true, state: { reset: true } });
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <Gate title={t("session.forgotTitle")}>
      {problem && <Alert type="error" title={problem} data-testid="reset-problem" />}
      <Form layout="vertical" size="large" requiredMark={false} onFinish={(f: { password: string }) => void submit(f)}>
        <NewPassword autoFocus />
        <Button type="primary" block htmlType="submit" loading={busy} data-testid="reset-submit">
          {t("session.setPassword")}
        </Button>
      </Form>
    </Gate>
  );
}
