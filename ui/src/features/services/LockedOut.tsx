import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, Popconfirm, Table } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { api, pathId } from "../../api/client";
import type { Page } from "../../api/types";
import { Failure } from "../../components/Failure";
import { instant } from "../../components/format";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";

interface Locked {
  id: string;
  contact: string;
  tries: number;
  until: number;
}

interface Looked {
  id: string;
  tries: number;
  until: number | null;
}

/** Whose PIN or code was wrong too often, and letting them try again. */
export function LockedOut() {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ["locked-out"],
    queryFn: () => api.get<Page<Locked>>("/locked-out"),
    refetchInterval: 10_000,
  });
  const [looked, setLooked] = useState<Looked | null>(null);
  const [busy, setBusy] = useState(false);
  const look = async ({ subject }: { subject: string }) => {
    setBusy(true);
    try {
      setLooked(await api.post<Looked>("/locked-out/look", { subject }));
    } catch (failure) {
      tell.failed(failure);
    } finally {
      setBusy(false);
    }
  };
  const unlock = async (id: string) => {
    try {
      await api.delete(`/locked-out/${pathId(id)}`);
      setLooked(null);
      tell.done(t("services.unlocked"));
    } catch (failure) {
      tell.failed(failure);
    }
    await client.invalidateQueries({ queryKey: ["locked-out"] });
  };
  const letTry = (id: string) => (
    <Popconfirm title={t("services.unlockAsk")} onConfirm={() => void unlock(id)}>
      <Button size="small" data-testid="unlock">
        {t("services.unlock")}
      </Button>
    </Popconfirm>
  );
  return (
    <div className="page" data-testid="page-locked-out">
      <div className="page-head">
        <h1>{t("services.lockedOut")}</h1>
      </div>
      <p className="quiet">{t("services.lockedNote")}</p>
      <Form layout="inline" requiredMark={false} onFinish={(told: { subject: string }) => void look(told)} style={{ marginBottom: 12 }}>
        <Form.Item name="subject" label={t("services.subject")} rules={[{ required: true, whitespace: true, message: "" }]}>
          <Input maxLength={200} autoComplete="off" style={{ width: 240 }} data-testid="subject" />
        </Form.Item>
        <Button htmlType="submit" loading={busy} data-testid="look">
          {t("services.look")}
        </Button>
      </Form>
      {looked && (
        <p role="status" data-testid="looked">
          {looked.until === null
            ? t("services.notLocked", { count: looked.tries })
            : t("services.isLocked", { count: looked.tries, time: instant(looked.until) })}{" "}
          {looked.until !== null && letTry(looked.id)}
        </p>
      )}
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Table<Locked>
          rowKey="id"
          size="small"
          dataSource={data?.items ?? []}
          loading={{ spinning: isPending, delay: 300 }}
          pagination={(data?.items.length ?? 0) > 50 ? { pageSize: 50, showSizeChanger: false } : false}
          locale={{ emptyText: isPending ? " " : <div className="empty">{t("services.nobody")}</div> }}
          columns={[
            { title: t("services.mark"), width: 110, render: (_, row) => <code>{row.id.slice(0, 8)}</code> },
            {
              title: t("services.lastContact"),
              render: (_, row) => <Link to={`/contacts/${encodeURIComponent(row.contact)}`}>{row.contact}</Link>,
            },
            { title: t("services.tries"), dataIndex: "tries", align: "right", width: 90 },
            { title: t("services.until"), width: 140, render: (_, row) => instant(row.until) },
            { width: 130, render: (_, row) => letTry(row.id) },
          ]}
        />
      )}
    </div>
  );
}
