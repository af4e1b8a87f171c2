import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Skeleton } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../../api/client";
import { sessionKey } from "../../app/session";
import { useWords } from "../../i18n";
import { explain } from "../../i18n/explain";
import { Gate } from "./Gate";
import { useLinkToken } from "./link";
import { NewPassword } from "./NewPassword";

interface Invitation {
  name: string;
  display_name: string;
  tenant: string;
}

export function Invite() {
  const { t, language } = useWords();
  const token = useLinkToken();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const { data, error } = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => api.post<Invitation>("/invitation/show", { token }),
  });
  const submit = async (fields: { password: string; display_name?: string }) => {
    setBusy(true);
    setProblem("");
    try {
      const { password, display_name } = fields;
      await api.post("/invitation/accept", { token, password, display_name, language });
      await client.invalidateQueries({ queryKey: sessionKey });
      await navigate("/", { replace: true });
    } catch (failure) {
      setProblem(explain(failure));
      setBusy(false);
    }
  };
  const tenant = data?.tenant ?? t("common.product");
  return (
    <Gate title={t("session.inviteTitle", { tenant })}>
      {(error ?? problem) && <Alert type="error" title={error ? explain(error) : problem} data-testid="invite-problem" />}
      {!data && !error && <Skeleton active />}
      {data && (
        <Form
          layout="vertical"
          size="large"
          requiredMark={false}
          initialValues={{ display_name: data.display_name }}
          onFinish={(f: { password: string; display_name?: string }) => void submit(f)}
        >
          <p className="quiet">{t("session.inviteHint", { name: data.name })}</p>
          <Form.Item name="display_name" label={t("session.displayName")}>
            <Input autoComplete="name" maxLength={80} data-testid="invite-display-name" />
          </Form.Item>
          <NewPassword autoFocus />
          <Button type="primary" block htmlType="submit" loading={busy} data-testid="invite-submit">
            {t("session.accept")}
          </Button>
        </Form>
      )}
    </Gate>
  );
}
