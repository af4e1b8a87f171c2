import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Drawer, Form, Input, Popconfirm, Select, Switch, Typography } from "antd";
import { useState } from "react";
import { api, pathId } from "../../api/client";
import { useLeave } from "../../components/useLeave";
import { useTell } from "../../components/useTell";
import { maybe, useWords } from "../../i18n";
import { explain } from "../../i18n/explain";
import { PickMany, PickOne } from "../manage/inputs";
import { mark } from "../manage/save";
import type { Listed, Role } from "./shapes";

const fields = ["name", "display_name", "mail", "roles", "agent", "sites", "lines", "active"].map((name) => ({ name }));

/** Invites somebody, or changes what they are. */
export function UserEditor({ user, close }: { user: Listed | null; close: () => void }) {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const [form] = Form.useForm<Record<string, unknown>>();
  const [problem, setProblem] = useState("");
  const [link, setLink] = useState("");
  const [busy, setBusy] = useState(false);
  const roles = useQuery({ queryKey: ["roles"], queryFn: () => api.get<{ items: Role[] }>("/roles"), staleTime: Infinity });
  const refresh = () => client.invalidateQueries({ queryKey: ["users"] });
  const path = user ? `/users/${pathId(user.id)}` : "";

  /** A link that no mail could carry stays on the page; else the drawer has done its work. */
  const handOver = (answer: { link: string | null }, words: string) => {
    if (answer.link) setLink(answer.link);
    else {
      tell.done(words);
      close();
    }
  };
  const run = async (what: () => Promise<void>) => {
    setBusy(true);
    setProblem("");
    try {
      await what();
      await refresh();
    } catch (error) {
      if (!mark(form, fields as never, error)) setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };
  const leave = useLeave();
  const away = () => leave(!link && form.isFieldsTouched(), close);
  const submit = (values: Record<string, unknown>) =>
    run(async () => {
      if (user) {
        await api.patch(path, values);
        tell.done(t("common.saved"));
        close();
      } else {
        const answer = await api.post<{ link: string | null }>("/invitations", values);
        handOver(answer, t("people.inviteSent", { mail: String(values.mail) }));
      }
    });

  return (
    <Drawer
      open
      onClose={away}
      size={440}
      title={user ? user.display_name || user.name : t("people.invite")}
      footer={
        !link && (
          <div className="editor-foot">
            {problem && (
              <p className="over" role="alert" data-testid="editor-problem">
                {problem}
              </p>
            )}
            <Button onClick={away}>{t("common.cancel")}</Button>
            <Button type="primary" loading={busy} onClick={() => form.submit()} data-testid="save">
              {t(user ? "common.save" : "people.invite")}
            </Button>
          </div>
        )
      }
    >
      {link ? (
        <div data-testid="link">
          <strong>{t("people.linkTitle")}</strong>
          <p className="quiet">{t("people.linkHint")}</p>
          <Typography.Paragraph copyable code>
            {link}
          </Typography.Paragraph>
          <Button onClick={close}>{t("common.close")}</Button>
        </div>
      ) : (
        <>
          <Form
            form={form}
            layout="vertical"
            initialValues={user ?? { roles: ["agent"], agent: "", sites: [], lines: [], display_name: "", mail: "" }}
            scrollToFirstError={{ focus: true, block: "center" }}
            onFinish={(values: Record<string, unknown>) => void submit(values)}
          >
            {!user && (
              <Form.Item name="name" label={t("people.name")} rules={[{ required: true }]}>
                <Input autoFocus maxLength={64} autoComplete="off" data-testid="user-name" />
              </Form.Item>
            )}
            <Form.Item name="display_name" label={t("people.displayName")} rules={[{ required: user !== null }]}>
              <Input maxLength={80} data-testid="user-display-name" />
            </Form.Item>
            <Form.Item name="mail" label={t("people.mail")}>
              <Input type="email" maxLength={254} data-testid="user-mail" />
            </Form.Item>
            <Form.Item name="roles" label={t("people.roles")} rules={[{ required: true }]}>
              <Select
                mode="multiple"
                options={roles.data?.items.map(({ role }) => ({ value: role, label: maybe(`people.role_${role}`, role) }))}
                data-testid="user-roles"
              />
            </Form.Item>
            <Form.Item name="agent" label={t("people.agent")}>
              <PickOne kind="agents" required={false} />
            </Form.Item>
            <Form.Item name="sites" label={t("people.sites")} extra={t("people.scopeNote")}>
              <PickMany kind="sites" />
            </Form.Item>
            <Form.Item name="lines" label={t("people.lines")} extra={t("people.scopeNote")}>
              <PickMany kind="lines" />
            </Form.Item>
            {user && (
              <Form.Item name="active" label={t("people.activeSwitch")} valuePropName="checked" layout="horizontal">
                <Switch size="small" />
              </Form.Item>
            )}
            <button type="submit" hidden />
          </Form>
          {user && (
            <div className="user-acts">
              {user.locked_until && (
                <Button onClick={() => void run(() => api.patch(path, { locked_until: null }))} data-testid="unlock">
                  {t("people.unlock")}
                </Button>
              )}
              <Button
                onClick={() =>
                  void run(async () => handOver(await api.post<{ link: string | null }>(`${path}/link`), t("people.newLinkDone")))
                }
                data-testid="new-link"
              >
                {t("people.newLink")}
              </Button>
              {user.second_factor && (
                <Popconfirm
                  title={t("people.takeSecondFactorAsk")}
                  onConfirm={() => void run(() => api.delete(`${path}/second-factor`))}
                >
                  <Button danger>{t("people.takeSecondFactor")}</Button>
                </Popconfirm>
              )}
            </div>
          )}
        </>
      )}
    </Drawer>
  );
}
