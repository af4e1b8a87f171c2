import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { Link, Navigate, useLocation } from "react-router";
import { api, ApiError } from "../../api/client";
import type { Session } from "../../api/types";
import { received, sessionKey, useSessionQuery } from "../../app/session";
import { instant } from "../../components/format";
import { useWords } from "../../i18n";
import { explain } from "../../i18n/explain";
import { Gate } from "./Gate";

interface Fields {
  name: string;
  password: string;
  code?: string;
}

export function SignIn() {
  const { t } = useWords();
  const client = useQueryClient();
  const { data: session } = useSessionQuery();
  const state = useLocation().state as { from?: string; reset?: boolean } | null;
  const [needsCode, setNeedsCode] = useState(false);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [form] = Form.useForm<Fields>();
  const ended = client.getQueryData(["ended"]) === true;

  if (session) return <Navigate to={state?.from ?? "/"} replace />;

  const submit = async (fields: Fields) => {
    setBusy(true);
    setProblem("");
    try {
      const fresh = received(await api.post<Session>("/session", fields));
      client.setQueryData(["ended"], false);
      client.setQueryData(sessionKey, fresh);
    } catch (error) {
      if (error instanceof ApiError && error.code === "sign_in.code_needed") setNeedsCode(true);
      else {
        setProblem(words(error));
        if (needsCode) form.setFieldValue("code", "");
      }
    } finally {
      setBusy(false);
    }
  };

  const words = (error: unknown): string => {
    const until = error instanceof ApiError && error.code === "sign_in.locked" ? Number(error.detail.until) : 0;
    return until > 0 ? `${explain(error)} ${t("session.lockedUntil", { time: instant(until) })}` : explain(error);
  };

  return (
    <Gate title={t("session.title")} foot={<Link to="/forgot">{t("session.forgot")}</Link>}>
      {problem ? (
        <Alert type="error" title={problem} data-testid="sign-in-problem" />
      ) : state?.reset ? (
        <Alert type="success" title={t("session.resetDone")} />
      ) : ended ? (
        <Alert type="info" title={t("session.ended")} data-testid="session-ended" />
      ) : null}
      <Form form={form} layout="vertical" size="large" requiredMark={false} onFinish={(f: Fields) => void submit(f)}>
        <div hidden={needsCode}>
          <Form.Item name="name" label={t("session.name")} rules={[{ required: true }]}>
            <Input autoFocus autoComplete="username" autoCapitalize="off" spellCheck={false} data-testid="sign-in-name" />
          </Form.Item>
          <Form.Item name="password" label={t("session.password")} rules={[{ required: true }]}>
            <Input.Password autoComplete="current-password" data-testid="sign-in-password" />
          </Form.Item>
        </div>
        {needsCode && (
          <Form.Item
            name="code"
            label={t("session.code")}
            extra={t("session.codeHint")}
            rules={[{ required: true }]}
          >
            <Input autoFocus autoComplete="one-time-code" inputMode="numeric" maxLength={24} data-testid="sign-in-code" />
          </Form.Item>
        )}
        <Button type="primary" block htmlType="submit" loading={busy} data-testid="sign-in-submit">
          {t("session.signIn")}
        </Button>
        {needsCode && (
          <Button type="link" block onClick={() => setNeedsCode(false)} style={{ marginTop: 8 }}>
            {t("session.back")}
          </Button>
        )}
      </Form>
    </Gate>
  );
}
