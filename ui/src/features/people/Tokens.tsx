import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, DatePicker, Form, Input, Modal, Popconfirm, Select, Table, Typography } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { api, pathId } from "../../api/client";
import { useSession } from "../../app/session";
import { Failure } from "../../components/Failure";
import { instant } from "../../components/format";
import { allPages } from "../../components/useNames";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import { explain } from "../../i18n/explain";
import "./people.css";

interface Token {
  id: string;
  name: string;
  user_name: string;
  permissions: string[];
  created_at: number;
  expires_at: number | null;
  last_used: number | null;
}

export function Tokens() {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const { data, error, refetch, isPending } = useQuery({ queryKey: ["tokens"], queryFn: () => allPages<Token>("/tokens") });
  const [making, setMaking] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["tokens"] });
  const revoke = async (id: string) => {
    try {
      await api.delete(`/tokens/${pathId(id)}`);
      await refresh();
    } catch (failure) {
      tell.failed(failure);
    }
  };
  return (
    <div className="page people" data-testid="page-tokens">
      <div className="page-head">
        <h1>{t("people.tokens")}</h1>
        <Button type="primary" onClick={() => setMaking(true)} data-testid="new">
          {t("people.newToken")}
        </Button>
      </div>
      <p className="quiet">{t("people.tokensNote")}</p>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Table<Token>
          rowKey="id"
          size="small"
          dataSource={data ?? []}
          loading={{ spinning: isPending, delay: 300 }}
          pagination={false}
          locale={{ emptyText: isPending ? " " : <div className="empty">{t("people.tokensEmpty")}</div> }}
          columns={[
            { title: t("people.tokenName"), dataIndex: "name" },
            { title: t("people.owner"), dataIndex: "user_name" },
            { title: t("people.permissions"), render: (_, token) => token.permissions.join(", ") },
            { title: t("people.created"), render: (_, token) => instant(token.created_at) },
            { title: t("people.expires"), render: (_, token) => (token.expires_at ? instant(token.expires_at) : t("people.noExpiry")) },
            { title: t("people.lastUsed"), render: (_, token) => (token.last_used ? instant(token.last_used) : t("people.never")) },
            {
              render: (_, token) => (
                <Popconfirm title={t("people.revokeAsk", { name: token.name })} onConfirm={() => void revoke(token.id)}>
                  <Button size="small" type="text" danger>
                    {t("people.revoke")}
                  </Button>
                </Popconfirm>
              ),
            },
          ]}
        />
      )}
      {making && <NewToken close={() => setMaking(false)} refresh={refresh} />}
    </div>
  );
}

function NewToken({ close, refresh }: { close: () => void; refresh: () => Promise<void> }) {
  const { t } = useWords();
  const { user } = useSession();
  const [made, setMade] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (fields: { name: string; permissions: string[]; expires?: Dayjs }) => {
    setBusy(true);
    setProblem("");
    try {
      const answer = await api.post<{ token: string }>("/tokens", {
        name: fields.name,
        permissions: fields.permissions,
        expires_at: fields.expires?.unix() ?? null,
      });
      setMade(answer.token);
      await refresh();
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open onCancel={close} footer={null} title={t("people.newToken")} mask={{ closable: made === "" }}>
      {made ? (
        <div data-testid="token">
          <p>{t("people.tokenShown")}</p>
          <Typography.Paragraph copyable code>
            {made}
          </Typography.Paragraph>
          <Button type="primary" onClick={close}>
            {t("common.close")}
          </Button>
        </div>
      ) : (
        <Form layout="vertical" onFinish={(fields: { name: string; permissions: string[]; expires?: Dayjs }) => void submit(fields)}>
          {problem && (
            <p className="over" role="alert">
              {problem}
            </p>
          )}
          <Form.Item name="name" label={t("people.tokenName")} rules={[{ required: true }]}>
            <Input autoFocus maxLength={80} data-testid="token-name" />
          </Form.Item>
          <Form.Item name="permissions" label={t("people.permissions")} rules={[{ required: true }]}>
            <Select mode="multiple" options={user.permissions.map((value) => ({ value, label: value }))} data-testid="token-permissions" />
          </Form.Item>
          <Form.Item name="expires" label={t("people.expires")}>
            <DatePicker placeholder={t("people.noExpiry")} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={busy} data-testid="save">
            {t("common.save")}
          </Button>
        </Form>
      )}
    </Modal>
  );
}
