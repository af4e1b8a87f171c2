import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Form, Input, Modal, Popconfirm, Switch, Table, Typography } from "antd";
import { useState } from "react";
import { api, pathId } from "../../api/client";
import { Failure } from "../../components/Failure";
import { allPages } from "../../components/useNames";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import { explain, fieldProblems } from "../../i18n/explain";
import { Messages } from "./Messages";
import "./webhooks.css";

export interface Webhook {
  id: string;
  name: string;
  url: string;
  kinds: string[];
  enabled: boolean;
  dropped: number;
  states: Partial<Record<"waiting" | "sent" | "dead", number>>;
}

const kinds = ["customer.created", "customer.changed", "customer.merged", "customer.erased", "contact.ended"];

export function Webhooks() {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ["webhooks"],
    queryFn: () => allPages<Webhook>("/webhooks"),
    refetchInterval: 5000,
  });
  const [editing, setEditing] = useState<Webhook | "new" | null>(null);
  const [shown, setShown] = useState<Webhook | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ["webhooks"] });
  const remove = async (id: string) => {
    try {
      await api.delete(`/webhooks/${pathId(id)}`);
      await refresh();
    } catch (failure) {
      tell.failed(failure);
    }
  };
  return (
    <div className="page" data-testid="page-webhooks">
      <div className="page-head">
        <h1>{t("webhooks.title")}</h1>
        <Button type="primary" onClick={() => setEditing("new")} data-testid="new">
          {t("webhooks.new")}
        </Button>
      </div>
      <p className="quiet">{t("webhooks.note")}</p>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Table<Webhook>
          rowKey="id"
          size="small"
          dataSource={data ?? []}
          loading={{ spinning: isPending, delay: 300 }}
          pagination={false}
          locale={{ emptyText: isPending ? " " : <div className="empty">{t("webhooks.empty")}</div> }}
          columns={[
            {
              title: t("webhooks.name"),
              render: (_, hook) => (
                <button type="button" className="linkish plain" onClick={() => setEditing(hook)}>
                  {hook.name}
                </button>
              ),
            },
            { title: t("webhooks.url"), dataIndex: "url", ellipsis: true },
            { title: t("webhooks.kinds"), width: 260, render: (_, hook) => hook.kinds.join(", ") },
            {
              title: t("webhooks.state"),
              width: 90,
              render: (_, hook) => <span className={hook.enabled ? "" : "quiet"}>{t(hook.enabled ? "webhooks.on" : "webhooks.off")}</span>,
            },
            {
              title: t("webhooks.queue"),
              width: 250,
              render: (_, hook) => (
                <button type="button" className="linkish plain" onClick={() => setShown(hook)} data-testid="webhook-messages">
                  {(["waiting", "sent"] as const).map((state) => t(`webhooks.${state}`, { count: hook.states[state] ?? 0 })).join(" · ")}
                  {(hook.states.dead ?? 0) > 0 && <span className="over"> · {t("webhooks.dead", { count: hook.states.dead })}</span>}
                  {hook.dropped > 0 && <span className="over"> · {t("webhooks.dropped", { count: hook.dropped })}</span>}
                </button>
              ),
            },
            {
              width: 80,
              render: (_, hook) => (
                <Popconfirm title={t("webhooks.removeAsk", { name: hook.name })} onConfirm={() => void remove(hook.id)}>
                  <Button size="small" type="text" danger>
                    {t("webhooks.remove")}
                  </Button>
                </Popconfirm>
              ),
            },
          ]}
        />
      )}
      {editing && <Editor hook={editing === "new" ? null : editing} close={() => setEditing(null)} refresh={refresh} />}
      {shown && <Messages hook={shown} close={() => setShown(null)} refresh={refresh} />}
    </div>
  );
}

interface Fields {
  name: string;
  url: string;
  kinds: string[];
  enabled?: boolean;
}

function Editor({ hook, close, refresh }: { hook: Webhook | null; close: () => void; refresh: () => Promise<void> }) {
  const { t } = useWords();
  const [secret, setSecret] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (fields: Fields) => {
    setBusy(true);
    setProblem("");
    try {
      if (hook) await api.put(`/webhooks/${pathId(hook.id)}`, fields);
      else setSecret((await api.post<{ secret: string }>("/webhooks", fields)).secret);
      await refresh();
      if (hook) close();
    } catch (error) {
      setProblem(Object.values(fieldProblems(error))[0] ?? explain(error));
    } finally {
      setBusy(false);
    }
  };
  const another = async (id: string) => {
    setProblem("");
    try {
      setSecret((await api.post<{ secret: string }>(`/webhooks/${pathId(id)}/secret`)).secret);
    } catch (error) {
      setProblem(explain(error));
    }
  };
  return (
    <Modal open onCancel={close} footer={null} title={t(hook ? "webhooks.edit" : "webhooks.new")} mask={{ closable: secret === "" }}>
      {secret ? (
        <div data-testid="secret">
          <p>{t(hook ? "webhooks.secretChanged" : "webhooks.secret")}</p>
          <Typography.Paragraph copyable code>
            {secret}
          </Typography.Paragraph>
          <Button type="primary" onClick={close}>
            {t("common.close")}
          </Button>
        </div>
      ) : (
        <Form layout="vertical" initialValues={hook ?? { kinds: ["customer.created", "customer.changed"] }} onFinish={(fields: Fields) => void submit(fields)}>
          {problem && (
            <p className="over" role="alert">
              {problem}
            </p>
          )}
          <Form.Item name="name" label={t("webhooks.name")} rules={[{ required: true }]}>
            <Input autoFocus maxLength={80} data-testid="webhook-name" />
          </Form.Item>
          <Form.Item name="url" label={t("webhooks.url")} rules={[{ required: true }]}>
            <Input maxLength={500} placeholder="https://" data-testid="webhook-url" />
          </Form.Item>
          <Form.Item name="kinds" label={t("webhooks.kinds")} rules={[{ required: true }]}>
            <Checkbox.Group options={kinds} />
          </Form.Item>
          {hook && (
            <Form.Item name="enabled" label={t("webhooks.enabled")} valuePropName="checked">
              <Switch />
            </Form.Item>
          )}
          <div className="webhook-actions">
            <Button type="primary" htmlType="submit" loading={busy} data-testid="save">
              {t("common.save")}
            </Button>
            {hook && (
              <Popconfirm title={t("webhooks.changeSecretAsk")} onConfirm={() => void another(hook.id)}>
                <Button data-testid="change-secret">{t("webhooks.changeSecret")}</Button>
              </Popconfirm>
            )}
          </div>
        </Form>
      )}
    </Modal>
  );
}
