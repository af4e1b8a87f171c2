import { Button, Form, Input, Segmented } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useRefreshSession, useSession } from "../../app/session";
import { chooseTheme, useThemeChoice, type ThemeChoice } from "../../app/theme-choice";
import { useTell } from "../../components/useTell";
import { setLanguage, useWords, type Language } from "../../i18n";
import { explain, fieldProblems } from "../../i18n/explain";
import { NewPassword } from "../session/NewPassword";
import "./people.css";
import { SecondFactor } from "./SecondFactor";

export function Account() {
  const { t } = useWords();
  return (
    <div className="page people" data-testid="account">
      <div className="page-head">
        <h1>{t("people.account")}</h1>
      </div>
      <div className="account">
        <You />
        <Password />
        <section>
          <h2>{t("people.secondFactor")}</h2>
          <SecondFactor />
        </section>
      </div>
    </div>
  );
}

function You() {
  const { t, language } = useWords();
  const { user } = useSession();
  const refresh = useRefreshSession();
  const tell = useTell();
  const theme = useThemeChoice();
  const [name, setName] = useState(user.display_name);
  const change = async (what: { display_name?: string; language?: string }) => {
    try {
      await api.patch("/session/user", what);
      await refresh();
      tell.done(t("common.saved"));
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <section>
      <h2>{t("people.you")}</h2>
      <dl className="facts">
        <dt>{t("people.name")}</dt>
        <dd>{user.name}</dd>
        <dt>{t("people.mail")}</dt>
        <dd>{user.mail || "–"}</dd>
        <dt>{t("people.displayName")}</dt>
        <dd className="inline">
          <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={80} aria-label={t("people.displayName")} />
          <Button disabled={name.trim() === "" || name === user.display_name} onClick={() => void change({ display_name: name.trim() })}>
            {t("common.save")}
          </Button>
        </dd>
        <dt>{t("people.language")}</dt>
        <dd>
          <Segmented<Language>
            value={language}
            onChange={(next) => {
              setLanguage(next);
              void change({ language: next });
            }}
            options={[
              { value: "zh", label: "中文" },
              { value: "en", label: "English" },
            ]}
          />
        </dd>
        <dt>{t("people.theme")}</dt>
        <dd>
          <Segmented<ThemeChoice>
            value={theme}
            onChange={chooseTheme}
            options={[
              { value: "system", label: t("common.themeSystem") },
              { value: "light", label: t("common.themeLight") },
              { value: "dark", label: t("common.themeDark") },
            ]}
          />
        </dd>
      </dl>
    </section>
  );
}

function Password() {
  const { t } = useWords();
  const tell = useTell();
  const [form] = Form.useForm<{ old: string; password: string }>();
  const [busy, setBusy] = useState(false);
  const submit = async (fields: { old: string; password: string }) => {
    setBusy(true);
    try {
      await api.post("/session/password", { old: fields.old, new: fields.password });
      form.resetFields();
      tell.done(t("people.passwordChanged"));
    } catch (error) {
      const problems = fieldProblems(error);
      const name = "old" in problems ? "old" : "password";
      form.setFields([{ name, errors: [problems[name] ?? explain(error)] }]);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section>
      <h2>{t("people.password")}</h2>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(f: { old: string; password: string }) => void submit(f)}>
        <Form.Item name="old" label={t("people.oldPassword")} rules={[{ required: true }]}>
          <Input.Password autoComplete="current-password" data-testid="old-password" />
        </Form.Item>
        <NewPassword />
        <Button htmlType="submit" loading={busy} data-testid="change-password">
          {t("people.changePassword")}
        </Button>
      </Form>
    </section>
  );
}
